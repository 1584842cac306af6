"""Reconnection: after a quarrel, how long until somebody's first warm word.

Counted in hours from the last hard message of a quarrel to this person's first warm or repairing message (comfort, validation, thanks,
celebration, humour, owning their part, an apology, forgiving, an invitation or a plan together). Told is the Kaplan-Meier median: a quarrel
after which none came before the next quarrel, or before the record ends, counts as "not yet" up to there, not as never. The interval
reweighs quarrels. Warm words count where they are heard surely, as heard: one that was misheard would end the wait too soon, one that was
missed too late. So nothing is told unless the ear names the right first warm word after eight of ten held-out quarrels. At least 6 quarrels.
What it cannot know: making up by voice or in person, sleep and work in between. Constructs 7.9, 8, 8.1.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from nearer.records import ACT_INDEX, Evidence, Finding, Ints, Says
from nearer.relate._episodes_draft import Draft
from nearer.relate._episodes_thread import HARD, Thread
from nearer.relate._finding import AGAINST, EVIDENCE, PLACES, coverage, empty, mute
from nearer.relate._heard import HOUR, Heard
from nearer.relate._quarrel_talk import LEAST_TRUE, Lines, held_lines
from nearer.relate._shares import needs
from nearer.relate._surely import MOSTLY
from nearer.relate._survival import median_wait

WARM = (
    "comfort",
    "validate",
    "celebrate",
    "appreciate",
    "humour",
    "own_reactivity",
    "apologise",
    "forgive",
    "bid_connect",
    "plan_ritual",
)
NEEDS = (*HARD, *WARM)
TELLS = ("reconnection",)
QUARRELS_NEEDED = 6
"""Constructs 8."""
SURE_FACTOR, WIDEST_FACTOR = 4.0, 16.0
"""The upper end of the interval may be this many times the lower one: "clearly" up to 4, "probably" up to 16 [C]."""
SHORTEST = 1 / 60
"""Hours; exports know minutes."""
UNSURE = "an ear that hears the first warm word after a quarrel more surely: of ten held-out ones it names {:.0f}, {:.0f} is the least"
UNIT = "hours to the first warm word, median"


@dataclass(frozen=True, slots=True)
class Wait:
    """One quarrel's wait: hours, whether the warm word came, and the message it ended with (or the last hard one)."""

    hours: float
    came: bool
    message: str


def measure(heard: Heard) -> Iterator[Finding]:
    """Yield, for each of the two, the median hours to their first warm word."""
    right = share_right(heard)
    for number, person in enumerate(heard.pair):
        other = heard.relationship.other(person)
        silent = mute(heard, "reconnection", person=person, toward=other, unit=UNIT)
        yield silent or _reconnection(heard, number, right=right)


def _reconnection(heard: Heard, number: int, *, right: float) -> Finding:
    person = heard.pair[number]
    found, blank = waits(heard, person), empty(heard, "reconnection", person=person, toward=heard.relationship.other(person), unit=UNIT)
    blank = replace(blank, n=len(found), coverage=coverage(heard, None))
    if right < MOSTLY:
        return replace(blank, needs=UNSURE.format(10 * right, 10 * MOSTLY))
    if len(found) < QUARRELS_NEEDED:
        return replace(blank, needs=needs(QUARRELS_NEEDED, "quarrels", len(found)))
    hours, came = np.array([wait.hours for wait in found]), np.array([wait.came for wait in found])
    value, low, high = median_wait(hours, came, random=heard.random(f"reconnection {number}"))
    word = _says(low, high)
    if word == "cannot_tell" or not np.isfinite(value):
        return replace(blank, needs=f"more quarrels: the interval is too wide; {len(found)} so far")
    return replace(
        blank,
        value=round(value, PLACES),
        low=round(low, PLACES),
        high=round(high, PLACES),
        n=int(came.sum()),
        out_of=len(found),
        says=word,
        evidence=tuple(Evidence(wait.message, "the first warm word after a quarrel") for wait in found if wait.came)[-EVIDENCE:],
        against=tuple(Evidence(wait.message, "no warm word seen after this") for wait in found if not wait.came)[-AGAINST:],
    )


def _says(low: float, high: float) -> Says:
    factor = high / max(low, SHORTEST)
    return "clearly" if factor <= SURE_FACTOR else "probably" if factor <= WIDEST_FACTOR else "cannot_tell"


def waits(heard: Heard, person: str) -> list[Wait]:
    """Return one wait for each quarrel of the two, in order of time."""
    timed = []
    by_thread: dict[str, list[Draft]] = {}
    threads: dict[str, Thread] = {}
    for thread, draft in heard.quarrels:
        threads[thread.conversation] = thread
        by_thread.setdefault(thread.conversation, []).append(draft)
    for name, unsorted in by_thread.items():
        drafts = sorted(unsorted, key=lambda draft: draft.positions[0])
        thread = threads[name]
        warm = _warm(thread, thread.people.index(person))
        ends = [draft.positions[0] for draft in drafts[1:]]
        for draft, end in zip(drafts, [*ends, len(thread)], strict=True):
            timed.append((thread.times()[draft.positions[0]], name, _wait(thread, draft, warm, end)))
    return [wait for _, _, wait in sorted(timed, key=lambda row: row[:2])]


def _warm(thread: Thread, person: int) -> list[int]:
    """Return the positions of one person's messages that show something warm and nothing hard, in order."""
    warm, hard = (thread.shown[:, [ACT_INDEX[act] for act in acts]].any(axis=1) for acts in (WARM, HARD))
    positions: list[int] = np.flatnonzero(warm & ~hard & (thread.who == person)).tolist()
    return positions


def _wait(thread: Thread, draft: Draft, warm: list[int], end: int) -> Wait:
    """Return how long after the last hard message the warm one came; `end` is where the next quarrel begins, or the thread ends."""
    last = max((p for p in draft.positions if thread.has(p, *HARD)), default=draft.positions[-1])
    place = bisect_right(warm, last)
    came = place < len(warm) and warm[place] < end
    until = warm[place] if came else min(end, len(thread) - 1)
    hours = max((thread.times()[until] - thread.times()[last]) / HOUR, SHORTEST)
    return Wait(hours, came, thread.messages.ids[int(thread.rows[until if came else last])])


# ------------------------------------------------------------------------------------------------------------------ errors of the ear


def share_right(heard: Heard) -> float:
    """Return of how many first warm words after held-out quarrels, true or heard, the ear names the very one; 1 where nothing was misheard.

    An ear without held-out messages may be right in none, and so may one that was asked too seldom."""
    if not heard.is_corrected or heard.errors is None:
        return 1.0
    if heard.errors.held_out is None:
        return 0.0
    found, true = (_first_warm(lines) for lines in held_lines(heard.errors.held_out, setting=heard.relationship.kind))
    known = set(found) | set(true)
    return sum(found.get(side) == true.get(side) for side in known) / len(known) if len(known) >= LEAST_TRUE else 0.0


def _first_warm(lines: Lines) -> dict[tuple[int, int], int]:
    """Return the first line of each side that is warm and not hard after the last hard line of its quarrel; sides without one are left out."""
    hard, first = lines.has(*HARD), dict[tuple[int, int], int]()
    last: Ints = np.full(int(lines.quarrel.max(initial=-1)) + 1, len(lines), dtype=np.int64)
    last[lines.quarrel[hard]] = np.flatnonzero(hard)
    for line in np.flatnonzero(lines.has(*WARM) & ~hard & (np.arange(len(lines)) > last[lines.quarrel])).tolist():
        first.setdefault((int(lines.quarrel[line]), int(lines.who[line])), line)
    return first
