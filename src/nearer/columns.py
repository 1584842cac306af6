"""The columns behind the records: many messages, their texts and what was heard in them, as arrays.

`Messages` is a sequence of `Message` (made on demand) over plain numpy arrays; `Texts` keeps all text in one UTF-8 buffer in Arrow's own
layout; `Senses` holds the scores. A million messages with all 54 scores cost about a third of a gibibyte. The decision and its price:
docs/decisions/0001-columns-behind-records.md.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Any, TypeVar, overload

import numpy as np
from numpy.typing import NDArray

from nearer.records import (
    ACTS,
    EMOTIONS,
    WHAT_INDEX,
    WHATS,
    Codes,
    Ear,
    Flags,
    Ints,
    Message,
    Origin,
    Reaction,
    Scores,
    Sensed,
    Small,
    from_microseconds,
    to_microseconds,
)

Value = TypeVar("Value")


class Texts(Sequence[str]):
    """Many texts in one UTF-8 buffer with n + 1 offsets (int64): Arrow's large_string layout, so it crosses to pyarrow without a copy.

    `offsets[0]` may be above 0: a slice shares the buffer."""

    __slots__ = ("data", "offsets")

    def __init__(self, data: bytes, offsets: Ints) -> None:
        self.data = data
        self.offsets = offsets

    @classmethod
    def of(cls, texts: Iterable[str]) -> Texts:
        """Build from Python strings; a lone surrogate becomes U+FFFD, since no file may hold one."""
        parts = [text.encode("utf-8", "surrogatepass") if text.isascii() else _safe(text) for text in texts]
        offsets = np.zeros(len(parts) + 1, dtype=np.int64)
        np.cumsum([len(part) for part in parts], out=offsets[1:])
        return cls(b"".join(parts), offsets)

    def __len__(self) -> int:
        return len(self.offsets) - 1

    @overload
    def __getitem__(self, index: int) -> str: ...
    @overload
    def __getitem__(self, index: slice) -> Texts: ...
    def __getitem__(self, index: int | slice) -> str | Texts:
        if isinstance(index, slice):
            start, stop, step = index.indices(len(self))
            if step == 1:
                return Texts(self.data, self.offsets[start : max(start, stop) + 1])
            return self.take(np.arange(start, stop, step, dtype=np.int64))
        if index < 0:
            index += len(self)
        if not 0 <= index < len(self):
            raise IndexError(index)
        return self.data[self.offsets[index] : self.offsets[index + 1]].decode("utf-8")

    def __iter__(self) -> Iterator[str]:
        data, bounds = self.data, self.offsets.tolist()
        return (data[start:end].decode("utf-8") for start, end in pairwise(bounds))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Texts) and list(self) == list(other)

    def __hash__(self) -> int:
        return hash((len(self), self.data[: self.offsets[0]]))

    def take(self, rows: Ints | NDArray[np.intp]) -> Texts:
        """Return the texts at `rows`, in that order, in a buffer of their own."""
        view = memoryview(self.data)
        starts, ends = self.offsets[:-1][rows].tolist(), self.offsets[1:][rows].tolist()
        offsets = np.zeros(len(starts) + 1, dtype=np.int64)
        np.cumsum(self.offsets[1:][rows] - self.offsets[:-1][rows], out=offsets[1:])
        return Texts(b"".join([view[start:end] for start, end in zip(starts, ends, strict=True)]), offsets)

    def lengths(self) -> Ints:
        """Return the length of each text in bytes."""
        return np.diff(self.offsets)

    @staticmethod
    def concat(many: Sequence[Texts]) -> Texts:
        """Join several runs of texts into one buffer."""
        lengths = np.concatenate([texts.lengths() for texts in many]) if many else np.zeros(0, dtype=np.int64)
        offsets = np.zeros(len(lengths) + 1, dtype=np.int64)
        np.cumsum(lengths, out=offsets[1:])
        return Texts(b"".join([texts.data[texts.offsets[0] : texts.offsets[-1]] for texts in many]), offsets)


def _safe(text: str) -> bytes:
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace").encode("utf-8")


@dataclass(frozen=True, slots=True, eq=False)
class Senses:
    """What the ear heard in n messages, as columns: n x 28 and n x 26 arrays, rows in the order of the messages.

    `language` holds codes into `languages`; `care` maps every row of a passage in which the analysis
    stopped to "crisis" or "violence"; `attributes` maps a row to the attributes of
    its shown acts."""

    emotions: Scores
    emotions_shown: Flags
    acts: Scores
    acts_shown: Flags
    heard: Flags
    language: Small
    languages: tuple[str, ...]
    attributes: Mapping[int, Mapping[str, Mapping[str, Any]]] = field(default_factory=dict)
    care: Mapping[int, str] = field(default_factory=dict)
    ear: Ear | None = None

    def __len__(self) -> int:
        return len(self.heard)

    def row(self, index: int) -> Sensed:
        """Return one row as a record."""
        return Sensed(
            emotions=dict(zip(EMOTIONS, self.emotions[index].tolist(), strict=True)),
            emotions_shown=tuple(EMOTIONS[i] for i in np.flatnonzero(self.emotions_shown[index])),
            acts=dict(zip(ACTS, self.acts[index].tolist(), strict=True)),
            acts_shown=tuple(ACTS[i] for i in np.flatnonzero(self.acts_shown[index])),
            attributes=self.attributes.get(index, {}),
            language=self.languages[self.language[index]],
            heard=bool(self.heard[index]),
            ear=self.ear,
            care=self.care.get(index, ""),
        )

    def take(self, rows: Ints | NDArray[np.intp]) -> Senses:
        """Return the rows at `rows`, in that order."""
        return replace(
            self,
            emotions=self.emotions[rows],
            emotions_shown=self.emotions_shown[rows],
            acts=self.acts[rows],
            acts_shown=self.acts_shown[rows],
            heard=self.heard[rows],
            language=self.language[rows],
            attributes=_taken(self.attributes, rows),
            care=_taken(self.care, rows),
        )

    @staticmethod
    def concat(many: Sequence[Senses]) -> Senses:
        """Join several runs of senses heard by the same ear."""
        languages = tuple(dict.fromkeys(name for senses in many for name in senses.languages))
        return Senses(
            emotions=np.concatenate([senses.emotions for senses in many]),
            emotions_shown=np.concatenate([senses.emotions_shown for senses in many]),
            acts=np.concatenate([senses.acts for senses in many]),
            acts_shown=np.concatenate([senses.acts_shown for senses in many]),
            heard=np.concatenate([senses.heard for senses in many]),
            language=np.concatenate([_recode(senses.language, senses.languages, languages) for senses in many]).astype(np.int8),
            languages=languages,
            attributes=_shifted([senses.attributes for senses in many], [len(senses) for senses in many]),
            care=_shifted([senses.care for senses in many], [len(senses) for senses in many]),
            ear=many[0].ear,
        )


@dataclass(frozen=True, slots=True, eq=False)
class Messages(Sequence[Message]):
    """Many messages as columns; a sequence of `Message` when looped over.

    `conversation`, `person`, `file` hold codes into the tuples `conversations`, `people`, `files`; `time` is microseconds in UTC; `what`
    holds codes into `WHATS`; the mappings are sparse, keyed by row. `ids` may be None: then they are made from the content when asked for.
    """

    conversation: Codes
    person: Codes
    time: Ints
    what: Small
    text: Texts
    file: Codes
    line: Ints
    edited: Flags
    conversations: tuple[str, ...]
    people: tuple[str, ...]
    files: tuple[str, ...]
    tz: str = "UTC"
    reply_to: Mapping[int, str] = field(default_factory=dict)
    reactions: Mapping[int, tuple[Reaction, ...]] = field(default_factory=dict)
    extra: Mapping[int, Mapping[str, Any]] = field(default_factory=dict)
    given_ids: tuple[str, ...] | None = None
    senses: Senses | None = None
    _made: dict[str, Any] = field(default_factory=dict, repr=False)

    @classmethod
    def of(cls, messages: Iterable[Message], *, tz: str = "UTC") -> Messages:
        """Build columns from records, keeping their order, ids and senses (senses only if every message has them)."""
        rows = list(messages)
        conversations, people, files = (
            tuple(dict.fromkeys(values))
            for values in ((m.conversation for m in rows), (m.person for m in rows), (m.origin.file for m in rows))
        )
        return cls(
            conversation=_codes((m.conversation for m in rows), conversations),
            person=_codes((m.person for m in rows), people),
            time=np.array([to_microseconds(m.time) for m in rows], dtype=np.int64),
            what=np.array([WHAT_INDEX[m.what] for m in rows], dtype=np.int8),
            text=Texts.of(m.text for m in rows),
            file=_codes((m.origin.file for m in rows), files),
            line=np.array([m.origin.line for m in rows], dtype=np.int64),
            edited=np.array([m.edited for m in rows], dtype=np.bool_),
            conversations=conversations,
            people=people,
            files=files,
            tz=tz,
            reply_to={i: m.reply_to for i, m in enumerate(rows) if m.reply_to is not None},
            reactions={i: m.reactions for i, m in enumerate(rows) if m.reactions},
            extra={i: m.extra for i, m in enumerate(rows) if m.extra},
            given_ids=tuple(m.id for m in rows),
            senses=_senses([m.sensed for m in rows if m.sensed is not None]) if rows and all(m.sensed for m in rows) else None,
        )

    @classmethod
    def none(cls, *, tz: str = "UTC") -> Messages:
        """Return no messages at all."""
        return cls.of([], tz=tz)

    def __len__(self) -> int:
        return len(self.time)

    @overload
    def __getitem__(self, index: int) -> Message: ...
    @overload
    def __getitem__(self, index: slice) -> Messages: ...
    def __getitem__(self, index: int | slice) -> Message | Messages:
        if isinstance(index, slice):
            return self.take(np.arange(*index.indices(len(self)), dtype=np.int64))
        if index < 0:
            index += len(self)
        if not 0 <= index < len(self):
            raise IndexError(index)
        return Message(
            id=self.ids[index],
            conversation=self.conversations[self.conversation[index]],
            person=self.people[self.person[index]],
            time=from_microseconds(self.time[index], tz=self.tz),
            text=self.text[index],
            what=WHATS[self.what[index]],
            origin=Origin(self.files[self.file[index]], int(self.line[index])),
            reply_to=self.reply_to.get(index),
            reactions=self.reactions.get(index, ()),
            edited=bool(self.edited[index]),
            extra=self.extra.get(index, {}),
            sensed=self.senses.row(index) if self.senses is not None else None,
        )

    def __iter__(self) -> Iterator[Message]:
        return (self[index] for index in range(len(self)))

    @property
    def ids(self) -> Sequence[str]:
        """Ids by row: those the stream gave, else 16 hex digits of content, stable across runs (`.2` for the second equal message)."""
        if self.given_ids is not None:
            return self.given_ids
        if "ids" not in self._made:
            self._made["ids"] = self._content_ids()
        made: Sequence[str] = self._made["ids"]
        return made

    def _content_ids(self) -> list[str]:
        """Hash person, second and text of each row; the n-th equal message of one second gets `.n`, so nothing is lost in a merge."""
        people = [person.encode("utf-8", "replace") + b"\x1f" for person in self.people]
        seen: dict[str, int] = {}
        ids = []
        seconds, bounds, data = (self.time // 1_000_000).tolist(), self.text.offsets.tolist(), self.text.data
        for row, person in enumerate(self.person.tolist()):
            content = people[person] + b"%d\x1f" % seconds[row] + data[bounds[row] : bounds[row + 1]]
            made = hashlib.blake2b(content, digest_size=8).hexdigest()
            count = seen[made] = seen.get(made, 0) + 1
            ids.append(made if count == 1 else f"{made}.{count}")
        return ids

    def row_of(self, message_id: str) -> int:
        """Return the row of an id; raises KeyError when there is none."""
        if "rows" not in self._made:
            self._made["rows"] = {made: row for row, made in enumerate(self.ids)}
        rows: dict[str, int] = self._made["rows"]
        return rows[message_id]

    def by(self, person: str) -> Flags:
        """Return a mask of the rows that one person wrote (all False for a stranger)."""
        if person not in self.people:
            return np.zeros(len(self), dtype=np.bool_)
        mask: Flags = self.person == self.people.index(person)
        return mask

    def take(self, rows: Ints | NDArray[np.intp]) -> Messages:
        """Return the messages at `rows`, in that order, with their ids and senses."""
        ids = self.ids
        return replace(
            self,
            conversation=self.conversation[rows],
            person=self.person[rows],
            time=self.time[rows],
            what=self.what[rows],
            text=self.text.take(rows),
            file=self.file[rows],
            line=self.line[rows],
            edited=self.edited[rows],
            reply_to=_taken(self.reply_to, rows),
            reactions=_taken(self.reactions, rows),
            extra=_taken(self.extra, rows),
            given_ids=tuple(ids[row] for row in rows.tolist()),
            senses=self.senses.take(rows) if self.senses is not None else None,
            _made={},
        )

    def with_senses(self, senses: Senses) -> Messages:
        """Return the same messages with what the ear heard; raises ValueError when the lengths differ."""
        if len(senses) != len(self):
            raise ValueError(f"{len(senses)} rows were heard of {len(self)} messages")
        return replace(self, senses=senses)

    @staticmethod
    def concat(many: Sequence[Messages]) -> Messages:
        """Join several runs in order, merging their tables of names. Ids are made anew unless every run was given its own."""
        many = [messages for messages in many if len(messages)] or list(many[:1])
        if len(many) <= 1:
            return many[0] if many else Messages.none()
        conversations, people, files = (
            tuple(dict.fromkeys(name for messages in many for name in getattr(messages, names)))
            for names in ("conversations", "people", "files")
        )
        lengths = [len(messages) for messages in many]
        senses = [messages.senses for messages in many if messages.senses is not None]
        given = [messages.given_ids for messages in many if messages.given_ids is not None]
        return Messages(
            conversation=np.concatenate([_recode(m.conversation, m.conversations, conversations) for m in many]),
            person=np.concatenate([_recode(m.person, m.people, people) for m in many]),
            time=np.concatenate([m.time for m in many]),
            what=np.concatenate([m.what for m in many]),
            text=Texts.concat([m.text for m in many]),
            file=np.concatenate([_recode(m.file, m.files, files) for m in many]),
            line=np.concatenate([m.line for m in many]),
            edited=np.concatenate([m.edited for m in many]),
            conversations=conversations,
            people=people,
            files=files,
            tz=many[0].tz,
            reply_to=_shifted([m.reply_to for m in many], lengths),
            reactions=_shifted([m.reactions for m in many], lengths),
            extra=_shifted([m.extra for m in many], lengths),
            given_ids=tuple(i for ids in given for i in ids) if len(given) == len(many) else None,
            senses=Senses.concat(senses) if len(senses) == len(many) else None,
        )


def _codes(values: Iterable[str], names: tuple[str, ...]) -> Codes:
    index = {name: code for code, name in enumerate(names)}
    return np.array([index[value] for value in values], dtype=np.int32)


def _recode(codes: NDArray[Any], names: tuple[str, ...], merged: tuple[str, ...]) -> Codes:
    index = {name: code for code, name in enumerate(merged)}
    table = np.array([index[name] for name in names], dtype=np.int32)
    recoded: Codes = table[codes] if len(table) else codes.astype(np.int32)
    return recoded


def _taken(sparse: Mapping[int, Value], rows: NDArray[Any]) -> dict[int, Value]:
    if not sparse:
        return {}
    return {new: sparse[old] for new, old in enumerate(rows.tolist()) if old in sparse}


def _shifted(many: Sequence[Mapping[int, Value]], lengths: Sequence[int]) -> dict[int, Value]:
    joined: dict[int, Value] = {}
    start = 0
    for sparse, length in zip(many, lengths, strict=True):
        joined.update({start + row: value for row, value in sparse.items()})
        start += length
    return joined


def _senses(rows: Sequence[Sensed]) -> Senses:
    languages = tuple(dict.fromkeys(row.language for row in rows))
    return Senses(
        emotions=np.array([[row.emotions.get(name, 0.0) for name in EMOTIONS] for row in rows], dtype=np.float32),
        emotions_shown=np.array([[name in row.emotions_shown for name in EMOTIONS] for row in rows], dtype=np.bool_),
        acts=np.array([[row.acts.get(name, 0.0) for name in ACTS] for row in rows], dtype=np.float32),
        acts_shown=np.array([[name in row.acts_shown for name in ACTS] for row in rows], dtype=np.bool_),
        heard=np.array([row.heard for row in rows], dtype=np.bool_),
        language=_codes((row.language for row in rows), languages).astype(np.int8),
        languages=languages,
        attributes={i: row.attributes for i, row in enumerate(rows) if row.attributes},
        care={i: row.care for i, row in enumerate(rows) if row.care},
        ear=rows[0].ear,
    )
