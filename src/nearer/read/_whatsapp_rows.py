"""The second walk over a WhatsApp text: every line belongs to the message that began before it, and messages become columns.

What a block leaves open, its last message, waits until the next one begins. A message whose date cannot be read is a problem, and so are
the lines that go on from it; nothing is dropped without being counted.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from nearer.columns import Messages, Texts
from nearer.read._rows import cut
from nearer.read._settings import Settings
from nearer.read._whatsapp_clock import Clock
from nearer.read._whatsapp_dates import day_of
from nearer.read._whatsapp_heads import DATED, MARKS, YEAR_SHORT, Heads, layout_of, style_of
from nearer.read._whatsapp_lines import LF, Block
from nearer.read._whatsapp_people import slices
from nearer.read._whatsapp_plan import Plan
from nearer.read._whatsapp_words import Meaning, is_deed, is_notice, may_be_own, meaning
from nearer.records import WHAT_INDEX, Codes, Flags, Ints, Origin, Problem, Small

PHRASE_BYTES, PHRASES_KEPT = 96, 2_048
"""So short a text, and so many of them, are remembered with what they mean."""

NOTICE_BYTES, NOTICES = 1_024, 8
"""So much of a line before the first message is looked at, and so many of them can be the phone's."""

NO_DAY = -(1 << 40)
_SYSTEM = WHAT_INDEX["system"]
_UNSEEN = re.compile(f"[{MARKS}]")
_CUT_OFF = re.compile(
    rf"[\s{MARKS}]{{0,4}}(?:\[\s?\d[^\]]{{0,40}}|\d{{1,4}}([/.-])\s?\d{{1,2}}\1\s?\d{{1,4}}[.,،]?[\s{MARKS}]+\d{{0,2}}[:.]?\d{{0,2}}[^:]{{0,8}})\Z"
)


@dataclass(slots=True)
class _Open:
    """The message that goes on: what is known of it (`is_lost`: its date cannot be read), and its text so far, bounded."""

    is_lost: bool
    time: int
    person: int
    line: int
    style: int
    marked: bool
    parts: list[bytes]
    size: int

    def add(self, part: bytes, *, bound: int, joined: bool) -> None:
        """Add what goes on, but hold no more than is needed to see that it is too long."""
        part = part if joined else b"\n" + part
        if self.size <= bound:
            self.parts.append(part[: bound + 4 - self.size])
        self.size += len(part)


@dataclass(frozen=True, slots=True)
class _Found:
    """Messages that are whole, one row each, in the order of the file."""

    time: Ints
    person: Ints
    line: Ints
    style: Ints
    marked: Flags
    own: Flags
    texts: Texts

    def before(self, other: "_Found") -> "_Found":
        """Return these and then the others."""
        return _Found(
            np.concatenate([self.time, other.time]),
            np.concatenate([self.person, other.person]),
            np.concatenate([self.line, other.line]),
            np.concatenate([self.style, other.style]),
            np.concatenate([self.marked, other.marked]),
            np.concatenate([self.own, other.own]),
            Texts.concat([self.texts, other.texts]),
        )


class Reader:
    """One text on its way into columns; counts how its lines were used."""

    def __init__(self, file: str, plan: Plan, *, conversation: str, settings: Settings) -> None:
        self.file, self.plan, self.conversation, self.settings = file, plan, conversation, settings
        self.clock = Clock(settings.tz)
        self.used: Counter[str] = Counter()
        self.calendars: Counter[str] = Counter()
        self.lines = self.unsure = 0
        self._first_names = {name.split()[0] for name in plan.people.names if name.split()}
        self._leading: list[tuple[int, bytes]] = []
        self._open: _Open | None = None
        self._days: dict[tuple[int, ...], int] = {}
        self._meanings: dict[tuple[bytes, int, bool], tuple[Meaning, bytes]] = {}
        self._running, self._ended = 0, True

    def block(self, block: Block) -> Iterator[Messages | Problem]:
        """Take one block of lines."""
        yield from self._flaws(block)
        heads = self.plan.kept(self.plan.scanner.scan(block))
        leading = int(heads.row[0]) if len(heads) else len(block)
        yield from self._go_on(block, leading)
        self.lines += len(block) - block.joined
        self._ended = block.ended
        if len(heads):
            yield from self._messages(block, heads)

    def finish(self) -> Iterator[Messages | Problem]:
        """Hand on the last message."""
        self.used["problems"] += len(self._leading)
        yield from (self._unused(line) for line, _ in self._leading)
        if self._open is not None:
            yield from self._cut_off(self._open)
            yield from self._hand_on(self._close(None))

    # ------------------------------------------------------------------------------------------------------------------------- lines

    def _flaws(self, block: Block) -> Iterator[Problem]:
        """Tell lines that are too long or hold bytes that are no UTF-8; they are used all the same."""
        for row in block.broken:
            yield self._problem("not_utf8", "the line holds bytes that are not UTF-8; they were replaced", block.first + row)
        bound = self.settings.limits.line_bytes
        lengths = block.ends - block.starts
        before = self._running if block.joined else 0
        lengths[0] += before
        for row in np.flatnonzero(lengths > bound).tolist():
            if row or before <= bound:
                yield self._problem("long_line", f"the line is longer than {bound:,} bytes; it was read in parts", block.first + row)
        self._running = 0 if block.ended else int(lengths[-1])

    def _go_on(self, block: Block, leading: int) -> Iterator[Problem]:
        """Give the lines before the first beginning to the message that is open; before any message they are problems."""
        if not leading:
            return
        lines = range(block.first + block.joined, block.first + leading)
        if self._open is None or self._open.is_lost:
            notices = [] if self._open else self._notices(block, lines)[: NOTICES - len(self._leading)]
            self._leading += notices
            unused = set(lines).difference(line for line, _ in notices)
            self.used["problems"] += len(unused)
            yield from (self._unused(line) for line in sorted(unused))
        else:
            self.used["continuations"] += len(lines)
        if self._open:
            part = block.data[int(block.starts[0]) : int(block.ends[leading - 1])]
            self._open.add(part, bound=self.settings.limits.message_bytes, joined=block.joined)

    @staticmethod
    def _notices(block: Block, lines: range) -> list[tuple[int, bytes]]:
        """Return what the phone says of the whole chat before the first message, as WhatsApp Web writes it."""
        texts = slices(block.data, block.starts[: len(lines)], np.minimum(block.ends, block.starts + NOTICE_BYTES)[: len(lines)])
        found = zip(lines, texts, strict=True) if not block.joined else ()
        return [(line, text) for line, text in found if is_notice(text.decode("utf-8", "replace"))]

    def _hand_on_leading(self, time: Ints) -> Iterator[Messages | Problem]:
        """Give what stood before the first message the time of that one."""
        if not self._leading or not len(time):
            return
        lines, texts = zip(*self._leading, strict=True)
        self._leading, same = [], np.zeros(len(lines), dtype=np.int64)
        offsets = np.cumsum([0, *map(len, texts)], dtype=np.int64)
        flags = same.astype(np.bool_)
        found = _Found(
            same + time[0],
            same + self.plan.people.system,
            np.array(lines, dtype=np.int64),
            same,
            flags,
            flags,
            Texts(b"".join(texts), offsets),
        )
        yield from self._hand_on(found)

    def _unused(self, line: int) -> Problem:
        if self._open:
            return self._problem("no_time", "the line belongs to a message whose date cannot be read", line)
        return self._problem("before_first", "the line stands before the first message", line)

    def _cut_off(self, last: _Open) -> Iterator[Problem]:
        """Take a beginning that breaks off at the end of the file out of the text of the last message."""
        text = b"".join(last.parts)
        before, newline, line = text.rpartition(b"\n")
        if self._ended or not newline or last.is_lost or not _CUT_OFF.match(line.decode("utf-8", "replace")):
            return
        last.parts, last.size = [before], len(before)
        self.used["continuations"] -= 1
        self.used["problems"] += 1
        yield self._problem("cut_off", "the file ends in the middle of a line; what came before was read", self.lines)

    # ---------------------------------------------------------------------------------------------------------------------- messages

    def _messages(self, block: Block, heads: Heads) -> Iterator[Messages | Problem]:
        days = self._days_of(heads)
        known = (days != NO_DAY) & (heads.second >= 0)
        person, start = self.plan.people.codes(block, heads)
        after = np.append(heads.row[1:], len(block))
        end = block.ends[after - 1]
        lines = after - heads.row
        time = np.full(len(heads), NO_DAY, dtype=np.int64)
        time[known] = self.clock.read(days[known], heads.second[known])
        self.used["continuations"] += int((lines[known] - 1).sum())
        self.used["problems"] += int(lines[~known].sum())
        for row in np.flatnonzero(~known).tolist():
            first = block.first + int(heads.row[row])
            yield self._problem("no_time", "the line begins like a message, but its date or time cannot be read", first)
            yield from (
                self._problem("no_time", "the line belongs to a message whose date cannot be read", line)
                for line in range(first + 1, first + int(lines[row]))
            )
        yield from self._hand_on_leading(time[known])
        done = np.flatnonzero(known[:-1])
        line, style = block.first + heads.row, style_of(heads.shape)
        texts = _cut_out(block, start[done], end[done])
        own = may_be_own(block.data, block.buffer, start[done], end[done], first_end=block.ends[heads.row[done]], bare=self.plan.bare)
        if self.plan.bare:
            own |= self._may_be_system(block, heads, start)[done]
        own |= (lines[done] > 1) & (b"\r\n" in block.data or block.buffer[end[done] - 1] == LF)
        found = _Found(time[done], person[done], line[done], style[done], heads.marked[done], own, texts)
        yield from self._hand_on(self._close(found))
        last = block.data[int(start[-1]) : int(end[-1])]
        self._open = _Open(
            is_lost=not known[-1],
            time=int(time[-1]),
            person=int(person[-1]),
            line=int(line[-1]),
            style=int(style[-1]),
            marked=bool(heads.marked[-1]),
            parts=[last],
            size=len(last),
        )

    @staticmethod
    def _may_be_system(block: Block, heads: Heads, start: Ints) -> Flags:
        """Say which texts of an export without marks begin as the name before them does, or as a system line of WhatsApp Web does."""
        may: Flags = (block.buffer[start] == ord("-")) | (block.buffer[start] == block.buffer[heads.body])
        return may

    def _days_of(self, heads: Heads) -> Ints:
        """Return days since 1970, `NO_DAY` for dates that are none; each date of a file is worked out once."""
        if not len(heads):
            return np.zeros(0, dtype=np.int64)
        way = heads.shape % DATED
        key = np.stack([heads.a, heads.b, heads.c, heads.era, way])
        runs = np.flatnonzero(np.concatenate([[True], (np.diff(key) != 0).any(axis=0)]))
        days = [self._day(*one) for one in key[:, runs].T.tolist()]
        return np.repeat(np.array(days, dtype=np.int64), np.diff(runs, append=len(heads)))

    def _day(self, a: int, b: int, c: int, era: int, way: int) -> int:
        key = (a, b, c, era, way)
        day = self._days.get(key)
        if day is None:
            found = day_of((a, b, c), order=self.plan.orders.get(way, "ymd"), era=era, short=layout_of(way) == YEAR_SHORT)
            day = self._days[key] = found[0] if found else NO_DAY
            if found:
                self.calendars[found[1]] += 1
        return day

    # ------------------------------------------------------------------------------------------------------------------------ handing on

    def _close(self, found: _Found | None) -> _Found | None:
        """Put the message that was open before those of a block."""
        last, self._open = self._open, None
        if last is None or last.is_lost:
            return found
        text = b"".join(last.parts)
        time, person, line, style = (np.array([value], dtype=np.int64) for value in (last.time, last.person, last.line, last.style))
        texts = Texts(text, np.array([0, len(text)], dtype=np.int64))
        one = _Found(time, person, line, style, np.array([last.marked]), np.ones(1, dtype=np.bool_), texts)
        return one if found is None else one.before(found)

    def _hand_on(self, found: _Found | None) -> Iterator[Messages | Problem]:
        if found is None or not len(found.time):
            return
        what = np.where(found.person == self.plan.people.system, _SYSTEM, 0).astype(np.int8)
        person = found.person.astype(np.int32)
        edited = np.zeros(len(what), dtype=np.bool_)
        extra: dict[int, Mapping[str, Any]] = {}
        changed: dict[int, bytes] = {}
        for row in np.flatnonzero(found.own).tolist():
            raw = _raw(found.texts, row)
            if what[row] == _SYSTEM:
                words = raw.removeprefix(b"- ") if self.plan.bare else raw
                changed[row] = _UNSEEN.sub("", _joined_lines(words).decode("utf-8", "replace")).encode()
                continue
            meant, text = self._meaning(raw, int(found.style[row]), marked=bool(found.marked[row]))
            name = self.plan.people.names[person[row]]
            if self.plan.bare and meant.what == "text" and is_deed(meant.text, name):
                meant = meant._replace(what="system")
            self.unsure += meant.what == "system" and self._is_unsure(meant.text, int(found.line[row]))
            what[row], edited[row] = WHAT_INDEX[meant.what], meant.edited
            if text != raw:
                changed[row] = text
            if meant.what == "system":
                person[row] = self.plan.people.system
            if meant.extra:
                extra[row] = meant.extra
        yield from self._cut_long(found, changed)
        system = int((what == _SYSTEM).sum())
        self.used["system"] += system
        self.used["messages"] += len(what) - system
        texts = _with(found.texts, changed)
        for first in range(0, len(what), self.settings.rows):
            part = slice(first, first + self.settings.rows)
            beside = {row - first: value for row, value in extra.items() if first <= row < part.stop}
            yield self._made(found, texts, part, person=person, what=what, edited=edited, extra=beside)

    def _is_unsure(self, text: str, line: int) -> bool:
        """Say whether only a mark told that these are no person's words: the first line is a notice, and most others name who did it."""
        return not self.plan.bare and line > 1 and self._first_names.isdisjoint(text.split()) and not is_notice(text)

    def _meaning(self, raw: bytes, style: int, *, marked: bool) -> tuple[Meaning, bytes]:
        """Return what a text means; a phone says the same few short things again and again."""
        key = (raw, style, marked)
        known = self._meanings.get(key)
        if known is None:
            meant = meaning(_joined_lines(raw).decode("utf-8", "replace"), style=style, marked=marked, bare=self.plan.bare)
            known = meant, meant.text.encode()
            if len(raw) <= PHRASE_BYTES and len(self._meanings) < PHRASES_KEPT:
                self._meanings[key] = known
        return known

    def _cut_long(self, found: _Found, changed: dict[int, bytes]) -> Iterator[Problem]:
        bound = self.settings.limits.message_bytes
        for row in np.flatnonzero(found.texts.lengths() > bound).tolist():
            text = changed.get(row, _raw(found.texts, row))
            if len(text) > bound:
                changed[row] = cut(text.decode("utf-8", "ignore"), bound)[0].encode()
                yield self._problem(
                    "message_cut", f"the message is longer than {bound:,} bytes; its end was left out", int(found.line[row])
                )

    def _made(
        self, found: _Found, texts: Texts, part: slice, *, person: Codes, what: Small, edited: Flags, extra: Mapping[int, Mapping[str, Any]]
    ) -> Messages:
        size = len(what[part])
        return Messages(
            conversation=np.zeros(size, dtype=np.int32),
            person=person[part],
            time=found.time[part],
            what=what[part],
            text=texts[part],
            file=np.zeros(size, dtype=np.int32),
            line=found.line[part],
            edited=edited[part],
            conversations=(self.conversation,),
            people=(*self.plan.people.names, ""),
            files=(self.file,),
            tz=self.settings.tz,
            extra=extra,
        )

    def _problem(self, what: str, says: str, line: int) -> Problem:
        return Problem(what, says, Origin(self.file, line))


def _joined_lines(text: bytes) -> bytes:
    """Return text with plain line ends and none at its end."""
    return text.replace(b"\r\n", b"\n").rstrip(b"\n")


def _raw(texts: Texts, row: int) -> bytes:
    return texts.data[int(texts.offsets[row]) : int(texts.offsets[row + 1])]


def _cut_out(block: Block, start: Ints, end: Ints) -> Texts:
    """Return the texts that lie between each start and end."""
    size = len(block.data)
    steps = np.zeros(size + 1, dtype=np.int8)
    steps[start] += 1
    steps[end] -= 1
    kept = np.cumsum(steps[:size], dtype=np.int8).view(np.bool_)
    offsets = np.zeros(len(start) + 1, dtype=np.int64)
    np.cumsum(end - start, out=offsets[1:])
    return Texts(block.buffer[:size][kept].tobytes(), offsets)


def _with(texts: Texts, changed: Mapping[int, bytes]) -> Texts:
    """Return the texts with some of them changed."""
    if not changed:
        return texts
    lengths, parts, at = texts.lengths(), [], int(texts.offsets[0])
    for row, text in sorted(changed.items()):
        parts += [texts.data[at : int(texts.offsets[row])], text]
        at = int(texts.offsets[row + 1])
        lengths[row] = len(text)
    parts.append(texts.data[at : int(texts.offsets[-1])])
    offsets = np.zeros(len(lengths) + 1, dtype=np.int64)
    np.cumsum(lengths, out=offsets[1:])
    return Texts(b"".join(parts), offsets)
