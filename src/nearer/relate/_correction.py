"""Correct counts of acts for the ear's errors (constructs 8.1).

The share that is flagged, q, is not the share that is true: true = (q + specificity - 1) / (sensitivity + specificity - 1), clipped to 0..1
(Rogan and Gladen). A share of one act among another (answers among bids) is a table of flags; every flag of the table is corrected along its
own axis, once for each of 2,000 draws of sensitivity and specificity and of the table from the resampled sittings. Errors of different flags
are taken to be independent of each other. Where sensitivity + specificity - 1 is under .3 nothing is told.

How often a flag errs is counted on the ear's held-out messages for the very group of acts and number of lines that the flag asks for, and in
the place where it asks: over all messages here (`any_of`), in answers, openings and quarrels over just these (`of_units`; `_held`, `_answers`,
`_quarrel_talk`). Every hand that wrote those messages gives one figure; a new chat is drawn as one more hand, so that the spread between hands widens the interval
(a random-effects prediction on the logit scale). An ear without held-out messages has its confusion matrices: Beta posteriors, pieced
together as if acts erred independently.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from nearer.records import ACT_INDEX, ActErrors, Codes, Flags, HeldOut, Ints
from nearer.relate._bootstrap import DRAWS, Reals
from nearer.relate._heard import REPLY_LINES, Heard

LEAST_SHOWN = 0.1
"""A group of acts is no rate where one of them is shown in fewer of its messages than this: then the mix decides, not the messages [C]."""
OWN_TRUE = 40
"""So many true units of a setting must have been held out for its own figures to be used [C]."""
SPREAD = 0.5
"""Spread between hands on the logit scale where only one is known [C]."""
FLOOR = 0.3
"""sensitivity + specificity - 1 below which nothing is told (constructs 8.1)."""


@dataclass(frozen=True, slots=True)
class Errors:
    """Sensitivity and specificity of one flag, 1 + DRAWS of each; row 0 is the figure itself."""

    sensitivity: Reals
    specificity: Reals

    @property
    def gain(self) -> float:
        """What the ear is worth, sensitivity + specificity - 1 of the figures themselves: 1 is a perfect ear, 0 a coin."""
        return float(self.sensitivity[0] + self.specificity[0] - 1)


DEAF = Errors(np.zeros(1 + DRAWS), np.ones(1 + DRAWS))
"""A flag of which nothing is heard: it is worth nothing, and nothing is told (FLOOR)."""


def rogan_gladen(flagged: float, *, sensitivity: float, specificity: float) -> float:
    """Return the true share behind a flagged share, clipped to 0..1; raises ZeroDivisionError for an ear no better than a coin."""
    return min(1.0, max(0.0, (flagged + specificity - 1) / (sensitivity + specificity - 1)))


def draw_errors(figures: ActErrors | None, *, random: np.random.Generator) -> Errors:
    """Draw sensitivity and specificity from the Beta posteriors of a confusion matrix; None means a flag that is always right."""
    if figures is None:
        return Errors(np.ones(1 + DRAWS), np.ones(1 + DRAWS))
    sensitivity = random.beta(figures.hit + 1, figures.miss + 1, DRAWS)
    specificity = random.beta(figures.quiet + 1, figures.false_alarm + 1, DRAWS)
    return Errors(np.append(figures.sensitivity, sensitivity), np.append(figures.specificity, specificity))


def any_of(heard: Heard, acts: Sequence[str], *, random: np.random.Generator, lines: Ints | None = None, sure: bool = False) -> Errors:
    """Return the errors of the flag "any of these acts" (in any of `lines` messages, given for each unit; default one message).

    `sure`: of the flag at the point of `Heard.sure`, not at the counted one."""
    held = heard.errors.held_out if heard.errors is not None else None
    if held is None:
        return _pieced(heard, acts, random=random, lines=lines)
    mask = np.uint32(sum(1 << ACT_INDEX[act] for act in acts))
    sensitivity, specificity = np.zeros(1 + DRAWS), np.zeros(1 + DRAWS)
    for count, share in _line_shares(lines):
        hits, misses = _by_hand(held, mask, lines=count, setting=heard.relationship.kind, sure=sure)
        sensitivity += share * _one_more_hand(hits, random=random)
        specificity += share * _one_more_hand(misses, random=random)
    return Errors(sensitivity, specificity) if not sure or hears(heard, acts) else DEAF


def hears(heard: Heard, acts: Sequence[str]) -> bool:
    """Say whether each of these acts is shown often enough for what is surely heard of them to stand for them."""
    held = heard.errors.held_out if heard.errors is not None else None
    return held is None or all(_share_shown(held, act) >= LEAST_SHOWN for act in acts)


def _share_shown(held: HeldOut, act: str) -> float:
    """Return how many of the held-out messages with an act are shown to have it."""
    bit = np.uint32(1 << ACT_INDEX[act])
    true = (held.truth & bit) > 0
    return float(((held.shown[true] & bit) > 0).mean()) if true.any() else 0.0


def taken_as_heard(heard: Heard, acts: Sequence[str], *, random: np.random.Generator) -> Errors | None:
    """Return None for acts at the point of `Heard.sure`: they are taken as heard there (four of five are right), and what is missed is missed.

    So are the bids of which is asked whether they were answered. An ear without held-out messages is corrected as any other flag."""
    held = heard.errors.held_out if heard.errors is not None else None
    return None if held is not None else any_of(heard, acts, random=random)


def of_units(hand: Codes, *, found: Flags, true: Flags, random: np.random.Generator) -> Errors:
    """Return the errors of any flag, counted over units of held-out messages: whose hand, what the ear found, what is true."""
    hits, misses = _right(hand, found, true), _right(hand, ~found, ~true)
    return Errors(_one_more_hand(hits, random=random), _one_more_hand(misses, random=random))


def _by_hand(held: HeldOut, mask: np.uint32, *, lines: int, setting: str, sure: bool) -> tuple[Reals, Reals]:
    """Return, a row a hand, how often the flag was right where it is true and where it is not: (hands x 2, hands x 2) of right, wrong.

    Units are runs of `lines` messages one person wrote in a row. Hands with no unit of a sort are left out; the setting's own units are
    taken where enough of them are true, else those of all settings."""
    true, found = (held.truth & mask) > 0, ((held.shown if sure else held.counted) & mask) > 0
    last = len(held) - lines + 1
    for more in range(1, lines):
        true[:last], found[:last] = true[:last] | true[more : last + more], found[:last] | found[more : last + more]
    whole = np.ones(max(last, 0), dtype=np.bool_)
    for name in ("dialogue", "person"):
        codes = getattr(held, name)
        whole &= codes[: max(last, 0)] == codes[lines - 1 :]
    own = whole & (held.setting[: len(whole)] == _code(held, setting))
    chosen = own if (true[: len(whole)] & own).sum() >= OWN_TRUE else whole
    rows = np.flatnonzero(chosen)
    return _right(held.hand[rows], found[rows], true[rows]), _right(held.hand[rows], ~found[rows], ~true[rows])


def _code(held: HeldOut, setting: str) -> int:
    return held.settings.index(setting) if setting in held.settings else -1


def _right(hand: Codes, right: Flags, asked: Flags) -> Reals:
    hands = int(hand.max(initial=-1)) + 1
    counts = np.stack([np.bincount(hand[asked & flag], minlength=hands) for flag in (right, ~right)], axis=1).astype(np.float64)
    known: Reals = counts[counts.sum(axis=1) > 0]
    return known


def _one_more_hand(counts: Reals, *, random: np.random.Generator) -> Reals:
    """Draw the rate of a new hand, 1 + DRAWS, from the rates of known ones (rows of right, wrong); row 0 is the rate of all together.

    Mean and spread between hands on the logit scale, after DerSimonian and Laird; without two hands the spread is SPREAD."""
    if not len(counts):
        return np.full(1 + DRAWS, 0.5)
    right, wrong = counts[:, 0] + 0.5, counts[:, 1] + 0.5
    logits, within = np.log(right / wrong), 1 / right + 1 / wrong
    weight = 1 / within
    mean = float((weight * logits).sum() / weight.sum())
    between = SPREAD**2
    if len(counts) > 1:
        excess = float((weight * (logits - mean) ** 2).sum()) - (len(counts) - 1)
        between = max(excess / (weight.sum() - (weight**2).sum() / weight.sum()), 0.0)
    mean = float((logits / (within + between)).sum() / (1 / (within + between)).sum())
    variance = between + 1 / (1 / (within + between)).sum()
    draws = mean + np.sqrt(variance) * random.standard_normal(DRAWS)
    rates: Reals = 1 / (1 + np.exp(-np.append(mean, draws)))
    return rates


def _pieced(heard: Heard, acts: Sequence[str], *, random: np.random.Generator, lines: Ints | None) -> Errors:
    """Return the errors of a flag from the confusion matrix of each act.

    The flag stays silent where nothing is true only if every act stays silent in every line; it is found when the true act is found or
    another one is raised in its place. Acts are weighed by how often they are flagged."""
    errors = [draw_errors(heard.errors_of(act), random=random) for act in acts]
    weights = np.array([heard.act(act).sum() + 1.0 for act in acts])
    quiet = np.prod([one.specificity for one in errors], axis=0)
    sensitivity, specificity = np.zeros(1 + DRAWS), np.zeros(1 + DRAWS)
    for count, share in _line_shares(lines):
        specificity += share * quiet**count
        for one, weight in zip(errors, weights / weights.sum(), strict=True):
            others = quiet**count / np.maximum(one.specificity, 1e-9)
            sensitivity += share * weight * (1 - (1 - one.sensitivity) * others)
    return Errors(sensitivity, specificity)


def _line_shares(lines: Ints | None) -> list[tuple[int, float]]:
    """Return how often units have one, two or three lines."""
    if lines is None or not len(lines):
        return [(1, 1.0)]
    counts = np.bincount(np.clip(lines, 1, REPLY_LINES), minlength=REPLY_LINES + 1)
    return [(count, counts[count] / len(lines)) for count in range(1, REPLY_LINES + 1) if counts[count]]


def correct(cells: Reals, errors: Sequence[Errors | None]) -> Reals:
    """Correct drawn tables of binary flags, draws x 2**m with the first flag as the highest bit; None is a flag that is certain.

    Each draw keeps its total; cells below zero are set to zero, as the clipping of 8.1 asks."""
    total = cells.sum(axis=1)
    clipped = np.maximum(undo(cells, errors), 0.0)
    whole = clipped.sum(axis=1)
    corrected: Reals = clipped * (total / np.where(whole > 0, whole, 1.0))[:, None]
    return corrected


def undo(cells: Reals, errors: Sequence[Errors | None]) -> Reals:
    """Do the same without clipping: a cell may be below zero by chance, so that sums of cells are not drawn towards the middle."""
    draws, axes = len(cells), len(errors)
    table = cells.reshape(draws, *(2,) * axes)
    for axis, error in enumerate(errors, start=1):
        if error is None:
            continue
        table = np.moveaxis(table, axis, -1)
        shape = (draws, *(1,) * (axes - 1))
        sensitivity, specificity = error.sensitivity.reshape(shape), error.specificity.reshape(shape)
        gain = np.maximum(sensitivity + specificity - 1, FLOOR / 3)
        both = table.sum(axis=-1)
        true = (table[..., 1] - (1 - specificity) * both) / gain
        table = np.moveaxis(np.stack([both - true, true], axis=-1), -1, axis)
    undone: Reals = table.reshape(draws, -1)
    return undone
