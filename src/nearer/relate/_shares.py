"""A share with its interval: Beta(hits + 1, misses + 1), mean and the middle 90 % (constructs 8), and the words for what is missing."""

from __future__ import annotations

from functools import lru_cache

from scipy.special import betaincinv

from nearer.records import Says

LOW, HIGH = 0.05, 0.95
"""The middle 90 % (constructs 8)."""
TOO_WIDE = 0.4
"""A share is hidden when its 90 % interval is wider than this (constructs 9)."""
NARROW = 0.2
"""An interval at most this wide is told without "probably" [C]."""
PLACES = 4


@lru_cache(maxsize=4096)
def beta_share(hits: int, out_of: int) -> tuple[float, float, float]:
    """Return mean, low and high of a share, 0..1, rounded to four places; raises ValueError when hits are not within 0..out_of."""
    if not 0 <= hits <= out_of:
        raise ValueError(f"{hits} of {out_of} is no share")
    first, second = hits + 1, out_of - hits + 1
    low, high = betaincinv(first, second, (LOW, HIGH))
    return round(first / (first + second), PLACES), round(float(low), PLACES), round(float(high), PLACES)


def is_wide(low: float, high: float) -> bool:
    """Say whether an interval is too wide to show its value."""
    return high - low > TOO_WIDE


def needs(wanted: int, what: str, so_far: int) -> str:
    """Return what a finding needs before it can tell: `12 quarrels; 4 so far`."""
    return f"{wanted} {what}; {so_far} so far"


def sureness(low: float, high: float) -> Says:
    """Return how sure a shown share is: "clearly" for a narrow interval, "probably" for a wider one, "cannot_tell" for one too wide."""
    if is_wide(low, high):
        return "cannot_tell"
    return "clearly" if high - low <= NARROW else "probably"
