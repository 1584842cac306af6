"""A thread: what two people wrote in one conversation, laid out so that episodes can be found in it quickly.

Which operating point is used where (contract.md, Sensed). What *names* an episode or speaks against a person (openers, hard moves, turning
away, a hollow apology) must be *shown*: the precise point. What speaks for a person (comfort, validation, a question, celebration, thanks,
repair) may be *counted*: the point at which least is missed. So an answer is called missed only where not even the open ear heard one.
Labelled acts have one point only; there `counted` is None.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from nearer.columns import Messages, Senses
from nearer.records import ACT_INDEX, WHAT_INDEX, Flags, Ints, Relationship

Made = TypeVar("Made")

HOUR = 3_600_000_000
"""Microseconds in an hour: times of a thread are whole microseconds in UTC."""
MINUTE = HOUR // 60
DAY = 24 * HOUR

OPENERS = ("complain", "blame", "contempt", "threaten_leave")
"""What can open a quarrel (episodes.md)."""
HARD = (*OPENERS, "defend", "withdraw")
"""The hard moves: acts 14 to 19 of constructs 5."""
ATTACKS = ("blame", "contempt")
KIND = (
    "comfort",
    "validate",
    "curious_question",
    "celebrate",
    "appreciate",
    "own_reactivity",
    "humour",
    "forgive",
    "promise_ref",
    "request_need",
)
"""Acts that speak for the one who wrote them: heard at the *counted* point where an ear gives one."""

NEXT = 3
"""An answer is looked for in the other's next three messages (episodes.md)."""
SITTING_GAP = 4 * HOUR
"""A sitting ends at a gap of four hours (constructs 7.0)."""
REPLY_FLOOR = 5 * MINUTE
"""Nobody's usual reply time is taken to be shorter than this: three quick lines in a row are not a silence [C]."""
REPLY_UNKNOWN = 30 * MINUTE
"""The usual reply time of somebody with too few replies to say [C]."""
REPLIES_NEEDED = 3
NIGHT_HOURS = 7
"""From midnight to seven nobody is expected to answer (constructs 7.0: the quietest seven hours) [C]."""


@dataclass(frozen=True, slots=True)
class Thread:
    """Two people's messages of one conversation in order. Positions count within the thread; `rows` leads back to the columns.

    `who` is 0 or 1 (an index into `people`); `shown` and `heard` hold the acts at the precise and at the open point."""

    conversation: str
    people: tuple[str, str]
    rows: Ints
    who: NDArray[np.int8]
    time: Ints
    shown: Flags
    heard: Flags
    messages: Messages
    local: int = 0
    """Microseconds to add to a UTC time to stand on the export's clock (taken once, at the first message)."""
    _by: dict[int, list[int]] = field(default_factory=dict)
    _made: dict[str, Any] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.rows)

    def once(self, name: str, make: Callable[[], Made]) -> Made:
        """Return what was found in this thread under a name, made when first asked for."""
        if name not in self._made:
            self._made[name] = make()
        made: Made = self._made[name]
        return made

    # ---------------------------------------------------------------------------------------------------------------------- acts

    def has(self, position: int, *acts: str) -> bool:
        """Say whether the message at a position shows any of these acts."""
        return not self._sets[position].isdisjoint(acts)

    @property
    def _sets(self) -> Sequence[frozenset[str]]:
        return self.once("sets", lambda: _act_sets(self.shown, self.heard))

    def acts(self, position: int) -> frozenset[str]:
        """Return the acts of a message: shown ones, and kind ones at the open point."""
        return self._sets[position]

    def with_any(self, *acts: str, by: int | None = None) -> list[int]:
        """Return the positions of messages with any of these acts (of one person), in order."""
        columns = [ACT_INDEX[act] for act in acts]
        mask = self.heard[:, columns].any(axis=1)
        if by is not None:
            mask &= self.who == by
        found: list[int] = np.flatnonzero(mask).tolist()
        return found

    def attribute(self, position: int, act: str, name: str) -> Any:
        """Return one attribute of an act (contract.md), or None. Labels that give a bare list stand for the act's first attribute."""
        given = self._attributes(position)
        value = given.get(act)
        if isinstance(value, Mapping):
            return value.get(name)
        if name in given and not isinstance(given[name], Mapping):
            return given[name]
        return value

    def words_of(self, position: int, act: str, name: str) -> frozenset[str]:
        """Return an attribute that is a word or a list of words as a set; empty when it was not heard."""
        value = self.attribute(position, act, name)
        if isinstance(value, str):
            return frozenset((value,))
        return frozenset(str(word) for word in value) if isinstance(value, list | tuple) else frozenset()

    def _attributes(self, position: int) -> Mapping[str, Any]:
        senses = self.messages.senses
        return senses.attributes.get(int(self.rows[position]), {}) if senses is not None else {}

    # ------------------------------------------------------------------------------------------------------------- order and time

    def by(self, person: int) -> list[int]:
        """Return all positions one person wrote."""
        if person not in self._by:
            self._by[person] = np.flatnonzero(self.who == person).tolist()
        return self._by[person]

    def times(self) -> list[int]:
        """Return the times as plain integers (faster in a loop)."""
        made: list[int] = self.once("times", self.time.tolist)
        return made

    def writers(self) -> list[int]:
        """Return who wrote each message, as plain integers."""
        made: list[int] = self.once("writers", self.who.tolist)
        return made

    def next_by(self, position: int, person: int, *, count: int = NEXT, within: int = DAY) -> list[int]:
        """Return the next messages of one person after a position: at most `count`, no later than `within` microseconds."""
        own, times = self.by(person), self.times()
        start = bisect_right(own, position)
        until = times[position] + within
        return [found for found in own[start : start + count] if times[found] <= until]

    def previous_by(self, position: int, person: int, *, count: int = NEXT, within: int = DAY) -> list[int]:
        """Return the last messages of one person before a position, the nearest last."""
        own, times = self.by(person), self.times()
        end = bisect_left(own, position)
        since = times[position] - within
        return [found for found in own[max(0, end - count) : end] if times[found] >= since]

    def usual_reply(self, person: int) -> int:
        """Return the usual waking time to a reply of one person, microseconds: the median within sittings, never under REPLY_FLOOR."""
        return self.once(f"reply {person}", lambda: self._usual_reply(person))

    def _usual_reply(self, person: int) -> int:
        gap, turn = np.diff(self.time), self.who[1:] != self.who[:-1]
        lags = gap[turn & (self.who[1:] == person) & (gap < SITTING_GAP)]
        usual = int(np.median(lags)) if len(lags) >= REPLIES_NEEDED else REPLY_UNKNOWN
        return max(usual, REPLY_FLOOR)

    def waking(self, start: int, end: int) -> int:
        """Return the waking time between two moments, microseconds: without the hours from midnight to seven on the export's clock."""
        first, last = (start + self.local) // DAY, (end + self.local) // DAY
        asleep = sum(
            max(0, min(end + self.local, day * DAY + NIGHT_HOURS * HOUR) - max(start + self.local, day * DAY))
            for day in range(first, min(last, first + 30) + 1)
        )
        return end - start - asleep


def threads(relationship: Relationship, *, counted: Mapping[str, float] | None = None) -> Sequence[Thread]:
    """Return one thread for each conversation that was heard; system lines and, in groups, third people are left out.

    In a group the pair are the relationship's two where both write, else the two who write most. Made once for the same messages: several
    measures walk them, and a thread remembers what was found in it."""
    messages = relationship.messages
    key = f"threads {relationship.people[:2]} {sorted((counted or {}).items())}"
    heard, made = messages._made.get(key, (None, []))  # noqa: SLF001 - what was derived from messages is kept beside them
    if heard is None or heard is not messages.senses:
        heard, made = messages._made[key] = (messages.senses, list(_threads(relationship, counted)))  # noqa: SLF001
    found: Sequence[Thread] = made
    return found


def _threads(relationship: Relationship, counted: Mapping[str, float] | None) -> Iterator[Thread]:
    messages = relationship.messages
    senses = messages.senses
    if senses is None or not len(messages):
        return
    shown, heard = _without_care(senses, senses.acts_shown), _without_care(senses, _open_point(senses, counted))
    order = np.argsort(messages.conversation, kind="stable")
    order = order[(messages.what[order] != WHAT_INDEX["system"])]
    cuts = np.flatnonzero(np.diff(messages.conversation[order])) + 1
    for rows in np.split(order, cuts):
        thread = _thread(relationship, rows, shown, heard)
        if thread is not None:
            yield thread


def _thread(relationship: Relationship, rows: NDArray[np.intp], shown: Flags, heard: Flags) -> Thread | None:
    messages = relationship.messages
    pair = _pair(relationship, messages.person[rows])
    if pair is None:
        return None
    codes = messages.person[rows]
    rows = rows[(codes == pair[0]) | (codes == pair[1])]
    first = messages[int(rows[0])].time.utcoffset()
    return Thread(
        conversation=messages.conversations[messages.conversation[rows[0]]],
        people=(messages.people[pair[0]], messages.people[pair[1]]),
        rows=rows.astype(np.int64),
        who=(messages.person[rows] == pair[1]).astype(np.int8),
        time=messages.time[rows],
        shown=shown[rows],
        heard=heard[rows],
        messages=messages,
        local=int(first.total_seconds()) * 1_000_000 if first is not None else 0,
    )


def _pair(relationship: Relationship, codes: NDArray[np.int32]) -> tuple[int, int] | None:
    """Return the codes of the two people of a conversation, in the relationship's order, or None where only one wrote."""
    names = relationship.messages.people
    present, counts = np.unique(codes[codes >= 0], return_counts=True)
    writers = [code for code in present[np.argsort(-counts, kind="stable")].tolist() if names[code]]
    if len(writers) < 2:  # noqa: PLR2004 - two people make an exchange
        return None
    own = [names.index(name) for name in relationship.people[:2] if name in names]
    if len(own) == 2 and set(own) <= set(writers):  # noqa: PLR2004
        return own[0], own[1]
    first, second = sorted(writers[:2])
    return first, second


def _open_point(senses: Senses, counted: Mapping[str, float] | None) -> Flags:
    if not counted or senses.ear is None:
        return senses.acts_shown
    heard = senses.acts_shown.copy()
    for act in KIND:
        if act in counted:
            column = ACT_INDEX[act]
            heard[:, column] |= (senses.acts[:, column] >= counted[act]) & senses.heard
    return heard


def _without_care(senses: Senses, acts: Flags) -> Flags:
    """Return the acts with nothing in messages of crisis or violence: the analysis stops there (safety.md C33)."""
    if not senses.care:
        return acts
    kept = acts.copy()
    kept[list(senses.care)] = False
    return kept


def _act_sets(shown: Flags, heard: Flags) -> list[frozenset[str]]:
    """Return the acts of each message as a set; equal rows share one set, so that a million messages stay cheap."""
    names = list(ACT_INDEX)
    weights = 1 << np.arange(len(names), dtype=np.int64)
    keys = ((shown | heard) @ weights).tolist()
    known: dict[int, frozenset[str]] = {0: frozenset()}
    for key in set(keys):
        known[key] = frozenset(name for bit, name in enumerate(names) if key >> bit & 1)
    return [known[key] for key in keys]
