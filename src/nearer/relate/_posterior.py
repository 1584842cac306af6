"""Closed forms: the Beta, Dirichlet and Gamma posteriors of shares and rates, and the word each one earns. (scipy.special, not scipy.stats: the
same figures without its second of start-up.)

A difference or a tendency is "clearly" there when its 95 % interval leaves out zero (a posterior probability of .975 on its side, so that
at most 5 % of people who are alike are told apart) and "probably" from a posterior probability of .80 (constructs 9). A level has no
direction: it is told "clearly" when its 90 % interval is at most half as wide as the width rule allows, "probably" when it is at most that
wide, and not at all beyond.
"""

from __future__ import annotations

import numpy as np
from scipy.special import betaincinv, gammaincinv

from nearer.records import Says
from nearer.relate._shares import HIGH, LOW, TOO_WIDE

CLEARLY, PROBABLY = 0.975, 0.80
"""Posterior probabilities of a direction. Constructs 9 asks for .95; since the data choose the side, .975 on that side keeps "clearly" at
5 % of those who are alike in truth [C]."""
HALF = 0.5
"""The share at which a two-sided balance has no direction."""


def beta_interval(hits: float, misses: float) -> tuple[float, float, float]:
    """Return mean, low and high (90 %) of a share after hits and misses, from a flat prior."""
    low, high = betaincinv(hits + 1, misses + 1, (LOW, HIGH))
    return (hits + 1) / (hits + misses + 2), float(low), float(high)


def dirichlet_intervals(counts: tuple[int, ...]) -> list[tuple[float, float, float]]:
    """Return mean, low and high (90 %) of each share of a whole, from a flat prior: each one alone is a Beta."""
    whole = sum(counts) + len(counts)
    shares = []
    for count in counts:
        low, high = betaincinv(count + 1, whole - count - 1, (LOW, HIGH))
        shares.append(((count + 1) / whole, float(low), float(high)))
    return shares


def gamma_interval(count: float, span: float) -> tuple[float, float, float]:
    """Return count / span with its 90 % interval: the Gamma posterior of a rate, Jeffreys prior."""
    low, high = gammaincinv(count + 0.5, (LOW, HIGH)) / span
    return count / span, float(low), float(high)


def says_direction(probability: float) -> Says:
    """Return the word for a direction: its posterior probability, whichever side it lies on."""
    sure = max(probability, 1 - probability)
    return "clearly" if sure >= CLEARLY else "probably" if sure >= PROBABLY else "cannot_tell"


def says_level(low: float, high: float, *, widest: float = TOO_WIDE) -> Says:
    """Return the word for a level without a direction, by the width of its interval."""
    width = high - low
    if not np.isfinite(width) or width > widest:
        return "cannot_tell"
    return "clearly" if width <= widest / 2 else "probably"
