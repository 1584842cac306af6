"""Correct counts of acts for the ear's errors (constructs 8.1).

The share that is flagged, q, is not the share that is true: true = (q + specificity - 1) / (sensitivity + specificity - 1), clipped to 0..1
(Rogan and Gladen). A share of one act among another (answers among bids) is a table of flags; every flag of the table is corrected along its
own axis, once for each of 2,000 draws of sensitivity and specificity from the Beta posteriors of the ear's confusion matrix and of the
table from the resampled sittings. Errors are taken to be independent of each other. Where sensitivity + specificity - 1 is under .3 nothing
is told.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from nearer.records import ActErrors, Ints
from nearer.relate._bootstrap import DRAWS, Reals
from nearer.relate._heard import REPLY_LINES, Heard

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


def any_of(heard: Heard, acts: Sequence[str], *, random: np.random.Generator, lines: Ints | None = None) -> Errors:
    """Return the errors of the flag "any of these acts" (in any of `lines` messages, given for each unit; default one message).

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
    draws, axes = len(cells), len(errors)
    table = cells.reshape(draws, *(2,) * axes)
    total = cells.sum(axis=1)
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
    clipped = np.maximum(table.reshape(draws, -1), 0.0)
    whole = clipped.sum(axis=1)
    corrected: Reals = clipped * (total / np.where(whole > 0, whole, 1.0))[:, None]
    return corrected
