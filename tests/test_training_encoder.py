"""The teacher takes any encoder from a folder: BERT's layout by our own code, others by `transformers`. Run where torch is installed."""

import argparse
import importlib
import json
import math
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

TRAINING = Path(__file__).parents[1] / "training"
MODULES = ("data", "encoder", "teacher", "graph")
WORDS = "[PAD] [UNK] [CLS] [SEP] me you : i am so sorry thank love this what did say ok no yes fine . !".split()
SIZES = {
    "vocab_size": len(WORDS),
    "hidden_size": 32,
    "num_hidden_layers": 3,
    "num_attention_heads": 4,
    "intermediate_size": 64,
    "max_position_embeddings": 128,
}
TEXTS = ["i am so sorry", "ok", "no , what did you say ?", "thank you !", "fine . " * 40]
PAST: list[tuple[tuple[bool, str], ...]] = [(), ((False, "i love this"),), ((True, "yes"), (False, "no")), (), ((False, "what . " * 40),)]

torch = pytest.importorskip("torch", reason="the teacher is made where torch is installed (training/requirements.txt)")
tokenizers = pytest.importorskip("tokenizers", reason="the teacher is made where tokenizers is installed (training/requirements.txt)")


@pytest.fixture
def training() -> Iterator[dict[str, Any]]:
    """The scripts of training/; they leave no name behind."""
    torch.set_num_threads(1)
    sys.path.insert(0, str(TRAINING))
    kept = {name: sys.modules.pop(name, None) for name in MODULES}
    try:
        yield {name: importlib.import_module(name) for name in MODULES[:3]}
    finally:
        sys.path.remove(str(TRAINING))
        for name, module in kept.items():
            sys.modules.pop(name, None)
            if module is not None:
                sys.modules[name] = module


def write_tokenizer(folder: Path, *, start: str, end: str) -> None:
    """Write a tokenizer of WORDS that puts `start` before and `end` behind a text."""
    words = [start if word == "[CLS]" else end if word == "[SEP]" else word for word in WORDS]
    number = {word: place for place, word in enumerate(words)}
    made = tokenizers.Tokenizer(tokenizers.models.WordLevel(number, unk_token="[UNK]"))  # noqa: S106 - a word, no secret
    made.pre_tokenizer = tokenizers.pre_tokenizers.Whitespace()
    made.post_processor = tokenizers.processors.TemplateProcessing(
        single=f"{start} $A {end}", pair=f"{start} $A {end} $B {end}", special_tokens=[(start, number[start]), (end, number[end])]
    )
    made.save(str(folder / "tokenizer.json"))


def bert(folder: Path) -> Path:
    """Write a tiny random encoder in BERT's layout, as Hugging Face writes it."""
    transformers = pytest.importorskip("transformers", reason="a random encoder is made by transformers")
    torch.manual_seed(0)
    transformers.BertModel(transformers.BertConfig(**SIZES)).save_pretrained(folder)
    write_tokenizer(folder, start="[CLS]", end="[SEP]")
    return folder


def other(folder: Path, *, kind: str) -> Path:
    """Write a tiny random encoder of another kind."""
    transformers = pytest.importorskip("transformers", reason="an encoder of another kind is read by transformers")
    torch.manual_seed(0)
    own = {
        "distilbert": {"vocab_size": len(WORDS), "dim": 32, "n_layers": 3, "n_heads": 4, "hidden_dim": 64},
        "xlm-roberta": SIZES | {"type_vocab_size": 1},
    }
    config = transformers.AutoConfig.for_model(kind, **own.get(kind, SIZES | {"embedding_size": 16}), pad_token_id=0)
    transformers.AutoModel.from_config(config).save_pretrained(folder)
    write_tokenizer(folder, start="<s>", end="</s>")
    return folder


def heard(training: dict[str, Any], model: Any, folder: Path, rows: list[int]) -> np.ndarray:
    """Return the logits of emotions, acts and traits of some of TEXTS, in one batch."""
    tokenizer = training["teacher"].load_tokenizer(folder)
    tokens, lengths = training["encoder"].encode(tokenizer, [TEXTS[row] for row in rows], [PAST[row] for row in rows])
    padded, sizes = training["encoder"].pad(tokens)
    with torch.inference_mode():
        made: np.ndarray = torch.cat(model(padded, torch.from_numpy(lengths), sizes), 1).numpy()
    return made


def test_berts_layout_is_read_as_its_makers_read_it(training: dict[str, Any], tmp_path: Path) -> None:
    transformers = pytest.importorskip("transformers", reason="compared with transformers")
    ours, theirs = training["encoder"].Teacher.load(bert(tmp_path)).eval(), transformers.BertModel.from_pretrained(tmp_path).eval()
    tokens, lengths, sizes = torch.tensor([[2, 7, 8, 3, 5, 6, 9, 3], [2, 7, 3, 0, 0, 0, 0, 0]]), torch.tensor([4, 3]), torch.tensor([8, 3])
    segments = torch.tensor([[0] * 4 + [1] * 4, [0] * 8])
    with torch.inference_mode():
        seen = theirs(input_ids=tokens, token_type_ids=segments, attention_mask=(tokens > 0).long()).last_hidden_state
        expected = torch.stack([seen[0, :4].mean(0), seen[1, :3].mean(0)])
        np.testing.assert_allclose(ours.pooled(tokens, lengths, sizes).numpy(), expected.numpy(), atol=1e-5)


@pytest.mark.parametrize("kind", ["distilbert", "electra", "xlm-roberta"])
def test_another_encoder_hears_through_the_same_door(training: dict[str, Any], tmp_path: Path, kind: str) -> None:
    folder = other(tmp_path, kind=kind)
    model = training["encoder"].Teacher.load(folder).eval()
    found = heard(training, model, folder, [0, 1, 2, 3, 4])
    assert found.shape == (5, 28 + 26 + 10)
    assert np.isfinite(found).all()
    for row in range(5):
        np.testing.assert_allclose(heard(training, model, folder, [row])[0], found[row], atol=1e-4)  # what fills a row is not heard


def test_what_came_before_is_heard_by_another_encoder(training: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = other(tmp_path, kind="distilbert")
    model = training["encoder"].Teacher.load(folder).eval()
    after = heard(training, model, folder, [1])
    monkeypatch.setitem(globals(), "PAST", [()] * len(TEXTS))
    assert np.abs(heard(training, model, folder, [1]) - after).max() > 1e-4


@pytest.mark.parametrize("kind", ["bert", "distilbert"])
def test_tables_and_first_layers_can_be_left_alone(training: dict[str, Any], tmp_path: Path, kind: str) -> None:
    model = training["encoder"].Teacher.load(bert(tmp_path) if kind == "bert" else other(tmp_path, kind=kind))
    none, two = (sum(one.numel() for part in model.still(layers) for one in part.parameters()) for layers in (0, 2))
    assert 0 < none < two < sum(one.numel() for one in model.parameters())


@pytest.mark.parametrize("kind", ["bert", "distilbert"])
def test_a_teacher_learns_stops_and_goes_on(training: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str) -> None:
    monkeypatch.setattr(training["teacher"], "WARM_STEPS", 1)
    monkeypatch.setitem(training["teacher"].RATES, "head", 0.1)
    folder = bert(tmp_path) if kind == "bert" else other(tmp_path, kind=kind)
    row = training["data"].Row
    rows = [
        row("i am so sorry", "a", "", acts={"apologise": 1.0}, weights={"apologise": 6.0}, rest=3.0),
        row("ok", "b", "", PAST[1], emotions=(27,), rest=3.0),
    ] * 32
    args = argparse.Namespace(encoder=folder, data=folder, checkpoint=tmp_path / "work/teacher.pt", start=None, epochs=8, minutes=math.inf)
    taught = training["teacher"].fit(args, lessons=lambda *_: rows)
    acts = list(importlib.import_module("nearer.records").ACTS)
    logits = heard(training, taught, folder, [0, 1])
    column = 28 + acts.index("apologise")
    assert logits[0, column] > logits[1, column] + 1
    again = training["teacher"].fit(args, lessons=lambda *_: pytest.fail("an epoch that was done is not done again"))
    np.testing.assert_array_equal(heard(training, again, folder, [0, 1]), logits)


def test_the_graph_hears_what_the_teacher_hears(training: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("onnx", reason="the graph is written with onnx (training/requirements.txt)")
    pytest.importorskip("onnxruntime", reason="the graph runs on onnxruntime")
    graph, session = importlib.import_module("graph"), importlib.import_module("nearer.sense.deep._session")
    model = training["encoder"].Teacher.load(bert(tmp_path)).eval()
    tokens, lengths = training["encoder"].encode(training["teacher"].load_tokenizer(tmp_path), TEXTS, PAST)
    expected = heard(training, model, tmp_path, [0, 1, 2, 3, 4])
    padded, sizes = training["encoder"].pad(tokens)
    curves = {"emotion": (np.full(28, 2.0), np.full(28, 0.5)), "act": (np.ones(26), np.zeros(26))}

    def logits(within: Any) -> np.ndarray:
        ready = session.Session(graph.build(model, curves, within).SerializeToString(), threads=1)
        return np.concatenate(ready.hear(tokens, lengths), 1)

    within = graph.ranges(model, [(padded, torch.from_numpy(lengths), sizes)])
    expected = np.concatenate([expected[:, :28] * 2 + 0.5, expected[:, 28:54]], 1)
    monkeypatch.setattr(graph, "WHOLE", 1)
    np.testing.assert_allclose(logits(None), expected, atol=0.02)  # the table of words is always in eight bits
    assert np.abs(logits(within) - expected).max() < 0.1 * np.ptp(expected)
    monkeypatch.setattr(graph, "WHOLE", 1 / 3)
    cut = logits(None)
    np.testing.assert_allclose(cut[[0, 3]], expected[[0, 3]], atol=0.02)  # without a past nothing is left out
    assert 1e-6 < np.abs(cut[[1, 2]] - expected[[1, 2]]).max() < 0.2


def test_the_folder_says_which_kind_of_encoder_it_holds(training: dict[str, Any], tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text(json.dumps({"hidden_size": 32}), "utf-8")
    with pytest.raises(KeyError, match="model_type"):
        training["encoder"].Teacher.load(tmp_path)
