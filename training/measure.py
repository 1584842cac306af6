"""What is measured on rows the student did not learn from: curves, the two operating points, confusion figures (constructs 8.1).

Acts are judged on our own dialogues alone, where every message is labelled and most hold no act or one: the base rates are those of talk, so
false alarms are those that an estimate meets. Emotions are judged on the held-out folds of GoEmotions train.
"""

from collections.abc import Callable

import numpy as np
from data import Row
from scipy.optimize import minimize

from nearer.records import ACTS, EMOTIONS
from nearer.sense.model import outstanding

PRECISION, PRECISE = 0.80, {"contempt": 0.90, "withdraw": 0.90, "threaten_leave": 0.90}
MIN_FOUND = 5
"""So many of our own held-out positives must be found before the precise point of an act is believed, or a setting has its own figures."""
SETTINGS = ("all", "partner", "friend", "brand")
NEVER = 2.0
"""The threshold of an act whose precise point was not reached: only its cues show it."""
START = np.array([1.0, 0.0])
"""Slope and shift of a curve that changes nothing."""
BINS = 10


def curves(logits: np.ndarray, truth: np.ndarray) -> np.ndarray:
    """Fit slope and shift for each column (2 x columns)."""
    return np.array([platt(logits[:, column], truth[:, column]) for column in range(logits.shape[1])], np.float32).T


def platt(logits: np.ndarray, truth: np.ndarray) -> tuple[float, float]:
    """Fit slope and shift of a logistic curve, with a small pull towards slope 1 and shift 0."""
    logits = logits.astype(float)

    def loss(at: np.ndarray) -> tuple[float, np.ndarray]:
        line = at[0] * logits + at[1]
        miss = 1 / (1 + np.exp(-np.clip(line, -30, 30))) - truth
        off = at - START
        return float((np.logaddexp(0, line) - truth * line).sum() + (off**2).sum() / 2), np.array([(miss * logits).sum(), miss.sum()]) + off

    found = minimize(loss, START, jac=True, method="L-BFGS-B", bounds=[(0.05, 5.0), (-10.0, 10.0)]).x
    return float(found[0]), float(found[1])


def scores(logits: np.ndarray, curve: np.ndarray) -> np.ndarray:
    """Return calibrated probabilities."""
    return 1 / (1 + np.exp(-np.clip(logits * curve[0] + curve[1], -30, 30)))


def counts(found: np.ndarray, truth: np.ndarray) -> dict[str, int]:
    """Return a confusion matrix by the names of the package."""
    return {
        "hit": int((found & truth).sum()),
        "miss": int((~found & truth).sum()),
        "false_alarm": int((found & ~truth).sum()),
        "quiet": int((~found & ~truth).sum()),
    }


def best(scores: np.ndarray, truth: np.ndarray, goal: Callable[..., np.ndarray]) -> float:
    """Return the threshold (a midpoint of neighbouring scores) for which `goal(hits, found, positives, all)` is highest."""
    order = np.argsort(-scores, kind="stable")
    hits, found = np.cumsum(truth[order]), np.arange(1, len(scores) + 1)
    value = goal(hits, found, truth.sum(), len(truth)).astype(float)
    value[:-1][scores[order][:-1] == scores[order][1:]] = -np.inf
    place = int(np.argmax(value))
    return NEVER if not np.isfinite(value[place]) else float((scores[order][place] + scores[order][min(place + 1, len(order) - 1)]) / 2)


def ece(found: np.ndarray, truth: np.ndarray) -> float:
    """Return the calibration error over ten equal bins, weighted by how many scores lie in each."""
    bins = np.minimum((found * BINS).astype(int), BINS - 1)
    return float(sum(abs(found[bins == b].mean() - truth[bins == b].mean()) * (bins == b).mean() for b in range(BINS) if (bins == b).any()))


def shown_at(scores: np.ndarray, truth: np.ndarray, *, precision: float) -> float:
    """Return the point of highest recall at which the act is right so often, one false alarm more than were seen; NEVER where there is none."""
    return best(scores, truth, lambda h, f, *_: np.where((h >= MIN_FOUND) & (h / (f + 1) >= precision), h.astype(float), -np.inf))


def counted_at(scores: np.ndarray, truth: np.ndarray) -> float:
    """Return the point where sensitivity and specificity are highest together."""
    return best(scores, truth, lambda h, f, n, a: h / n - (f - h) / (a - n))


def f1(at: dict[str, int]) -> float:
    """Return F1 of a confusion matrix."""
    return 2 * at["hit"] / max(1, 2 * at["hit"] + at["miss"] + at["false_alarm"])


def auc(scores: np.ndarray, truth: np.ndarray) -> float:
    """Return the area under the ROC curve, ties averaged."""
    _, place, count = np.unique(scores, return_inverse=True, return_counts=True)
    ranks = (np.cumsum(count) - (count - 1) / 2)[place]
    n = truth.sum()
    return float((ranks[truth].sum() - n * (n + 1) / 2) / (n * (~truth).sum()))


def average_precision(scores: np.ndarray, truth: np.ndarray) -> float:
    """Return the mean precision at each true row."""
    hits = truth[np.argsort(-scores, kind="stable")]
    return float((np.cumsum(hits) / np.arange(1, len(hits) + 1))[hits].mean())


def emotion_figures(found: np.ndarray, truth: np.ndarray) -> dict:
    """Thresholds of highest F1 (of scores as the package judges them for showing), and what was seen there."""
    figures, judged = {}, outstanding(found)
    for column, name in enumerate(EMOTIONS):
        p, true = judged[:, column], truth[:, column] > 0
        limit = best(p, true, lambda h, f, n, _: 2 * h / (f + n))
        figures[name] = {"shown": limit, "ece": ece(found[:, column], true), "n": int(true.sum()), "at_shown": counts(p >= limit, true)}
    return figures


def held_out(shown: np.ndarray, counted: np.ndarray, truth: np.ndarray, rows: list[Row]) -> dict[str, np.ndarray]:
    """Pack what was true, shown and counted in each labelled message, and whose it is, for `records.HeldOut`."""
    bits = (1 << np.arange(len(ACTS), dtype=np.uint32)).astype(np.uint32)
    codes = {
        "hand": [row.hand for row in rows],
        "setting": [row.setting for row in rows],
        "dialogue": [row.group for row in rows],
        "person": [f"{row.group} {row.person}" for row in rows],
    }
    masks = {"truth": truth, "shown": shown, "counted": counted}
    packed = {name: (flags * bits).sum(axis=1).astype(np.uint32) for name, flags in masks.items()}
    for name, values in codes.items():
        known = list(SETTINGS) if name == "setting" else list(dict.fromkeys(values))
        packed[name] = np.array([known.index(value) if value in known else -1 for value in values], np.int16)
    return packed


def act_figures(found: np.ndarray, truth: np.ndarray, rows: list[Row]) -> tuple[dict, dict]:
    """Both operating points of each act, and how often it errs at the counted one, by setting."""
    where = np.array([row.setting for row in rows])
    figures: dict[str, dict] = {}
    by_setting: dict[str, dict] = {name: {} for name in SETTINGS}
    for column, act in enumerate(ACTS):
        p, true = found[:, column], truth[:, column] > 0
        shown, counted = shown_at(p, true, precision=PRECISE.get(act, PRECISION)), counted_at(p, true)
        figures[act] = {"shown": shown, "counted": counted, "at_shown": counts(p >= shown, true), "ece": ece(p, true), "n": int(true.sum())}
        for name in SETTINGS:
            mine = np.ones(len(p), bool) if name == "all" else where == name
            if name == "all" or true[mine].sum() >= 2 * MIN_FOUND:
                by_setting[name][act] = counts(p[mine] >= counted, true[mine])
    return figures, by_setting
