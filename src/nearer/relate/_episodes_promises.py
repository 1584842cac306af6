"""Promises and what became of them: each promise is matched with the messages that speak of it later (episodes.md; constructs 7.15).

A promise_ref closes the promise it shares most words with, of the person who promised, nearest before it. The state comes from such a
message only, or from a due time that passed and was named afterwards; nothing is inferred from silence: a promise whose day passed without
a word is `overdue`, and after UNSEEN days it is `unseen`: whether it was kept cannot be seen here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, Literal

from nearer.records import to_microseconds, zone
from nearer.relate._episodes_draft import Draft, grow, whole
from nearer.relate._episodes_thread import DAY, HOUR, Thread

State = Literal["kept", "late", "broken", "open", "overdue", "unseen"]

CLOSES_WITHIN = 30 * DAY
"""A word on a promise is looked for this long after it was given or due [C]."""
GRACE = HOUR
"""A promise kept up to an hour after its due time is kept in time; a due day lasts to its end [C]."""
UNSEEN = 14 * DAY
"""After this long past its due time with no word we say that it can't be seen here [C]."""
SAME_WITHIN = 12
"""The same promise said twice within this many messages is one promise [C]."""
SPAN_WHOLE = 12
"""Up to this many messages between a promise and its closing all belong to the episode; beyond, only both ends [C]."""
ASKED_WITHIN = 3
WORD_LENGTH = 3
SAME_SHARE = 0.5
"""Two promises are the same when half the words of the shorter one are shared [C]."""

LED_BY = ("request_need", "promise_ref")
THANKS = ("appreciate", "promise_ref", "comfort", "forgive", "celebrate")
RECKONING = (
    *(
        "defend",
        "apologise",
        "complain",
        "blame",
        "contempt",
        "threaten_leave",
        "forgive",
        "own_reactivity",
        "disclose_feeling",
        "validate",
    ),
    *("turn_away", "withdraw", "promise", "promise_ref", "advise", "request_need", "appreciate"),
)
REPROACHES = ("complain", "blame")
RECKONING_GAP = 6 * HOUR
SHAPES: Mapping[State, str] = {
    "kept": "promise_kept",
    "late": "promise_kept",
    "broken": "promise_broken",
    "open": "promise_open",
    "overdue": "promise_open",
    "unseen": "promise_open",
}
_WORDS = re.compile(r"[^\W\d_]+", re.UNICODE)
_DATE_LENGTH = len("2026-03-01")


@dataclass(frozen=True, slots=True)
class Pledge:
    """A promise in a thread: who gave it, where, when it is due, what became of it and the messages that say so."""

    position: int
    person: int
    object: str
    words: frozenset[str]
    due: int | None
    """Until when it counts as in time, microseconds; None where no time was named."""
    state: State = "open"
    closed_by: int | None = None
    named: tuple[int, ...] = ()
    """Every later message that speaks of it, in order."""


def find_promises(thread: Thread) -> Iterator[Draft]:
    """Yield one episode for each promise, from the asking to the thanks or the reckoning."""
    for pledge in pledges(thread):
        span = _span(thread, pledge)
        roles = {"promises": thread.people[pledge.person], "waits": thread.people[1 - pledge.person]}
        yield Draft("promise", SHAPES[pledge.state], span, roles, errand=_is_errand(thread, span), core=(pledge.position, *pledge.named))


ERRANDS = frozenset({"request_need", "promise", "promise_ref", "advise", "greet_part"})
"""Acts that make up errands: a message with no other act is logistic unless a weightier episode holds it."""


def _is_errand(thread: Thread, span: Sequence[int]) -> bool:
    return all(thread.acts(position) <= ERRANDS for position in span)


# ------------------------------------------------------------------------------------------------------------- what became of a promise


def pledges(thread: Thread) -> list[Pledge]:
    """Return the promises of a thread in order, with their state as the messages tell it up to the thread's last message."""
    return thread.once("pledges", lambda: _pledges(thread))


def _pledges(thread: Thread) -> list[Pledge]:
    found = _given(thread)
    if not found:
        return []
    alive: list[int] = []
    waiting, times = list(reversed(range(len(found)))), thread.times()
    heard = [_last_heard(times, pledge) for pledge in found]
    for position in thread.with_any("promise_ref", *REPROACHES):
        now = times[position]
        while waiting and found[waiting[-1]].position < position:
            alive.append(waiting.pop())
        alive = [index for index in alive if now - heard[index] <= CLOSES_WITHIN]
        speak = _name if thread.has(position, "promise_ref") else _reproach
        for index in speak(thread, found, alive, position):
            heard[index] = _last_heard(times, found[index])
    return [_aged(pledge, times[-1]) for pledge in found]


def _given(thread: Thread) -> list[Pledge]:
    """Return the promises as given; one that is said again at once is counted once."""
    found: list[Pledge] = []
    for position in thread.with_any("promise"):
        pledge = _pledge(thread, position)
        if not any(_is_same(pledge, earlier) for earlier in found[-ASKED_WITHIN:]):
            found.append(pledge)
    return found


def _pledge(thread: Thread, position: int) -> Pledge:
    text = thread.messages.text[int(thread.rows[position])]
    named = thread.attribute(position, "promise", "object")
    what = named if isinstance(named, str) else ""
    return Pledge(
        position=position,
        person=thread.writers()[position],
        object=what,
        words=_words(f"{what} {text}"),
        due=_due(thread.attribute(position, "promise", "due"), tz=thread.messages.tz),
    )


def _is_same(pledge: Pledge, earlier: Pledge) -> bool:
    near = pledge.person == earlier.person and pledge.position - earlier.position <= SAME_WITHIN
    shared = len(pledge.words & earlier.words)
    return near and shared >= SAME_SHARE * max(1, min(len(pledge.words), len(earlier.words))) and pledge.due in {earlier.due, None}


def _words(text: str) -> frozenset[str]:
    return frozenset(word for word in _WORDS.findall(text.casefold()) if len(word) > WORD_LENGTH)


def _due(given: Any, *, tz: str) -> int | None:
    """Return until when a due time counts as kept, microseconds: a day lasts to its end. A time without a zone is on the export's clock."""
    if not isinstance(given, str):
        return None
    try:
        time = datetime.fromisoformat(given)
    except ValueError:
        return None
    if time.tzinfo is None:
        time = time.replace(tzinfo=zone(tz))
    return to_microseconds(time.astimezone(UTC)) + (DAY if len(given) <= _DATE_LENGTH else GRACE)


def _name(thread: Thread, found: list[Pledge], alive: Sequence[int], position: int) -> list[int]:
    """Let one promise_ref speak to the promise it means, if there is one; returns which."""
    status = thread.words_of(position, "promise_ref", "status")
    writer = thread.writers()[position]
    promiser = 1 - writer if "broken" in status else writer
    if not alive:
        return []
    words = _words(thread.messages.text[int(thread.rows[position])])
    index = max(alive, key=lambda known: _likeness(found[known], words, promiser))
    pledge = replace(found[index], named=(*found[index].named, position))
    if "kept" in status and pledge.state not in {"kept", "late"}:
        late = pledge.state == "broken" or (pledge.due is not None and thread.times()[position] > pledge.due and writer == pledge.person)
        pledge = replace(pledge, state="late" if late else "kept", closed_by=position)
    elif "broken" in status and pledge.state == "open":
        pledge = replace(pledge, state="broken", closed_by=position)
    found[index] = pledge
    return [index]


def _likeness(pledge: Pledge, words: frozenset[str], promiser: int) -> tuple[int, bool, bool, int]:
    """Rank a promise as the one a message means: most shared words, then not settled, then of the likely promiser, then the nearest."""
    return len(words & pledge.words), pledge.state in {"open", "broken"}, pledge.person == promiser, pledge.position


def _last_heard(times: Sequence[int], pledge: Pledge) -> int:
    last = times[pledge.named[-1] if pledge.named else pledge.position]
    return max(last, pledge.due or 0)


def _reproach(thread: Thread, found: list[Pledge], alive: Sequence[int], position: int) -> list[int]:
    """A due time that passed and is named afterwards, in a complaint that shares a word with the promise, counts as broken; returns which."""
    words, now = _words(thread.messages.text[int(thread.rows[position])]), thread.times()[position]
    spoken = []
    for index in alive:
        pledge = found[index]
        passed = pledge.due is not None and pledge.due < now
        if pledge.state == "open" and passed and pledge.person != thread.writers()[position] and words & pledge.words:
            found[index] = replace(pledge, state="broken", closed_by=position, named=(*pledge.named, position))
            spoken.append(index)
    return spoken


def _aged(pledge: Pledge, now: int) -> Pledge:
    if pledge.state != "open" or pledge.due is None or now <= pledge.due:
        return pledge
    return replace(pledge, state="unseen" if now - pledge.due > UNSEEN else "overdue")


# ------------------------------------------------------------------------------------------------------------ what belongs to its episode


def _span(thread: Thread, pledge: Pledge) -> tuple[int, ...]:
    """Return the positions of a promise's episode: the asking, the promise, what lies between when it is little, and the closing."""
    first = _asked(thread, pledge)
    thanked = grow(thread, pledge.position, belongs=lambda p: _is_thanks(thread, p, pledge), gap=RECKONING_GAP, reach=2)
    opening = whole(first, thanked)
    if not pledge.named:
        return opening
    held = set(opening)
    for position in pledge.named:
        if position - max(held) <= SPAN_WHOLE:
            held.update(range(max(held), position))
        held.update(range(position, _closing(thread, position, pledge) + 1))
    return tuple(sorted(held))


def _asked(thread: Thread, pledge: Pledge) -> int:
    """Return the nearest request or reminder of the one who waits, just before the promise."""
    before = thread.previous_by(pledge.position, 1 - pledge.person, count=ASKED_WITHIN, within=RECKONING_GAP)
    asked = [p for p in before if thread.has(p, *LED_BY) and pledge.position - p <= ASKED_WITHIN]
    return asked[0] if asked else pledge.position


def _is_thanks(thread: Thread, position: int, pledge: Pledge) -> bool:
    return thread.writers()[position] != pledge.person and thread.has(position, *THANKS)


def _closing(thread: Thread, position: int, pledge: Pledge) -> int:
    """Return where the word on a promise ends: after the thanks, or after the reckoning over a broken one."""
    if pledge.state == "broken" or "broken" in thread.words_of(position, "promise_ref", "status"):
        return grow(thread, position, belongs=lambda p: thread.has(p, *RECKONING), gap=RECKONING_GAP)
    return grow(thread, position, belongs=lambda p: _is_thanks(thread, p, pledge), gap=DAY, reach=2)
