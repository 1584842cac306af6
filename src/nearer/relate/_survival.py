"""Kaplan-Meier: how long until something comes, where for some cases we only know that it had not come yet (constructs 7.9)."""

from __future__ import annotations

import numpy as np

from nearer.records import Flags
from nearer.relate._bootstrap import DRAWS, HIGH, LOW, Reals

MIDDLE = 0.5
AT_ONCE = 100
"""Draws made together: memory stays small with many thousand cases."""
ROUNDING = 1e-12
"""Half is half, whatever the product of fractions rounds to."""


def kaplan_meier(times: Reals, came: Flags, weights: Reals | None = None) -> tuple[Reals, Reals]:
    """Return the event times in order and the share still waiting after each; `came` is False where the wait was cut off (censored).

    `weights`, rows x cases, gives one curve for each row. A case cut off at the moment of an event was still waiting then."""
    order = np.lexsort((~came, times))
    times, came = times[order], came[order]
    weighed = np.ones((1, len(times))) if weights is None else np.atleast_2d(weights)[:, order]
    waiting = np.cumsum(weighed[:, ::-1], axis=1)[:, ::-1]
    moments, first = np.unique(times[came], return_index=True)
    starts = np.searchsorted(times, moments, side="left")
    ends = np.append(first[1:], came.sum())
    so_far = np.concatenate([np.zeros((len(weighed), 1)), np.cumsum(weighed[:, came], axis=1)], axis=1)
    events = so_far[:, ends] - so_far[:, first]
    left: Reals = np.cumprod(1 - events / waiting[:, starts], axis=1)
    return moments, left if weights is not None else left[0]


def median_wait(times: Reals, came: Flags, *, random: np.random.Generator) -> tuple[float, float, float]:
    """Return the median wait and its 90 % interval (cases reweighed); infinity where fewer than half ever came."""
    value = _medians(times, came, np.ones((1, len(times))))
    drawn = [_medians(times, came, random.standard_exponential((AT_ONCE, len(times)))) for _ in range(DRAWS // AT_ONCE)]
    low, high = np.quantile(np.concatenate(drawn), (LOW / 100, HIGH / 100), method="higher")
    return float(value[0]), float(low), float(high)


def _medians(times: Reals, came: Flags, weights: Reals) -> Reals:
    """Return the median of each row's curve; infinity where it never falls to half."""
    moments, left = kaplan_meier(times, came, weights)
    if not len(moments):
        return np.full(len(weights), np.inf)
    reached = left <= MIDDLE + ROUNDING
    medians: Reals = np.where(reached.any(axis=1), moments[reached.argmax(axis=1)], np.inf)
    return medians
