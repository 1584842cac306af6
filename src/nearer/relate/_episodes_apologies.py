"""Apologies outside a quarrel: from the injury they name to the word that answers them (episodes.md; constructs 7.13, 7.14).

Forgiving takes time: the episode reaches to the last accept, defer or refuse within FORGIVING, however many days lie between. Full: an
apology that is not hollow, accepted in the end. Hollow: conditional, deflecting or impatient, or refused. Else the shape is "none".
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Collection, Iterator, Sequence

from nearer.relate._episodes_draft import Draft, chains, grow, whole
from nearer.relate._episodes_quarrels import forgiveness
from nearer.relate._episodes_thread import DAY, OPENERS, Thread

FORGIVING = 14 * DAY
"""An answer to an apology is looked for this long [C]."""
INJURY_WITHIN = 12
"""The injury is told at most this many messages before the apology [C]."""
SPAN_WHOLE = 24
"""Up to this many messages between apology and answer all belong; beyond, only those that speak of it [C]."""
TOLD_WITHIN = 3
"""A feeling told this few messages before the apology is the injury, where nothing else was charged [C]."""
SORRY = ("apologise", "own_reactivity", "validate", "comfort", "promise", "promise_ref")
HURT = ("forgive", *OPENERS, "disclose_feeling", "bid_comfort", "curious_question", "appreciate", "request_need")
"""What keeps the exchange going, on the side of the one who is sorry and of the one who was hurt."""


def find_apologies(thread: Thread, taken: Collection[int]) -> Iterator[Draft]:
    """Yield each apology that lies in no quarrel; `taken` are the positions of the quarrels."""
    writers = thread.writers()
    free = [position for position in thread.with_any("apologise") if position not in taken]
    for person in (0, 1):
        own = [position for position in free if writers[position] == person]
        forgiven, again = thread.with_any("forgive", by=1 - person), thread.with_any("apologise", by=person)
        for chain in chains(own, thread, gap=DAY, reach=INJURY_WITHIN):
            yield _draft(thread, chain, person, taken=taken, forgiven=forgiven, again=again)


def _draft(
    thread: Thread, chain: Sequence[int], person: int, *, taken: Collection[int], forgiven: Sequence[int], again: Sequence[int]
) -> Draft:
    def belongs(position: int) -> bool:
        return thread.has(position, *(SORRY if thread.writers()[position] == person else HURT))

    hurt = 1 - person
    answers = _answers(thread, chain, forgiven, again)
    first = _injury(thread, chain[0], hurt, taken)
    last = answers[-1] if answers else chain[-1]
    end = grow(thread, last, belongs=belongs, gap=DAY, reach=2)
    span: Sequence[int] = whole(first, end)
    if last - chain[-1] > SPAN_WHOLE:
        near = grow(thread, chain[-1], belongs=belongs, gap=DAY)
        span = [*range(first, near + 1), *(p for p in answers if p > near), *range(last + 1, end + 1)]
    roles = {"sorry": thread.people[person], "hurt": thread.people[hurt]}
    return Draft("apology", forgiveness(thread, chain, answers) or "none", tuple(span), roles, core=(*chain, *answers))


def _answers(thread: Thread, chain: Sequence[int], forgiven: Sequence[int], again: Sequence[int]) -> list[int]:
    """Return the words on the apology by the one who was hurt, until the other's next apology or FORGIVING."""
    times = thread.times()
    following = bisect_right(again, chain[-1])
    until = again[following] if following < len(again) else len(thread)
    words = forgiven[bisect_right(forgiven, chain[0]) : bisect_left(forgiven, until)]
    return [position for position in words if times[position] - times[chain[-1]] <= FORGIVING]


def _injury(thread: Thread, apology: int, hurt: int, taken: Collection[int]) -> int:
    """Return where the injury was told: a charge at most INJURY_WITHIN messages and a day before, or a feeling just before."""
    times = thread.times()
    for position in range(max(0, apology - INJURY_WITHIN), apology):
        if thread.writers()[position] != hurt or times[apology] - times[position] > DAY or position in taken:
            continue
        broken = "broken" in thread.words_of(position, "promise_ref", "status")
        told = apology - position <= TOLD_WITHIN and thread.has(position, "disclose_feeling", "bid_comfort")
        if thread.has(position, *OPENERS) or broken or told:
            return position
    return apology
