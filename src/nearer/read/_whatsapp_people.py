"""Who wrote: a message says `Ana: hello`, a system line says `Ana changed the subject to "plans: May"`; both hold a colon.

Whether what stands before the first colon is a person is decided over the whole file, without knowing a sentence of any language. A person
comes again and again; what comes once or twice and opens a quotation that is still open, goes on from a known name with more words, is
marked as the phone's own words, or is longer than any name, is a system line. A name may hold a colon itself: then everything that name
says goes on in the same way.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from nearer.read._settings import Limits
from nearer.read._whatsapp_heads import MARKS, Heads
from nearer.read._whatsapp_lines import CR, LF, Block
from nearer.records import Flags, Ints

NAME_BYTES = 256
"""What is longer is no name: WhatsApp keeps 25 characters, an address book somewhat more."""

NAME_CHARACTERS = 100
OFTEN = 3
"""A name that comes so often is one, whatever it looks like; and a name with a colon must come so often to be told from what is said."""

NAMES_OF_ONE = 8
"""So many names may begin alike and go on with a colon (`Delta: Ana`, `Delta: Ben`)."""

CANDIDATES_PER_PERSON = 20
"""Beginnings with a colon that are gathered for each person the limit allows."""

NAMES_COMPARED, WORDS_COMPARED = 32, 4
"""So many names, and so many words of eight bytes of each, are compared over all rows at once."""

WORDS_AFTER_A_NAME, WORDS_OF_A_SENTENCE = 4, 5
SYSTEM = ""

_SPACE, _COLON = 32, 58
_EDGES = re.compile(rf"^[\s{MARKS}]+|[\s{MARKS}]+$")
_PAIRS = (("“", "”"), ("„", "“”"), ("«", "»"), ("「", "」"), ("『", "』"))
_OWN_WORDS = re.compile(rb": \xe2\x80\x8e(?!<)")
_LOW_BYTES = np.array([(1 << 8 * count) - 1 for count in range(9)], dtype=np.uint64)
_STOP = re.compile(r"\w{4}[.!?。](?:\s|$)")


@dataclass(frozen=True, slots=True)
class Names:
    """Where names stand in a block, one row for each head: bytes from `start` to `end`, the text from `text`; `end` is -1 where there is
    no colon, `second` the next colon of the line or -1."""

    start: Ints
    end: Ints
    text: Ints
    second: Ints


def names_in(block: Block, heads: Heads) -> Names:
    """Find what stands before the first colon of each message."""
    size = len(block.data)
    colons = np.flatnonzero(block.buffer[:size] == _COLON)
    after = block.buffer[colons + 1]
    colons = colons[(after == _SPACE) | (after == LF) | (after == CR) | (colons + 1 == size)]
    beyond = np.concatenate([colons, np.full(2, size + 1, dtype=np.int64)])
    place = np.searchsorted(colons, heads.body)
    line_end = block.ends[heads.row]
    one, two = beyond[place], beyond[place + 1]
    there = (one < line_end) & (one > heads.body) & (one - heads.body <= NAME_BYTES)
    text = np.where(there, np.minimum(one + 1 + (block.buffer[np.minimum(one + 1, size)] == _SPACE), line_end), heads.body)
    return Names(heads.body, np.where(there, one, -1), text, np.where(there & (two < line_end), two, -1))


@dataclass(slots=True)
class _Candidate:
    """What stood before a first colon: how often, and how the line went on to a second one (None: once it did not); `sure` is what went on
    to a colon with the phone's own mark right behind it, which ends a name."""

    count: int = 0
    sure: set[bytes] = field(default_factory=set)
    goes_on: dict[bytes, int] | None = field(default_factory=dict)

    def is_longer(self) -> bool:
        """Say whether it is a name that holds a colon: all that follows up to the second one comes often, or the phone's mark ends it."""
        return bool(self.goes_on) and all(times >= OFTEN or more in self.sure for more, times in (self.goes_on or {}).items())


class Gathering:
    """All that stands before first colons in a file."""

    def __init__(self, file: str, *, limits: Limits) -> None:
        self.file, self.limits = file, limits
        self._candidates: dict[bytes, _Candidate] = {}
        self._codes: dict[bytes, int] = {}

    def add(self, block: Block, heads: Heads) -> None:
        """Take one block; raises TooLarge when there are far more names than people could be."""
        names = names_in(block, heads)
        rows = np.flatnonzero(names.end >= 0)
        codes = codes_of(block, names.start[rows], names.end[rows], self._codes, more=True)
        counts = np.bincount(codes, minlength=len(self._codes)).tolist()
        single = np.bincount(codes[names.second[rows] < 0], minlength=len(self._codes)).tolist()
        open_codes = [code for name, code in self._codes.items() if counts[code] and self._count(name, counts[code], single[code])]
        self.limits.check("people", len(self._candidates) // CANDIDATES_PER_PERSON, file=self.file, unit="people")
        if open_codes:
            self._go_on(block.data, names, rows[np.isin(codes, open_codes)], attached=heads.marked)

    def _count(self, name: bytes, count: int, single: int) -> bool:
        """Count a name; says whether it may still be one with a colon in it."""
        candidate = self._candidates.get(name)
        if candidate is None:
            candidate = self._candidates[name] = _Candidate()
        candidate.count += count
        if single:
            candidate.goes_on = None
        return candidate.goes_on is not None

    def _go_on(self, data: bytes, names: Names, rows: Ints, *, attached: Flags) -> None:
        for row in rows.tolist():
            candidate = self._candidates[data[int(names.start[row]) : int(names.end[row])]]
            if candidate.goes_on is None:
                continue
            more = data[int(names.text[row]) : int(names.second[row])]
            candidate.goes_on[more] = candidate.goes_on.get(more, 0) + 1
            if not attached[row] and _OWN_WORDS.match(data, int(names.second[row])):
                candidate.sure.add(more)
            if len(candidate.goes_on) > NAMES_OF_ONE or len(more) > NAME_BYTES or not _clean(more):
                candidate.goes_on = None

    def people(self) -> "People":
        """Decide who is a person; raises TooLarge when there are more than the limit allows."""
        longer = {raw for raw, candidate in self._candidates.items() if candidate.is_longer()}
        counts: dict[str, int] = {}
        for raw, candidate in self._candidates.items():
            name = _clean(raw)
            counts[name] = counts.get(name, 0) + candidate.count
        known = {name for name, count in counts.items() if count > 1 and not _is_open(name)}
        unmarked = {_clean(raw) for raw in self._candidates if not _is_marked(raw)}
        table: dict[bytes, str] = {}
        for raw, candidate in self._candidates.items():
            name = _clean(raw)
            if raw in longer:
                table |= {raw + b": " + more: _clean(raw + b": " + more) for more in candidate.goes_on or ()}
            else:
                table[raw] = name if _is_person(name, counts[name], known, marked=_is_marked(raw) and name not in unmarked) else SYSTEM
        people = People(table, frozenset(longer))
        self.limits.check("people", len(people.names), file=self.file, unit="people")
        return people


class People:
    """The people of a file, in the order in which they first wrote, and what stands for each of them before a colon."""

    def __init__(self, table: dict[bytes, str], longer: frozenset[bytes]) -> None:
        self.names = tuple(dict.fromkeys(name for name in table.values() if name))
        codes = {name: code for code, name in enumerate(self.names)} | {SYSTEM: len(self.names)}
        self.system = len(self.names)
        self.longer = longer
        self._codes = {raw: codes[name] for raw, name in table.items()}

    def codes(self, block: Block, heads: Heads) -> tuple[Ints, Ints]:
        """Return who wrote each message (`system` for nobody) and where its text begins."""
        names = names_in(block, heads)
        end, text = names.end.copy(), names.text.copy()
        if self.longer:
            self._lengthen(block, heads, names, end=end, text=text)
        codes = codes_of(block, names.start, np.maximum(names.start, end), self._codes)
        codes[(end < 0) | (codes < 0)] = self.system
        return codes, np.where(codes == self.system, heads.body, text)

    def _lengthen(self, block: Block, heads: Heads, names: Names, *, end: Ints, text: Ints) -> None:
        """Take a name that holds a colon to its end."""
        short = {raw: code for code, raw in enumerate(self.longer)}
        for row in np.flatnonzero(codes_of(block, names.start, np.maximum(names.start, end), short) >= 0).tolist():
            end[row] = names.second[row]
            text[row] = min(int(end[row]) + 2, int(block.ends[heads.row[row]]))


def codes_of(block: Block, start: Ints, end: Ints, table: dict[bytes, int], *, more: bool = False) -> Ints:
    """Return the code of each name, -1 for one that is not in the table; with `more` such a name is put there.

    The first names of the table are compared eight bytes at a time over all rows; only what is left is looked up one by one."""
    length, codes = end - start, np.full(len(start), -1, dtype=np.int64)
    window: NDArray[np.uint64] = np.ndarray((len(block.buffer) - 8,), dtype="<u8", buffer=block.buffer.data, strides=(1,))
    words = [window[start + 8 * place] & _LOW_BYTES[np.clip(length - 8 * place, 0, 8)] for place in range(WORDS_COMPARED)]
    for name, code in list(table.items())[:NAMES_COMPARED]:
        if len(name) <= 8 * WORDS_COMPARED:
            same = length == len(name)
            for place, word in enumerate(np.frombuffer(name.ljust(8 * WORDS_COMPARED, b"\0"), dtype="<u8")[: -(-len(name) // 8)]):
                same &= words[place] == word
            codes[same] = code
    left = np.flatnonzero(codes < 0)
    raw = slices(block.data, start[left], end[left])
    codes[left] = [table.setdefault(name, len(table)) for name in raw] if more else [table.get(name, -1) for name in raw]
    return codes


def slices(data: bytes, starts: Ints, ends: Ints) -> list[bytes]:
    """Return the bytes from each start to its end."""
    return [data[start:end] for start, end in zip(starts.tolist(), ends.tolist(), strict=True)]


def _clean(raw: bytes) -> str:
    return _EDGES.sub("", raw.decode("utf-8", "replace"))


def _is_marked(raw: bytes) -> bool:
    return raw.startswith((b"\xe2\x80\x8e", b"\xe2\x80\x8f"))


def _is_person(name: str, count: int, known: set[str], *, marked: bool) -> bool:
    if not name or len(name) > NAME_CHARACTERS:
        return False
    if count >= OFTEN:
        return True
    return not (_is_open(name) or (count == 1 and (marked or _is_sentence(name) or _goes_on_from(name, known))))


def _is_open(name: str) -> bool:
    """Say whether a quotation is open at its end, so that the colon belongs to what is quoted."""
    return name.count('"') % 2 == 1 or any(name.count(opens) > sum(map(name.count, closes)) for opens, closes in _PAIRS)


def _is_sentence(name: str) -> bool:
    return len(name.split()) >= WORDS_OF_A_SENTENCE and bool(_STOP.search(name))


def _goes_on_from(name: str, known: set[str]) -> bool:
    """Say whether it is the name of a known person and some more words."""
    words: Sequence[str] = name.split(" ")
    return any(" ".join(words[:cut]) in known for cut in range(1, len(words) - WORDS_AFTER_A_NAME + 1))
