"""The rest of what two people write: their rituals, banter, disclosure that goes back and forth, errands (episodes.md; constructs 7.11, 7.23).

`ritual`: greet_part or plan_ritual by both, at the pair's own habitual time; in a thread too short to know a habit, where both greet and
both plan. `banter`: a run in which two of five messages with an act are humour, by both. `disclosure_deepening`: three soft disclosures or
more by both in one run, the second's after the first's. What is left with acts is `none`, a sitting at a time; a conversation with nothing
but errands is one `logistics`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

import numpy as np

from nearer.relate._episodes_care import COMFORTING, is_soft
from nearer.relate._episodes_draft import Draft, chains, grow, whole
from nearer.relate._episodes_promises import ERRANDS
from nearer.relate._episodes_thread import DAY, HOUR, MINUTE, SITTING_GAP, Thread

RITUAL_ACTS = ("greet_part", "plan_ritual")
HABIT_DAYS = 14 * DAY
"""From this long a thread on, a habitual time can be known; the measure needs as many possible days (constructs 8)."""
HABIT_NEEDED = 10
HABIT_WITHIN = 90 * MINUTE
"""A ritual's message lies within an hour and a half of that person's habitual time [C]."""
RITUAL_GAP = 3 * HOUR
"""Greeting and answer lie within three hours in a long thread; in a short one the day holds them together [C]."""
RITUAL_BY_EACH = 2
BANTER_SHARE = 0.4
BANTER_NEEDED = 4
BANTER_WITHIN = 5
DISCLOSURES_NEEDED = 3
DISCLOSED_WITHIN = 12


def find_rituals(thread: Thread) -> Iterator[Draft]:
    """Yield each time the two kept a ritual of their own."""
    own = thread.with_any(*RITUAL_ACTS)
    times = thread.times()
    is_long = len(thread) > 0 and times[-1] - times[0] >= HABIT_DAYS
    if is_long:
        own = _habitual(thread, own)
    for chain in chains(own, thread, gap=RITUAL_GAP if is_long else DAY, reach=len(thread)):
        writers = {thread.writers()[p] for p in chain}
        if len(writers) > 1 and (is_long or _is_kept_by_both(thread, chain)):
            framed = not is_long and _is_framed(thread, chain)
            yield Draft("ritual", "ritual", whole(chain[0], chain[-1]) if framed else tuple(chain))


def _is_framed(thread: Thread, chain: Sequence[int]) -> bool:
    """Say whether both greet at its beginning and both part at its end: then the time between is the ritual."""
    return all(
        {thread.writers()[p] for p in ends} == {0, 1} and all(thread.words_of(p, "greet_part", "which") == {which} for p in ends)
        for ends, which in ((chain[:2], "greeting"), (chain[-2:], "farewell"))
    )


def _is_kept_by_both(thread: Thread, chain: Sequence[int]) -> bool:
    """Say whether both greet and both plan, each twice in all: what a short thread can show of a habit."""
    by = [[p for p in chain if thread.writers()[p] == person] for person in (0, 1)]
    return all(len(own) >= RITUAL_BY_EACH and all(any(thread.has(p, act) for p in own) for act in RITUAL_ACTS) for own in by)


def _habitual(thread: Thread, own: Sequence[int]) -> list[int]:
    """Keep the messages within HABIT_WITHIN of one of that person's habitual times: an hour of day in which ten such messages lie near."""
    kept: list[int] = []
    clock = (thread.time + thread.local) % DAY
    for person in (0, 1):
        mine = np.array([p for p in own if thread.writers()[p] == person], dtype=np.int64)
        if len(mine) < HABIT_NEEDED:
            continue
        at = np.sort(clock[mine])
        around = np.concatenate([at - DAY, at, at + DAY])
        near = np.searchsorted(around, clock[mine] + HABIT_WITHIN // 2, "right") - np.searchsorted(around, clock[mine] - HABIT_WITHIN // 2)
        kept.extend(mine[near >= HABIT_NEEDED].tolist())
    return sorted(kept)


def find_banter(thread: Thread, taken: Collection[int]) -> Iterator[Draft]:
    """Yield the runs of play by both that touch no quarrel."""
    for chain in chains(thread.with_any("humour"), thread, gap=6 * HOUR, reach=BANTER_WITHIN):
        span = whole(chain[0], chain[-1])
        acted = sum(1 for p in span if thread.acts(p))
        both = len({thread.writers()[p] for p in chain}) > 1
        if both and len(chain) >= max(BANTER_NEEDED, BANTER_SHARE * acted) and not any(p in taken for p in span):
            yield Draft("talk", "banter", span)


def find_disclosures(thread: Thread, taken: Collection[int]) -> Iterator[Draft]:
    """Yield the runs in which both tell what moves them, one after the other, outside quarrels."""
    told = [p for p in thread.with_any("disclose_feeling", "bid_comfort") if thread.has(p, "bid_comfort") or is_soft(thread, p)]
    for chain in chains(told, thread, gap=SITTING_GAP, reach=DISCLOSED_WITHIN):
        if len(chain) < DISCLOSURES_NEEDED or len({thread.writers()[p] for p in chain}) < 2:  # noqa: PLR2004 - both
            continue
        end = grow(thread, chain[-1], belongs=lambda p: thread.has(p, *COMFORTING.turning, *COMFORTING.answering), gap=SITTING_GAP)
        span = whole(chain[0], end)
        if not any(p in taken for p in span):
            yield Draft("talk", "disclosure_deepening", span)


def find_rest(thread: Thread, taken: Collection[int]) -> Iterator[Draft]:
    """Yield what is left, one sitting at a time: messages with acts that lie in no other episode, errands aside."""
    left = [p for p in range(len(thread)) if p not in taken and not thread.acts(p) <= ERRANDS]
    for chain in chains(left, thread, gap=SITTING_GAP, reach=len(thread)):
        yield Draft("talk", "none", tuple(chain))
