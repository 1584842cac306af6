"""Train the swift ear: `python training/train.py --data FOLDER`. One thread, seeded; writes the weights, figures and card of the package."""

import argparse
import hashlib
import json
import os
from collections.abc import Callable
from pathlib import Path

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np
from safetensors.numpy import save_file
from scipy.optimize import minimize
from scipy.sparse import csr_array, hstack

from data import FOLDS, Row, load, targets
from nearer.columns import Texts
from nearer.records import ACTS, EMOTIONS
from nearer.sense.model._net import FLAGS, GAP_SCALE, PIECE_BITS, WIDTH, Features, Vocabulary, features, slots_of
from nearer.sense.model._tokens import DENSE, pairs, tokens

MODEL = Path(__file__).parents[1] / "src/nearer/sense/model"
WORDS, PAIRS = 30_000, 110_000
HIDDEN = {"emotion": 256, "act": 128}
BATCH, RATE, DROP = 256, 2e-3, 0.3
TABLE_RATE = 5.0
"""The table learns so much faster: a rare word is seen a few times only."""
PRECISE = {"contempt": 0.9, "withdraw": 0.9, "threaten_leave": 0.9}
USUAL_GAP = 120.0
QUIET_SAMPLE = 3_000
SETTINGS = ("all", "partner", "friend", "brand")
START = np.array([1.0, 0.0])
"""Slope and shift of a curve that changes nothing."""
MIN_FOUND = 4
"""So many of our own held-out positives must be found before the precise point of an act is believed."""


def vocabulary(texts: Texts) -> np.ndarray:
    made = tokens(texts)
    chosen = []
    for hashes, size in ((made.hashes, WORDS), (np.concatenate([pairs(made, apart=1)[0], pairs(made, apart=2)[0]]), PAIRS)):
        slots, counts = np.unique(slots_of(hashes), return_counts=True)
        order = np.lexsort((slots, -counts))[:size]
        chosen.append(slots[order][counts[order] >= 2])
    return np.unique(np.concatenate(chosen)).astype(np.uint32)


def matrix(texts: Texts, words: Vocabulary) -> tuple[csr_array, np.ndarray]:
    made = tokens(texts)

    def to_csr(part: Features) -> csr_array:
        return csr_array((np.ones(len(part.columns), np.float32), part.columns, part.bounds), shape=(len(texts), words.rows))

    joined = hstack([to_csr(part) for part in features(made, words)], format="csr")
    scale = 1 / np.sqrt(np.maximum(np.diff(joined.indptr), 1))
    data = (joined.data * np.repeat(scale, np.diff(joined.indptr))).astype(np.float32)
    columns = joined.indices % words.rows  # the parts share one table
    return csr_array((data, columns, joined.indptr), shape=(len(texts), words.rows)), made.dense


class Adam:
    """Adam, touching only the rows of the table that a batch holds."""

    def __init__(self, weights: dict) -> None:
        self.weights, self.step = weights, 0
        self.first, self.second = ({k: np.zeros_like(v) for k, v in weights.items()} for _ in range(2))

    def update(self, name: str, gradient: np.ndarray, *, rate: float, rows: np.ndarray | slice = slice(None)) -> None:
        """Take one step."""
        first = self.first[name][rows] * 0.9 + 0.1 * gradient
        second = self.second[name][rows] * 0.999 + 0.001 * gradient**2
        self.first[name][rows], self.second[name][rows] = first, second
        scale = np.sqrt(1 - 0.999**self.step) / (1 - 0.9**self.step)
        self.weights[name][rows] -= rate * scale * first / (np.sqrt(second) + 1e-7)


def begin(rows: int, rng: np.random.Generator) -> dict:
    weights = {"table": rng.normal(0, 0.02, (rows, WIDTH)).astype(np.float32)}
    for name, wide, out in (("emotion", WIDTH + DENSE, len(EMOTIONS)), ("act", 3 * WIDTH + DENSE + FLAGS, len(ACTS))):
        weights[f"{name}.1"] = rng.normal(0, (2 / wide) ** 0.5, (wide, HIDDEN[name])).astype(np.float32)
        weights[f"{name}.2"] = rng.normal(0, 0.05, (HIDDEN[name], out)).astype(np.float32)
        weights[f"{name}.b1"] = np.zeros(HIDDEN[name], np.float32)
        weights[f"{name}.b2"] = np.full(out, -3.0, np.float32)
    return weights


def inputs(weights: dict, parts: dict, batch: np.ndarray) -> tuple[np.ndarray, np.ndarray, csr_array]:
    text = parts["text"][batch]
    pooled = np.concatenate([text @ weights["table"], parts["dense"][batch]], axis=1)
    before = [parts["other"][batch] @ weights["table"], parts["own"][batch] @ weights["table"], parts["flags"][batch]]
    return pooled, np.concatenate([pooled, *before], axis=1).astype(np.float32), text


def forward(weights: dict, name: str, x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    hidden = np.maximum(x @ weights[f"{name}.1"] + weights[f"{name}.b1"], 0)
    return hidden, hidden @ weights[f"{name}.2"] + weights[f"{name}.b2"]


def fit(parts: dict, made: tuple, chosen: np.ndarray, *, epochs: int, seed: int) -> dict:
    rng = np.random.default_rng(seed)
    emotion, has, act, weight = made
    weights = begin(parts["text"].shape[1], rng)
    adam = Adam(weights)
    steps = epochs * (len(chosen) // BATCH + 1)
    for _ in range(epochs):
        order = rng.permutation(chosen)
        for start in range(0, len(order), BATCH):
            batch = order[start : start + BATCH]
            adam.step += 1
            rate = RATE * max(0.05, 1 - adam.step / steps)
            pooled, full, text = inputs(weights, parts, batch)
            back = np.zeros((len(batch), WIDTH), np.float32)
            for name, x, truth, worth in (
                ("emotion", pooled, emotion[batch], has[batch][:, None]),
                ("act", full, act[batch], weight[batch]),
            ):
                drop = (rng.random(x.shape, dtype=np.float32) > DROP / 2) / (1 - DROP / 2)
                x = (x * drop).astype(np.float32)  # noqa: PLW2901
                hidden, logits = forward(weights, name, x)
                mask = ((rng.random(hidden.shape, dtype=np.float32) > DROP) / (1 - DROP)).astype(np.float32)
                hidden *= mask
                logits = hidden @ weights[f"{name}.2"] + weights[f"{name}.b2"]
                slope = ((1 / (1 + np.exp(-np.clip(logits, -30, 30))) - truth) * worth / len(batch)).astype(np.float32)
                below = (slope @ weights[f"{name}.2"].T) * (hidden > 0) * mask
                back += ((below @ weights[f"{name}.1"].T) * drop)[:, :WIDTH].astype(np.float32)
                for key, gradient in (("2", hidden.T @ slope), ("b2", slope.sum(0)), ("1", x.T @ below), ("b1", below.sum(0))):
                    adam.update(f"{name}.{key}", gradient, rate=rate)
            columns, inverse = np.unique(text.indices, return_inverse=True)
            small = csr_array((text.data, inverse, text.indptr), shape=(len(batch), len(columns)))
            adam.update("table", small.T @ back, rate=rate * TABLE_RATE, rows=columns)
    return weights


def logits_of(weights: dict, parts: dict, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    found = []
    for start in range(0, len(rows), 8192):
        pooled, full, _ = inputs(weights, parts, rows[start : start + 8192])
        found.append((forward(weights, "emotion", pooled)[1], forward(weights, "act", full)[1]))
    return np.concatenate([f[0] for f in found]), np.concatenate([f[1] for f in found])


def platt(logits: np.ndarray, truth: np.ndarray) -> tuple[float, float]:
    """Fit slope and shift of a logistic curve, with a small pull towards slope 1 and shift 0."""

    def loss(at: np.ndarray) -> tuple[float, np.ndarray]:
        line = at[0] * logits + at[1]
        miss = 1 / (1 + np.exp(-np.clip(line, -30, 30))) - truth
        off = at - START
        return float((np.logaddexp(0, line) - truth * line).sum() + (off**2).sum() / 2), np.array([(miss * logits).sum(), miss.sum()]) + off

    logits = logits.astype(float)
    found = minimize(loss, START, jac=True, method="L-BFGS-B", bounds=[(0.05, 5.0), (-10.0, 10.0)]).x
    return float(found[0]), float(found[1])


def counts(found: np.ndarray, truth: np.ndarray) -> dict[str, int]:
    return {"hit": int((found & truth).sum()), "miss": int((~found & truth).sum()),
            "false_alarm": int((found & ~truth).sum()), "quiet": int((~found & ~truth).sum())}  # fmt: skip


def best(scores: np.ndarray, truth: np.ndarray, goal: Callable[..., np.ndarray]) -> float:
    """Return the threshold (a midpoint of neighbouring scores) for which `goal(hits, found, positives, all)` is highest."""
    order = np.argsort(-scores, kind="stable")
    hits, found = np.cumsum(truth[order]), np.arange(1, len(scores) + 1)
    value = goal(hits, found, truth.sum(), len(truth))
    value[:-1][scores[order][:-1] == scores[order][1:]] = -np.inf
    place = int(np.argmax(value))
    return 2.0 if not np.isfinite(value[place]) else float((scores[order][place] + scores[order][min(place + 1, len(order) - 1)]) / 2)


def ece(p: np.ndarray, truth: np.ndarray) -> float:
    bins = np.minimum((p * 10).astype(int), 9)
    return float(sum(abs(p[bins == b].mean() - truth[bins == b].mean()) * (bins == b).mean() for b in range(10) if (bins == b).any()))


def parts_of(rows: list[Row], words: Vocabulary) -> dict:
    parts = {}
    parts["text"], parts["dense"] = matrix(Texts.of(row.text for row in rows), words)
    parts["other"], _ = matrix(Texts.of(row.other for row in rows), words)
    parts["own"], _ = matrix(Texts.of(row.own for row in rows), words)
    flags = np.zeros((len(rows), FLAGS), np.float32)
    for index, row in enumerate(rows):
        if row.other:
            flags[index] = 1, np.log1p(USUAL_GAP) / GAP_SCALE, 1, 1, bool(row.own)
    parts["flags"] = flags
    return parts


def measure_acts(rows: list[Row], scores: np.ndarray, made: tuple, figures: dict) -> None:
    """Choose both operating points on our own held-out rows and quiet chat, and count how often they err, by setting."""
    quiet = [i for i, row in enumerate(rows) if row.source == "quiet"]
    quiet = quiet[:: max(1, len(quiet) // QUIET_SAMPLE)]
    judged = np.array([i for i, row in enumerate(rows) if row.source in ("example", "dialogue")] + quiet)
    setting = np.array([rows[i].setting for i in judged])
    own = np.array([rows[i].source != "quiet" for i in judged])
    figures["acts"], figures["by_setting"] = {}, {name: {} for name in SETTINGS}
    for column, act in enumerate(ACTS):
        known = made[3][judged, column] > 0
        p, truth = scores[judged, column][known], made[2][judged, column][known] > 0.5
        need = PRECISE.get(act, 0.8)
        shown = best(p, truth, lambda h, f, *_, need=need: np.where((h >= MIN_FOUND) & (h / f >= need), h.astype(float), -np.inf))
        at_shown, error = counts(p >= shown, truth), ece(p, truth)
        # Quiet public chat is another kind of text than our examples: told from it, an act looks easier than it is. So the error
        # figures that correct estimates are counted among our own rows alone.
        ours = own[known]
        p, truth, where = p[ours], truth[ours], setting[known][ours]
        counted = best(p, truth, lambda h, f, n, a: h / n - (f - h) / (a - n))
        figures["acts"][act] = {
            "shown": shown,
            "counted": counted,
            "at_shown": at_shown,
            "ece": error,
            "n": int(truth.sum()),
        }
        for name in SETTINGS:
            mine = np.ones(len(p), bool) if name == "all" else where == name
            if truth[mine].sum() >= MIN_FOUND or name == "all":
                figures["by_setting"][name][act] = counts(p[mine] >= counted, truth[mine])


def pack(weights: dict, slots: np.ndarray) -> dict:
    table = weights.pop("table")
    scale = np.abs(table).max(1, keepdims=True) / 127 + 1e-12
    packed = {"table": np.round(table / scale).astype(np.int8), "scale": scale.astype(np.float16), "slots": slots}
    return packed | {
        key: np.ascontiguousarray(value, np.float16 if key[-2:] in (".1", ".2") else np.float32) for key, value in weights.items()
    }


def main() -> None:
    ap = argparse.ArgumentParser()
    ap.add_argument("--data", type=Path, required=True)
    ap.add_argument("--epochs", type=int, default=5)
    ap.add_argument("--version", default="0.1.0")
    args = ap.parse_args()
    rows = load(args.data)
    made = targets(rows)
    slots = vocabulary(Texts.of(row.text for row in rows))
    words = Vocabulary.of(slots)
    parts = parts_of(rows, words)
    print(len(rows), "rows", words.rows, "vectors", 1 << PIECE_BITS, "pieces", flush=True)
    fold = np.array([row.fold for row in rows])
    logits = [np.zeros((len(rows), len(names)), np.float32) for names in (EMOTIONS, ACTS)]
    for number in range(FOLDS):
        weights = fit(parts, made, np.flatnonzero(fold != number), epochs=args.epochs, seed=number)
        held = np.flatnonzero(fold == number)
        for out, found in zip(logits, logits_of(weights, parts, held), strict=True):
            out[held] = found
        print("fold", number, flush=True)
    final = fit(parts, made, np.arange(len(rows)), epochs=args.epochs, seed=FOLDS)
    figures = {"name": "swift", "version": args.version, "emotions": {}}
    own = np.array([row.source in ("example", "dialogue", "quiet", "offmychest") for row in rows])
    scores = []
    for name, names, out, truth, use in (("emotion", EMOTIONS, logits[0], made[0], np.repeat(made[1][:, None] > 0, len(EMOTIONS), 1)),
                                         ("act", ACTS, logits[1], made[2], (made[3] > 0) & own[:, None])):  # fmt: skip
        curve = np.array([platt(out[use[:, c], c], truth[use[:, c], c]) for c in range(len(names))], np.float32)
        final[f"{name}.slope"], final[f"{name}.shift"] = curve[:, 0].copy(), curve[:, 1].copy()
        scores.append(1 / (1 + np.exp(-np.clip(out * curve[:, 0] + curve[:, 1], -30, 30))))
    go = np.flatnonzero(made[1] > 0)
    for c, name in enumerate(EMOTIONS):
        p, truth = scores[0][go, c], made[0][go, c] > 0
        limit = best(p, truth, lambda h, f, n, _: 2 * h / (f + n))
        figures["emotions"][name] = {"shown": limit, "ece": ece(p, truth), "n": int(truth.sum()), "at_shown": counts(p >= limit, truth)}
    measure_acts(rows, scores[1], made, figures)
    save_file(pack(final, slots), MODEL / "weights.safetensors")
    figures["hash"] = hashlib.sha256((MODEL / "weights.safetensors").read_bytes()).hexdigest()
    figures["sources"] = {s: sum(row.source == s for row in rows) for s in sorted({row.source for row in rows})}
    (MODEL / "figures.json").write_text(json.dumps(figures, indent=1) + "\n", "utf-8")
    print("weights written", figures["sources"])


if __name__ == "__main__":
    main()
