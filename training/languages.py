"""Can a static model hear other languages, and does the gate tell them apart? Figures only; nothing is written. See docs/ear.md, Languages.

    python training/languages.py emotions --data FOLDER   # macro-F1 on BRIGHTER, held out, against two baselines
    python training/languages.py everyday --data FOLDER                 # the same models on everyday messages in our own words (languages.toml)
    python training/languages.py gate --data FOLDER                     # what the language gate makes of short messages

The model is of the ear's kind and has its tokens: words, neighbouring pairs, pairs with one word between, and runs of one to five characters
inside a token, those at its edges once more. One straight line for each emotion. Nearer, numpy and scipy are enough; a minute or two on one core.
"""

import argparse
import json
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
from measure import best
from scipy.optimize import minimize
from scipy.sparse import csr_array, vstack
from scipy.sparse.csgraph import connected_components
from scipy.special import expit

from nearer.columns import Texts
from nearer.records import EMOTIONS
from nearer.sense import hear, load_ear
from nearer.sense._language import HEARD, languages
from nearer.sense.model._tokens import Tokens, crossing, pairs, spans, tokens

FEELINGS = ("anger", "disgust", "fear", "joy", "sadness", "surprise")
LANGUAGES = ("de", "es", "pt", "ru", "hi", "zh")
BYTES = {"ru": 2, "hi": 3, "zh": 3}
"""Bytes of one character of the script; 1 where it is Latin."""
RUNS = {"zh": (1, 2)}
"""Lengths in characters of the runs inside a token; Chinese words are short, and longer runs made it worse."""
USUAL_RUNS = (1, 2, 3, 4, 5)
SLOT_BITS = 16
EDGES = (0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F)
"""Odd factors that make a run at the start or the end of a token another feature."""
PENALTY, STEPS = 10.0, 40
FOLDS, DRAWS, LEVEL = 5, 1_000, 0.90
ALIKE = 0.6
"""Texts more alike than this (cosine of their runs of characters) are kept in one fold."""
SELDOM = 0.02
"""A feature of more texts than this share says nothing of likeness."""
OWN_WEIGHT = 30.0
"""What one matter-of-fact line of ours counts in training, where they are used."""
SHORT, GATED, TOGETHER = (5, 60), ("en", *LANGUAGES), 20
"""Characters of a short message, all lengths alike; the languages asked for; how many messages make a conversation."""
BANDS = ((5, 20), (21, 40), (41, 60))
SEED = 1


@dataclass(frozen=True, slots=True)
class Set:
    """The labelled texts of one language and the fold of each."""

    texts: list[str]
    truth: np.ndarray
    fold: np.ndarray

    @classmethod
    def of(cls, folder: Path, language: str) -> "Set":
        """Read BRIGHTER; texts that are nearly the same share a fold."""
        rows = [row for row in pq.read_table(folder / "brighter.parquet").to_pylist() if row["lang"] == language]
        texts = [row["text"] for row in rows]
        felt = [json.loads(row["labels"])["emotions"] for row in rows]
        truth = np.array([[name in names for name in FEELINGS] for names in felt])
        group = alike(texts, language)
        return cls(texts, truth, np.random.default_rng(SEED).integers(0, FOLDS, group.max() + 1)[group])


@dataclass(frozen=True, slots=True)
class Scale:
    """How much a feature is worth: rare ones more."""

    worth: np.ndarray

    @classmethod
    def of(cls, found: csr_array) -> "Scale":
        """Learn from the texts of a language; what stands in one or none is worth nothing: chance alone decides what it would mean."""
        often = np.bincount(found.indices, minlength=found.shape[1])
        return cls(np.where(often > 1, np.log(found.shape[0] / (1 + often)).clip(0) / 4, 0))

    def __call__(self, found: csr_array) -> csr_array:
        """Return features by worth, over the root of their number, and a constant."""
        count = np.sqrt(np.diff(found.indptr).clip(1))
        scaled = self.worth[found.indices] / np.repeat(count, np.diff(found.indptr))
        made = csr_array((scaled, found.indices, found.indptr), shape=found.shape)
        return _with_constant(made)


def features(texts: list[str], language: str, *, words_only: bool = False) -> csr_array:
    """Return which slots each text has, as n x 2**SLOT_BITS zeros and ones."""
    made = tokens(Texts.of(texts))
    owner = np.repeat(np.arange(len(texts)), np.diff(made.bounds))
    hashes, owners = [made.hashes], [owner]
    for apart in (1,) if words_only else (1, 2):
        inside = np.ones(max(0, len(owner) - apart), bool)
        inside[crossing(made.bounds, apart=apart)] = False
        hashes.append(pairs(made, apart=apart)[inside])
        owners.append(owner[: len(inside)][inside])
    for size in () if words_only else RUNS.get(language, USUAL_RUNS):
        for found, token in runs(made, size=size, width=BYTES.get(language, 1)):
            hashes.append(found)
            owners.append(owner[token])
    slots = (np.concatenate(hashes) >> np.uint64(64 - SLOT_BITS)).astype(np.int64)
    both = np.unique(np.concatenate(owners) * (1 << SLOT_BITS) + slots)
    row, slot = both >> SLOT_BITS, both & ((1 << SLOT_BITS) - 1)
    return csr_array(
        (np.ones(len(both)), slot.astype(np.int32), np.searchsorted(row, np.arange(len(texts) + 1)).astype(np.int32)),
        shape=(len(texts), 1 << SLOT_BITS),
    )


def runs(made: Tokens, *, size: int, width: int) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Yield hashes of the runs of `size` characters inside tokens with the token of each: all of them, then those at either edge."""
    room = (made.ends - made.starts - size * width) // width + 1
    count = np.maximum(room, 0)
    token = np.repeat(np.arange(len(count)), count)
    place = np.arange(len(token)) - np.repeat(np.cumsum(count) - count, count)
    start = made.starts[token] + place * width
    found = spans(made.running, start, start + size * width)
    yield found, token
    for edge, factor in zip((place == 0, place == count[token] - 1), EDGES, strict=True):
        yield found[edge] * np.uint64(factor), token[edge]


def alike(texts: list[str], language: str) -> np.ndarray:
    """Return a group for each text; those that are nearly the same have the same one. Only what stands in few texts is looked at."""
    found = features(texts, language)
    worth = Scale.of(found).worth
    worth[np.bincount(found.indices, minlength=found.shape[1]) > len(texts) * SELDOM] = 0
    made = csr_array((worth[found.indices], found.indices, found.indptr), shape=found.shape)
    made.eliminate_zeros()
    length = np.sqrt(made.multiply(made).sum(axis=1)).clip(1e-9)
    unit = csr_array((made.data / np.repeat(length, np.diff(made.indptr)), made.indices, made.indptr), shape=made.shape)
    near = (unit @ unit.T).tocsr()
    near.data = (near.data > ALIKE).astype(float)
    near.eliminate_zeros()
    return connected_components(near, directed=False)[1]


def fit(found: csr_array, truth: np.ndarray, weight: np.ndarray) -> np.ndarray:
    """Return a line for each emotion: logistic loss by weight, and a pull towards zero. What is worth nothing is left at zero."""
    used = np.unique(found.indices[found.data != 0])
    some = found[:, used].astype(np.float32)
    turned = some.T.tocsr()
    shape = len(used), truth.shape[1]

    def loss(flat: np.ndarray) -> tuple[float, np.ndarray]:
        lines = flat.reshape(shape).astype(np.float32)
        logits = some @ lines
        value = (weight[:, None] * (np.logaddexp(0, logits) - truth * logits)).sum() + (flat @ flat) / (2 * PENALTY)
        slope = turned @ (weight[:, None] * (expit(logits) - truth)).astype(np.float32)
        return float(value), slope.ravel().astype(float) + flat / PENALTY

    made = np.zeros((found.shape[1], truth.shape[1]))
    made[used] = minimize(loss, np.zeros(shape[0] * shape[1]), jac=True, method="L-BFGS-B", options={"maxiter": STEPS}).x.reshape(shape)
    return made


def held_out(found: csr_array, data: Set) -> np.ndarray:
    """Return the logits of each row by the model that did not learn from its fold."""
    made = np.zeros(data.truth.shape)
    for fold in range(FOLDS):
        learn, ask = np.flatnonzero(data.fold != fold), np.flatnonzero(data.fold == fold)
        scale = Scale.of(found[learn])
        made[ask] = scale(found[ask]) @ fit(scale(found[learn]), data.truth[learn], np.ones(len(learn)))
    return made


def thresholds(logits: np.ndarray, truth: np.ndarray) -> np.ndarray:
    """Return the thresholds of highest F1."""
    return np.array([best(logits[:, at], truth[:, at], lambda h, f, n, _: 2 * h / (f + n)) for at in range(truth.shape[1])])


def shown(logits: np.ndarray, data: Set) -> np.ndarray:
    """Say what is over the thresholds; those of a fold are chosen on the others."""
    made = np.zeros(data.truth.shape, bool)
    for fold in range(FOLDS):
        mine = data.fold == fold
        made[mine] = logits[mine] >= thresholds(logits[~mine], data.truth[~mine])
    return made


def f1(found: np.ndarray, truth: np.ndarray) -> np.ndarray:
    """Return F1 of each column."""
    return 2 * (found & truth).sum(0) / np.maximum(1, found.sum(0) + truth.sum(0))


def interval(found: np.ndarray, truth: np.ndarray) -> tuple[float, float]:
    """Return the bounds of macro-F1 over draws of the rows."""
    rng = np.random.default_rng(SEED)
    drawn = [f1(found[rows], truth[rows]).mean() for rows in rng.integers(0, len(truth), (DRAWS, len(truth)))]
    low, high = np.quantile(drawn, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    return float(low), float(high)


def emotions(folder: Path) -> None:
    """Print a table of macro-F1."""
    print("| | texts | without a feeling | always yes | words and pairs | with runs | by emotion |\n|---|---|---|---|---|---|---|")
    for language in LANGUAGES:
        data = Set.of(folder, language)
        always = f1(np.ones_like(data.truth), data.truth).mean()
        plain = shown(held_out(features(data.texts, language, words_only=True), data), data)
        found = shown(held_out(features(data.texts, language), data), data)
        low, high = interval(found, data.truth)
        each = ", ".join(f"{name} {value:.2f}" for name, value in zip(FEELINGS, f1(found, data.truth), strict=True))
        calm = (~data.truth.any(1)).mean()
        words = f1(plain, data.truth).mean()
        macro = f1(found, data.truth).mean()
        print(
            f"| {language} | {len(data.texts):,} | {calm:.0%} | {always:.2f} | {words:.2f} | {macro:.2f} ({low:.2f} to {high:.2f}) | {each} |",
            flush=True,
        )


def everyday(folder: Path) -> None:
    """Print how often everyday messages show a feeling that is not there, and one that is; as trained, and with our own lines in training."""
    print(
        "| | own lines in training | macro-F1 | matter-of-fact lines that show a feeling | lines with a feeling that show it |\n|---|---|---|---|---|"
    )
    everything = tomllib.loads(Path(__file__).with_suffix(".toml").read_text("utf-8"))
    english = everything.pop("en")["matter_of_fact"]
    print(f"| en, the swift ear | no | | {int(swift(english).sum())} of {len(english)} | |", flush=True)
    for language, lines in everything.items():
        data = Set.of(folder, language)
        calm, felt = lines["matter_of_fact"], [(name, line) for name in FEELINGS for line in lines[name]]
        for weight in (0.0, OWN_WEIGHT):
            macro, false, true = _everyday(data, language, calm=calm, felt=felt, weight=weight)
            print(
                f"| {language} | {'no' if not weight else 'yes'} | {macro:.2f} | {false.sum()} of {len(false)} | {true.sum()} of {len(true)} |",
                flush=True,
            )


def swift(lines: list[str]) -> np.ndarray:
    """Say in which English lines the ear that ships shows one of FEELINGS."""
    none, texts = np.full(len(lines), -1, np.int32), Texts.of(lines)
    heard = hear(texts, conversation=none, person=none, time=np.zeros(len(lines), np.int64), speakable=none < 0, ear=load_ear())
    return heard.emotions_shown[:, [EMOTIONS.index(name) for name in FEELINGS]].any(1)


def gate(folder: Path) -> None:
    """Print how many short messages pass as heard: alone, by length, and TOGETHER in a conversation; and how many get their language there."""
    heads = " | ".join(f"alone, {low}-{high}" for low, high in BANDS)
    print(f"| | messages | {heads} | {TOGETHER} together | named right together |\n|---" + "|---" * (len(BANDS) + 3) + "|")
    rows = pq.read_table(folder / "brighter.parquet").to_pylist()
    rng = np.random.default_rng(SEED)
    for language in GATED:
        lines = [
            short(row["text"], int(size)) for row in rows if row["lang"] == language for size in rng.integers(*SHORT, 1, endpoint=True)
        ]
        lines = [line for line in lines if len(line) >= SHORT[0]]
        length = np.array([len(line) for line in lines])
        alone, together = (np.isin(named(lines, np.arange(len(lines)) // many), HEARD) for many in (1, TOGETHER))
        cells = [alone[(length >= low) & (length <= high)].mean() for low, high in BANDS] + [together.mean()]
        right = (named(lines, np.arange(len(lines)) // TOGETHER) == language).mean()
        print(f"| {language} | {len(lines):,} | " + " | ".join(f"{share:.1%}" for share in [*cells, right]) + " |", flush=True)


def short(text: str, size: int) -> str:
    """Cut a text to at most `size` characters, between words where it has any."""
    if len(text) <= size:
        return text
    return text[:size].rsplit(" ", 1)[0] if " " in text[:size] else text[:size]


def named(lines: list[str], conversation: np.ndarray) -> np.ndarray:
    """Return the language the gate gives each message."""
    codes, names = languages(Texts.of(lines), conversation=conversation.astype(np.int32), default="en")
    return np.array(names)[codes]


def _everyday(
    data: Set, language: str, *, calm: list[str], felt: list[tuple[str, str]], weight: float
) -> tuple[float, np.ndarray, np.ndarray]:
    """Return macro-F1 on the labelled set, which calm lines show a feeling, and which others show theirs. A calm line is asked of models that
    did not learn from it."""
    found, ours, theirs = (features(texts, language) for texts in (data.texts, calm, [line for _, line in felt]))
    logits, calmly, feelings = np.zeros(data.truth.shape), np.zeros((len(calm), len(FEELINGS))), np.zeros((len(felt), len(FEELINGS)))
    calm_fold = np.arange(len(calm)) % FOLDS
    for fold in range(FOLDS):
        learn, own = np.flatnonzero(data.fold != fold), np.flatnonzero(calm_fold != fold)
        scale = Scale.of(found[learn])
        truth = np.concatenate([data.truth[learn], np.zeros((len(own), len(FEELINGS)), bool)])
        lines = fit(vstack([scale(found[learn]), scale(ours[own])]).tocsr(), truth, np.repeat([1.0, weight], [len(learn), len(own)]))
        logits[data.fold == fold] = scale(found[data.fold == fold]) @ lines
        calmly[calm_fold == fold] = scale(ours[calm_fold == fold]) @ lines
        feelings += scale(theirs) @ lines / FOLDS
    limits = thresholds(logits, data.truth)
    column = [FEELINGS.index(name) for name, _ in felt]
    right = (feelings >= limits)[np.arange(len(felt)), column]
    return float(f1(shown(logits, data), data.truth).mean()), (calmly >= limits).any(1), right


def _with_constant(found: csr_array) -> csr_array:
    """Append a column of ones."""
    ends = found.indptr[1:]
    data, indices = np.insert(found.data, ends, 1.0), np.insert(found.indices, ends, found.shape[1])
    return csr_array(
        (data, indices, found.indptr + np.arange(len(found.indptr), dtype=np.int32)), shape=(found.shape[0], found.shape[1] + 1)
    )


def main() -> None:
    """Print one of the three tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=("emotions", "everyday", "gate"))
    parser.add_argument("--data", type=Path, required=True, help="folder of the public sets; brighter.parquet is read")
    args = parser.parse_args()
    {"emotions": emotions, "everyday": everyday, "gate": gate}[args.what](args.data)


if __name__ == "__main__":
    main()
