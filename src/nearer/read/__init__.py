"""The room that reads: exports in, a relationship out. One file of this folder for each export it knows.

`stream` hands on one export chunk by chunk in constant memory; `survey` counts one without keeping its messages; `read` takes all exports
of one relationship, gives everybody one name, merges them and puts the messages in order of time within each conversation.
"""

import tomllib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from importlib.resources import files
from pathlib import Path
from types import MappingProxyType, ModuleType
from typing import get_args

import numpy as np

from nearer.columns import Messages
from nearer.errors import ChoiceNeeded, UnknownFormat, UnknownName, Unreadable, UsageError
from nearer.parts import load_parts
from nearer.read._merge import merge
from nearer.read._people import alike_note, find_me, look_alikes, name_table, parse_same, rename
from nearer.read._rows import Numbers
from nearer.read._settings import Dates, Limits, Settings
from nearer.records import WHAT_INDEX, Export, Kind, Problem, Relationship

__all__ = [
    "Accounts",
    "Dates",
    "Limits",
    "Settings",
    "account",
    "find_reader",
    "parse_columns",
    "parse_dates",
    "parse_limits",
    "parse_same",
    "read",
    "stream",
    "survey",
    "without_system",
]

ORDERS: tuple[Dates, ...] = get_args(Dates)
"""Orders of day, month and year a person may name."""

PROBLEMS_KEPT = 1_000
"""Problems that go along to the report with their lines; beyond that an export's own count still counts them all."""

CHOICES_SHOWN = 20
"""Conversations named in a question, those with most messages first."""

Tell = Callable[[int], None]
"""Told how many messages were read so far: progress for whoever waits."""

NOBODY: Mapping[str, Sequence[str]] = MappingProxyType({})
_KINDS = tomllib.loads(files("nearer.read").joinpath("_kinds.toml").read_text("utf-8"))
_SYSTEM = WHAT_INDEX["system"]


@dataclass(frozen=True, slots=True)
class Accounts:
    """How the lines of one export were used, its problems, and whether messages + continuations + system + problems = lines must hold:
    not for JSON that is one big object."""

    export: Export
    problems: tuple[Problem, ...]
    made_of_lines: bool


def find_reader(path: Path, *, settings: Settings | None = None) -> ModuleType:
    """Return the part that reads this file; raises Unreadable when there is no such file, UnknownFormat when no part knows it."""
    if not path.exists():
        raise Unreadable(path.name, "there is no such file")
    if path.is_file() and not path.stat().st_size:
        raise Unreadable(path.name, "the file is empty")
    parts = load_parts("read", needs=("identify", "read"))
    mapped = bool(settings and settings.columns)
    for part in sorted(parts.values(), key=lambda part: getattr(part, "GENERAL", False) != mapped):
        if part.identify(path):
            return part
    raise UnknownFormat(path.name, parts)


def stream(path: Path, *, settings: Settings) -> Iterator[Messages | Problem | Export]:
    """Yield one export chunk by chunk with ids that are stable over all chunks, its problems, and last its Export."""
    numbers = Numbers()
    for item in find_reader(path, settings=settings).read(path, settings=settings):
        yield numbers.number(item) if isinstance(item, Messages) else item


def account(path: Path, *, settings: Settings) -> Accounts:
    """Read one export for its accounts alone: nothing of it is kept."""
    kept = _Kept()
    for item in stream(path, settings=settings):
        if not isinstance(item, Messages):
            kept.add(item)
    made_of_lines = getattr(find_reader(path, settings=settings), "MADE_OF_LINES", True)
    return Accounts(kept.exports[-1], tuple(kept.problems), bool(made_of_lines))


def without_system(messages: Messages) -> Messages:
    """Return the messages without the system lines."""
    kept = messages.what != _SYSTEM
    return messages if kept.all() else messages.take(np.flatnonzero(kept))


def survey(path: Path, *, settings: Settings, me: str | None = None, kind: Kind = "partner", both: bool = False) -> Relationship:
    """Read one export without keeping its messages: who wrote, how much, how its lines were used.

    Raises UnknownName for a stranger as `me`, ChoiceNeeded when the export holds conversations with different people."""
    counts, kept = _Counts(), _Kept()
    for item in find_reader(path, settings=settings).read(path, settings=settings):
        if isinstance(item, Messages):
            counts.add(item)
        else:
            kept.add(item)
    _choose(counts, None, kind=kind)
    return _relationship(
        Messages.none(tz=settings.tz), counts, kept, me=me or _owner(path, counts, settings=settings), kind=kind, both=both
    )


def read(
    paths: Sequence[Path],
    *,
    settings: Settings,
    same: Mapping[str, Sequence[str]] = NOBODY,
    me: str | None = None,
    kind: Kind = "partner",
    both: bool = False,
    chat: str | None = None,
    with_system: bool = False,
    tell: Tell = lambda *_: None,
) -> Relationship:
    """Read all exports of one relationship and merge them; `tell` hears how many messages were read so far.

    Raises UnknownName (nobody is called `me`, no such chat), ChoiceNeeded (which conversation?), or what the readers raise."""
    if not paths:
        raise UsageError("Which export? Name at least one file.")
    kept = _Kept(tell=tell)
    exports = [_read_one(path, kept, settings=settings, kind=kind, chat=chat, with_system=with_system) for path in paths]
    table = name_table({name for messages in exports for name in _writers(messages)}, same)
    merged = merge([rename(messages, table) for messages in exports])
    counts = _Counts()
    counts.add(merged)
    owners = (_owner(path, counts, settings=settings, table=table) for path in paths)
    known = table.get(me, me) if me else next((owner for owner in owners if owner), None)
    return _relationship(merged, counts, kept, me=known, kind=kind, both=both)


def parse_dates(text: str) -> Dates:
    """Read an order of day, month and year; raises UnknownName."""
    found = next((order for order in ORDERS if order == text), None)
    if found is None:
        raise UnknownName("order of dates", text, ORDERS)
    return found


def parse_limits(texts: Sequence[str]) -> Limits:
    """Read `line_bytes=2000000` and the like into Limits; raises UsageError or UnknownName."""
    known = [bound.name for bound in fields(Limits)]
    chosen: dict[str, int] = {}
    for text in texts:
        name, _, number = (part.strip() for part in text.partition("="))
        if name not in known:
            raise UnknownName("bound", name, known)
        if not number.isascii() or not number.isdigit() or len(number) > Limits().integer_digits or not int(number):
            raise UsageError(
                f"--limit {text!r} is not NAME=NUMBER with a whole number above 0. For example: --limit {name}={getattr(Limits(), name)}"
            )
        chosen[name] = int(number)
    return Limits(**chosen)


def parse_columns(text: str) -> dict[str, str]:
    """Read `text=body,time=created` into {our name: their column}; raises UsageError."""
    columns: dict[str, str] = {}
    for entry in text.split(","):
        ours, sign, theirs = (part.strip() for part in entry.partition("="))
        if not (ours and sign and theirs) or ours in columns:
            raise UsageError(f"--map {text!r} is not OURS=COLUMN,OURS=COLUMN. For example: --map text=body,time=created,person=author")
        columns[ours] = theirs
    return columns


# ------------------------------------------------------------------------------------------------------------------- one export at a time


@dataclass(slots=True)
class _Kept:
    """What goes along beside the messages."""

    problems: list[Problem] = field(default_factory=list)
    exports: list[Export] = field(default_factory=list)
    tell: Tell = lambda *_: None
    messages: int = 0

    def count(self, messages: Messages) -> None:
        self.messages += len(messages)
        self.tell(self.messages)

    def add(self, item: Problem | Export) -> None:
        if isinstance(item, Export):
            self.exports.append(item)
        elif len(self.problems) < PROBLEMS_KEPT:
            self.problems.append(item)


@dataclass(slots=True)
class _Counts:
    """How many messages each person wrote in each conversation; system lines are nobody's."""

    by: Counter[tuple[str, str]] = field(default_factory=Counter)

    def add(self, messages: Messages) -> None:
        width = len(messages.people)
        cells, counts = np.unique(messages.conversation.astype(np.int64) * width + messages.person, return_counts=True)
        for cell, count in zip(cells.tolist(), counts.tolist(), strict=True):
            if messages.people[cell % width]:
                self.by[messages.conversations[cell // width], messages.people[cell % width]] += count

    def people(self) -> list[str]:
        """Return who wrote, most messages first."""
        totals: Counter[str] = Counter()
        for (_, person), count in self.by.items():
            totals[person] += count
        return sorted(totals, key=lambda person: (-totals[person], person))

    def conversations(self) -> list[str]:
        """Return the conversations, most messages first."""
        totals: Counter[str] = Counter()
        for (conversation, _), count in self.by.items():
            totals[conversation] += count
        return sorted(totals, key=lambda name: (-totals[name], name))

    def are_one_circle(self) -> bool:
        """Say whether the same people wrote in every conversation."""
        circles: dict[str, set[str]] = {}
        for conversation, person in self.by:
            circles.setdefault(conversation, set()).add(person)
        return len({frozenset(circle) for circle in circles.values()}) <= 1


def _read_one(path: Path, kept: _Kept, *, settings: Settings, kind: Kind, chat: str | None, with_system: bool) -> Messages:
    chunks = []
    for item in find_reader(path, settings=settings).read(path, settings=settings):
        if isinstance(item, Messages):
            chunks.append(item)
            kept.count(item)
        else:
            kept.add(item)
    messages = Messages.concat(chunks) if chunks else Messages.none(tz=settings.tz)
    counts = _Counts()
    counts.add(messages)
    chosen = _choose(counts, chat, kind=kind)
    if chosen is not None:
        messages = messages.take(np.flatnonzero(messages.conversation == messages.conversations.index(chosen)))
    return messages if with_system else without_system(messages)


def _choose(counts: _Counts, chat: str | None, *, kind: Kind) -> str | None:
    """Return the conversation to keep, None for all of them; raises ChoiceNeeded or UnknownName."""
    names = counts.conversations()
    if chat is None:
        if len(names) > 1 and _KINDS[kind]["one_pair"] and not counts.are_one_circle():
            raise ChoiceNeeded(f"The export holds {len(names):,} conversations.", "--chat", names[:CHOICES_SHOWN])
        return None
    if len(names) <= 1:
        return None
    found = [name for name in names if name == chat] or [name for name in names if chat.casefold() in name.casefold()]
    if not found:
        raise UnknownName("conversation", chat, names[:CHOICES_SHOWN])
    if len(found) > 1:
        raise ChoiceNeeded(f"{chat!r} fits {len(found):,} conversations.", "--chat", found[:CHOICES_SHOWN])
    return found[0]


def _writers(messages: Messages) -> list[str]:
    return [messages.people[code] for code in np.unique(messages.person).tolist()]


def _owner(path: Path, counts: _Counts, *, settings: Settings, table: Mapping[str, str] = MappingProxyType({})) -> str | None:
    """Return whose export it is, where the format says so and that person wrote."""
    owner = getattr(find_reader(path, settings=settings), "owner", None)
    name = owner(path, settings=settings) if owner else None
    shown = table.get(name, name) if name else None
    return shown if shown in counts.people() else None


def _relationship(messages: Messages, counts: _Counts, kept: _Kept, *, me: str | None, kind: Kind, both: bool) -> Relationship:
    people = counts.people()
    if me is not None:
        me = find_me(me, people)
        people = [me, *(name for name in people if name != me)]
    notes = tuple(alike_note(*pair) for pair in look_alikes(people))
    exports = kept.exports
    if notes and exports:
        exports = [*exports[:-1], replace(exports[-1], notes=(*exports[-1].notes, *notes))]
    return Relationship(
        kind=kind,
        people=tuple(people),
        messages=messages,
        me=me,
        both=both,
        tz=messages.tz,
        exports=tuple(exports),
        problems=tuple(kept.problems),
    )
