"""Many shares beside each other: each drawn toward what all have in common, and only those told that chance alone would rarely bring.

A share counted few times says little of itself and much of its kind: all shares of a person are drawn from one Beta distribution whose mean and
weight are themselves unknown (partial pooling, by quadrature over a grid), but for a few that may stand apart: one that clearly does is left
where it is. And whoever looks at twenty-four shares finds a high one
somewhere: Fisher's exact test for each of them, and of the tests those that Benjamini and Hochberg's rule lets stand. Constructs 7.3, 9.
"""

from __future__ import annotations

import numpy as np
from scipy.special import betaln, gammaln

from nearer.records import Flags, Ints
from nearer.relate._bootstrap import DRAWS, Reals

MEANS = 80
"""Places on the grid of common means, evenly on the logit scale."""
WEIGHTS = np.geomspace(2, 1_000, 24)
"""How many cases the common distribution may count for; even on the logarithm [C]."""
APART = 1 / 12
"""How likely a share is one of its own kind, of which nothing is known before: one of twelve [C]."""
FARTHEST = 6.0
"""Logits at the ends of the grid of means: one in four hundred."""


def draw_shares(hits: Ints, counts: Ints, *, random: np.random.Generator) -> Reals:
    """Return shares after hits of counts, DRAWS x shares, each drawn toward the others as far as it may be one of them."""
    means = 1 / (1 + np.exp(-np.linspace(-FARTHEST, FARTHEST, MEANS)))
    first, second = np.outer(means, WEIGHTS).reshape(-1, 1), np.outer(1 - means, WEIGHTS).reshape(-1, 1)
    alike = np.log(1 - APART) + betaln(first + hits, second + counts - hits) - betaln(first, second)
    apart = np.log(APART) + betaln(1 + hits, 1 + counts - hits)
    both = np.logaddexp(alike, apart)
    chance = np.exp(both.sum(axis=1) - both.sum(axis=1).max())
    place = random.choice(len(first), size=DRAWS, p=chance / chance.sum())
    is_apart = random.random((DRAWS, len(hits))) < np.exp(apart - both[place])
    shares: Reals = random.beta(np.where(is_apart, 1, first[place]) + hits, np.where(is_apart, 1, second[place]) + counts - hits)
    return shares


def chance_of_more(hits: int, count: int, *, other_hits: int, other_count: int) -> float:
    """Return how often chance alone puts so many of all hits, or more, among the `count`: Fisher's exact test, one-sided."""
    whole, total = count + other_count, hits + other_hits
    possible = np.arange(hits, min(count, total) + 1)
    logs = _choose(count, possible) + _choose(other_count, total - possible) - _choose(whole, np.array(total))
    return min(float(np.exp(logs).sum()), 1.0)


def _choose(whole: int, part: Ints) -> Reals:
    """Return the logarithm of the binomial coefficients; minus infinity where the part is larger than the whole."""
    can = part <= whole
    part = np.where(can, part, 0)
    logs: Reals = np.where(can, gammaln(whole + 1) - gammaln(part + 1) - gammaln(whole - part + 1), -np.inf)
    return logs


def stand(chances: Reals, *, at: float) -> Flags:
    """Say which tests stand so that at most `at` of those told are false (Benjamini and Hochberg)."""
    order = np.argsort(chances, kind="stable")
    passed = np.flatnonzero(chances[order] <= at * np.arange(1, len(chances) + 1) / max(len(chances), 1))
    mask = np.zeros(len(chances), dtype=np.bool_)
    mask[order[: passed[-1] + 1 if len(passed) else 0]] = True
    return mask
