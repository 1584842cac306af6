"""The log: every line that is written in a simulated chat, kept as columns while it grows, so that a million of them stay cheap."""

from __future__ import annotations

from array import array
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from nearer.columns import Messages, Senses, Texts
from nearer.records import ACT_INDEX, ACTS, EMOTIONS, WHAT_INDEX, Flags, Ints

SECOND = 1_000_000
"""Microseconds."""
LANGUAGES = ("en",)


class Log:
    """Lines in the order they are written: who, when (UTC seconds), what, which acts (one bit each), which attributes."""

    def __init__(self) -> None:
        self._text, self._ends = bytearray(), array("q", [0])
        self._person, self._time = array("b"), array("q")
        self._what, self._acts = array("b"), array("q")
        self._attributes: dict[int, Mapping[str, Mapping[str, Any]]] = {}

    def __len__(self) -> int:
        return len(self._time)

    def add(
        self,
        person: int,
        second: int,
        *,
        text: str,
        acts: int = 0,
        what: str = "text",
        attributes: Mapping[str, Mapping[str, Any]] | None = None,
    ) -> int:
        """Write one line and return its row."""
        self._text += text.encode()
        self._ends.append(len(self._text))
        self._person.append(person)
        self._time.append(second)
        self._what.append(WHAT_INDEX[what])
        self._acts.append(acts)
        if attributes:
            self._attributes[len(self._time) - 1] = attributes
        return len(self._time) - 1

    def acts_of(self, row: int) -> int:
        """Return the acts of one line, one bit each."""
        return self._acts[row]

    def second_of(self, row: int) -> int:
        """Return when a line was written, UTC seconds."""
        return self._time[row]

    def add_attribute(self, row: int, act: str, **values: Any) -> None:
        """Note attributes of an act of a line (contract.md) beside those its phrase has."""
        known = self._attributes.get(row, {})
        self._attributes[row] = {**known, act: {**known.get(act, {}), **values}}

    @property
    def persons(self) -> Ints:
        """Who wrote each line, 0 or 1."""
        return np.array(self._person, dtype=np.int64)

    @property
    def seconds(self) -> Ints:
        """When each line was written, UTC seconds."""
        return np.array(self._time, dtype=np.int64)

    @property
    def acts(self) -> Ints:
        """The acts of each line, one bit each in the order of `records.ACTS`."""
        return np.array(self._acts, dtype=np.int64)

    def to_messages(self, people: Sequence[str], *, conversation: str, file: str, tz: str) -> Messages:
        """Return the lines as messages whose senses are labels: true acts, no ear."""
        count = len(self)
        return Messages(
            conversation=np.zeros(count, dtype=np.int32),
            person=np.array(self._person, dtype=np.int32),
            time=self.seconds * SECOND,
            what=np.array(self._what, dtype=np.int8),
            text=Texts(bytes(self._text), np.array(self._ends, dtype=np.int64)),
            file=np.zeros(count, dtype=np.int32),
            line=np.arange(1, count + 1, dtype=np.int64),
            edited=np.zeros(count, dtype=np.bool_),
            conversations=(conversation,),
            people=tuple(people),
            files=(file,),
            tz=tz,
            senses=self._senses(),
        )

    def _senses(self) -> Senses:
        count = len(self)
        flags = np.zeros((count, len(ACTS)), dtype=np.bool_)
        acts = self.acts
        for column in ACT_INDEX.values():
            flags[:, column] = (acts >> column) & 1
        heard: Flags = np.array(self._what, dtype=np.int8) == WHAT_INDEX["text"]
        return Senses(
            emotions=np.zeros((count, len(EMOTIONS)), dtype=np.float32),
            emotions_shown=np.zeros((count, len(EMOTIONS)), dtype=np.bool_),
            acts=flags.astype(np.float32),
            acts_shown=flags,
            heard=heard,
            language=np.zeros(count, dtype=np.int8),
            languages=LANGUAGES,
            attributes=self._attributes,
        )
