"""Hours: at which hours of the week the two of you write, as a picture of the pair.

Every message but system lines counts in the hour of its local weekday, on the clock of the export; nobody's hours are told alone. The value
is the share of messages in the three busiest hours in a row of the day, with its interval from sittings resampled; the series holds the
168 cells "Mon 00" to "Sun 23" as shares of all messages. At least 100 messages. What it cannot know: the clock where each of you was,
calls, time together. Constructs 7.0; safety.md, decision (a).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from nearer.records import Finding, Ints, Point
from nearer.relate._finding import PLACES, Told, Units, coverage, mute, share, with_evidence
from nearer.relate._heard import Heard
from nearer.relate._shares import beta_share

NEEDS: tuple[str, ...] = ()
TELLS = ("hours",)
MESSAGES_NEEDED = 100
"""Below this a week's picture is empty [C]."""
BUSIEST = 3
DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
UNIT = "share of messages in your three busiest hours"


def measure(heard: Heard) -> Iterator[Finding]:
    """Yield one finding for the pair, with the 168 hours of the week as its series."""
    yield mute(heard, "hours", person=None, toward=None, unit=UNIT, acts=False) or _hours(heard)


def _hours(heard: Heard) -> Finding:
    start = busiest(heard.hour)
    positions = np.arange(len(heard.time))
    inside = (heard.hour - start) % 24 < BUSIEST
    units = Units(positions, inside.astype(np.int64), base=(0, 1), hit=(1,), errors=(None,))
    finding = share(heard, Told("hours", UNIT, "messages", MESSAGES_NEEDED, None, None), units)
    if finding.value is None:
        return finding
    finding = with_evidence(
        heard, finding, hits=(positions[inside], "in your busiest hours"), misses=(positions[~inside], "at another hour of the day")
    )
    text = f"busiest from {start:02d}:00 to {(start + BUSIEST) % 24:02d}:00; {coverage(heard, None)}"
    return replace(finding, coverage=text, series=_cells(heard))


def busiest(hours: Ints) -> int:
    """Return the first of the three hours in a row with most messages (the earliest of equals)."""
    counts = np.bincount(hours, minlength=24)
    return int(np.argmax([counts[(start + np.arange(BUSIEST)) % 24].sum() for start in range(24)]))


def _cells(heard: Heard) -> tuple[Point, ...]:
    counts = np.bincount(heard.weekday * 24 + heard.hour, minlength=7 * 24).tolist()
    whole = sum(counts)
    points = []
    for cell, count in enumerate(counts):
        _, low, high = beta_share(count, whole)
        points.append(Point(round(count / whole, PLACES), n=count, low=low, high=high, label=f"{DAYS[cell // 24]} {cell % 24:02d}"))
    return tuple(points)
