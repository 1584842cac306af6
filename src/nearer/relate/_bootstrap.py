"""Resample sittings, not messages: what was written in one sitting hangs together (constructs 9).

Each sitting gets a random weight from the exponential distribution (the Bayesian bootstrap). With one unit in each sitting and a prior count
of one this is the Beta or Dirichlet posterior itself; with more units in a sitting it is wider, as it should be. Row 0 of every result is
not random: all weights one.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from nearer.records import Ints
from nearer.relate._heard import blocks_of

DRAWS = 2000
"""How often a figure is drawn (constructs 8.1)."""
BLOCKS = 1000
"""Neighbouring sittings are joined beyond so many: nothing is gained by more."""
POINT_BLOCKS = 200
"""The same for one point of a series, of which there may be many: the width of its interval is known to one part in twenty [C]."""
LOW, HIGH = 5.0, 95.0
"""Percentiles of the 90 % interval (constructs 8)."""

Reals = NDArray[np.float64]


def draw_cells(cell: Ints, group: Ints, prior: Reals, *, random: np.random.Generator, blocks: int = BLOCKS) -> Reals:
    """Return weighted counts of each cell, (1 + DRAWS) x cells, resampling groups; `prior` is added to each cell, drawn as Gamma."""
    cells = len(prior)
    block = blocks_of(group, most=blocks)
    count = int(block.max()) + 1 if len(block) else 0
    table = np.bincount(block * cells + cell, minlength=count * cells).reshape(count, cells).astype(np.float64)
    drawn = random.standard_exponential((DRAWS, count)) @ table + random.standard_gamma(prior, size=(DRAWS, cells))
    return np.vstack([table.sum(axis=0) + prior, drawn])


def interval(draws: Reals) -> tuple[float, float]:
    """Return the middle 90 % of the draws (without row 0)."""
    low, high = np.percentile(draws[1:], (LOW, HIGH))
    return float(low), float(high)
