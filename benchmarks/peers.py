"""Peers of the swift ear, each run in a throw-away environment: `PYTHON peers.py NAME < texts.json` prints how long it took.

Nothing here is part of Nearer; `sense.py` calls it. Imports stand inside, so that one missing peer stops nobody else.
"""

import argparse
import json
import sys
import time
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path

OUT, ACTS = 54, 26
LONGEST = 64
SHAPES = {
    "roberta": {"layers": 12, "wide": 768, "heads": 12, "inner": 3072},
    "minilm": {"layers": 6, "wide": 384, "heads": 12, "inner": 1536},
}
VOCABULARY = 30_522
Run = Callable[[list[str]], object]


def vader() -> tuple[Run, str]:
    from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer  # noqa: PLC0415 - one missing peer stops nobody else

    analyzer = SentimentIntensityAnalyzer()
    return lambda texts: [analyzer.polarity_scores(text) for text in texts], f"vaderSentiment {version('vaderSentiment')}"


def textblob() -> tuple[Run, str]:
    from textblob import TextBlob  # noqa: PLC0415 - one missing peer stops nobody else

    return lambda texts: [TextBlob(text).sentiment for text in texts], f"textblob {version('textblob')}"


def fasttext() -> tuple[Run, str]:
    import tempfile  # noqa: PLC0415 - one missing peer stops nobody else

    import fasttext as peer  # noqa: PLC0415 - one missing peer stops nobody else

    with tempfile.NamedTemporaryFile("w", suffix=".txt", encoding="utf-8") as file:
        file.writelines(f"__label__{number % ACTS} {text}\n" for number, text in enumerate(lines()))
        file.flush()
        model = peer.train_supervised(file.name, dim=64, wordNgrams=2, epoch=2, thread=1, verbose=0, loss="ova")
    return lambda texts: [model.f.predict(text + "\n", ACTS, 0.0, "strict") for text in texts], "fastText"


def sklearn() -> tuple[Run, str]:
    import numpy as np  # noqa: PLC0415 - one missing peer stops nobody else
    from sklearn.feature_extraction.text import TfidfVectorizer  # noqa: PLC0415 - one missing peer stops nobody else

    words = TfidfVectorizer(ngram_range=(1, 2), min_df=1)
    found = words.fit_transform(lines())
    weights = np.random.default_rng(0).normal(size=(found.shape[1], ACTS))
    return lambda texts: 1 / (1 + np.exp(-(words.transform(texts) @ weights))), f"scikit-learn {version('scikit-learn')}"


def encoder(shape: str) -> tuple[Callable[[list[str]], object], object]:
    """Return a reader of texts (tokens, padded) and a torch encoder of the shape, its weights random."""
    import numpy as np  # noqa: PLC0415 - one missing peer stops nobody else
    import torch  # noqa: PLC0415 - one missing peer stops nobody else
    from tokenizers import Tokenizer  # noqa: PLC0415 - one missing peer stops nobody else
    from torch import nn  # noqa: PLC0415 - one missing peer stops nobody else

    torch.set_num_threads(1)
    tokenizer = Tokenizer.from_file(str(Path(ARGS.minilm) / "tokenizer.json"))
    tokenizer.enable_truncation(LONGEST)
    tokenizer.no_padding()
    size = SHAPES[shape]

    class Layer(nn.Module):
        """A layer of BERT in plain steps: torch's own writes the number of texts it was traced with into the ONNX file."""

        def __init__(self) -> None:
            super().__init__()
            wide, inner = size["wide"], size["inner"]
            self.asks, self.joins = nn.Linear(wide, 3 * wide), nn.Linear(wide, wide)
            self.thinks = nn.Sequential(nn.Linear(wide, inner), nn.GELU(), nn.Linear(inner, wide))
            self.evens = nn.ModuleList([nn.LayerNorm(wide), nn.LayerNorm(wide)])

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            heads, each = size["heads"], size["wide"] // size["heads"]
            asked = self.asks(x).reshape(x.shape[0], x.shape[1], 3, heads, each).permute(2, 0, 3, 1, 4)
            seen = nn.functional.scaled_dot_product_attention(asked[0], asked[1], asked[2])
            x = self.evens[0](x + self.joins(seen.transpose(1, 2).reshape(x.shape[0], x.shape[1], size["wide"])))
            return self.evens[1](x + self.thinks(x))

    class Encoder(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.words, self.places = nn.Embedding(VOCABULARY, size["wide"]), nn.Embedding(LONGEST, size["wide"])
            self.layers = nn.Sequential(*(Layer() for _ in range(size["layers"])))
            self.out = nn.Linear(size["wide"], OUT)

        def forward(self, tokens: torch.Tensor) -> torch.Tensor:
            x = self.words(tokens) + self.places(torch.arange(tokens.shape[1]))
            return torch.sigmoid(self.out(self.layers(x).mean(1)))

    def read(texts: list[str]) -> np.ndarray:
        many = [one.ids for one in tokenizer.encode_batch(texts)]
        made = np.zeros((len(many), max(map(len, many))), np.int64)
        for row, one in enumerate(many):
            made[row, : len(one)] = one
        return made

    return read, Encoder().eval()


def roberta_torch() -> tuple[Run, str]:
    import torch  # noqa: PLC0415 - one missing peer stops nobody else

    read, model = encoder("roberta")

    def run(texts: list[str]) -> None:
        with torch.inference_mode():
            for chunk in chunks(texts):
                model(torch.from_numpy(read(chunk)))

    return run, f"torch {version('torch')}"


def onnx_int8(shape: str) -> tuple[Run, str]:
    import tempfile  # noqa: PLC0415 - one missing peer stops nobody else

    import onnxruntime  # noqa: PLC0415 - one missing peer stops nobody else
    import torch  # noqa: PLC0415 - one missing peer stops nobody else
    from onnxruntime.quantization import QuantType, quantize_dynamic  # noqa: PLC0415 - one missing peer stops nobody else

    read, model = encoder(shape)
    folder = tempfile.mkdtemp()
    torch.onnx.export(model, (torch.ones(2, 9, dtype=torch.int64),), f"{folder}/a.onnx", input_names=["tokens"], output_names=["scores"],
                      dynamic_axes={"tokens": {0: "rows", 1: "length"}}, dynamo=False)  # fmt: skip
    quantize_dynamic(f"{folder}/a.onnx", f"{folder}/b.onnx", weight_type=QuantType.QInt8)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    session = onnxruntime.InferenceSession(f"{folder}/b.onnx", options, providers=["CPUExecutionProvider"])
    return lambda texts: [session.run(None, {"tokens": read(chunk)}) for chunk in chunks(texts)], f"onnxruntime {version('onnxruntime')}"


def chunks(texts: list[str]) -> list[list[str]]:
    """Return texts of like length together, 32 at a time."""
    texts = sorted(texts, key=len)
    return [texts[start : start + 32] for start in range(0, len(texts), 32)]


def lines() -> list[str]:
    return [text.replace("\n", " ") for text in TEXTS]


RUNNERS: dict[str, Callable[[], tuple[Run, str]]] = {
    "vader": vader,
    "textblob": textblob,
    "fasttext": fasttext,
    "sklearn": sklearn,
    "minilm_onnx_int8": lambda: onnx_int8("minilm"),
    "roberta_torch": roberta_torch,
    "roberta_onnx_int8": lambda: onnx_int8("roberta"),
}

if __name__ == "__main__":
    ap = argparse.ArgumentParser()
    ap.add_argument("name", choices=RUNNERS)
    ap.add_argument("--minilm", default="")
    ARGS = ap.parse_args()
    TEXTS: list[str] = json.load(sys.stdin)
    run, what = RUNNERS[ARGS.name]()
    run(lines()[:32])
    start = time.process_time()
    run(lines())
    print(json.dumps({"messages": len(TEXTS), "seconds": time.process_time() - start, "version": what}))
