"""The columns of one chunk while a reader fills them, and the ids that stay the same from chunk to chunk.

`Rows` gathers messages one at a time and hands them on as `Messages`. `Numbers` gives ids made from the content over a whole export that
is never held whole: the second equal message of one second ends in `.2` wherever the chunks were cut, exactly as if it were one piece.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from nearer.columns import Messages, Texts
from nearer.read._settings import Settings
from nearer.records import WHAT_INDEX, Origin, Problem, Reaction

HASH_DIGITS = 16
"""Hex digits of a content id before its `.n` (columns.py)."""

SPANS_KEPT = 128
"""How many chunks' ids are kept apart before they are joined: the search stays short for an export of many small conversations."""

FIRST_TIME: Final = -62_135_596_800 + 86_400 * 2
LAST_TIME: Final = 253_402_300_799 - 86_400 * 2
"""Seconds since 1970 that a calendar of years 1 to 9999 can show on every clock; a time outside is a problem, not a message."""


STILL_USED = frozenset(["message_cut"])
"""Problems of a message that was used all the same: told, but not counted among what could not be used."""


class Rows:
    """Messages of one file on their way into columns; `make` empties it, the tables of names stay."""

    def __init__(self, file: str, *, settings: Settings) -> None:
        self.file = file
        self.settings = settings
        self._people: dict[str, int] = {}
        self._conversations: dict[str, int] = {}
        self._files: dict[str, int] = {file: 0}
        self._clear()

    def _clear(self) -> None:
        self.person: list[int] = []
        self.conversation: list[int] = []
        self.time: list[int] = []
        self.what: list[int] = []
        self.text: list[str] = []
        self.line: list[int] = []
        self.in_file: list[int] = []
        self.edited: list[int] = []
        self.reply_to: dict[int, str] = {}
        self.reactions: dict[int, tuple[Reaction, ...]] = {}
        self.extra: dict[int, Mapping[str, Any]] = {}

    def __len__(self) -> int:
        return len(self.time)

    def add(self, person: str, time: int, *, text: str, line: int, conversation: str, what: str = "text") -> Problem | None:
        """Add one message (time in microseconds of UTC); returns a problem when its text had to be cut at `message_bytes`.

        Raises TooLarge when there are more people than `people` allows."""
        problem = None
        bound = self.settings.limits.message_bytes
        if len(text) * 4 > bound:
            text, was_cut = cut(text, bound)
            problem = (
                Problem("message_cut", f"the message is longer than {bound:,} bytes; its end was left out", self.origin(line))
                if was_cut
                else None
            )
        code = self._people.get(person)
        if code is None:
            code = self._people[person] = len(self._people)
            seen = len(self._people) - ("" in self._people)
            self.settings.limits.check("people", seen, file=self.file, unit="people")
        self.person.append(code)
        self.conversation.append(self._conversations.setdefault(conversation, len(self._conversations)))
        self.time.append(time)
        self.what.append(WHAT_INDEX[what])
        self.text.append(text)
        self.line.append(line)
        self.in_file.append(0)
        return problem

    def add_origin(self, origin: Origin) -> None:
        """Say that the last message came from elsewhere: it was read before and carries its own origin."""
        self.in_file[-1] = self._files.setdefault(origin.file, len(self._files))
        self.line[-1] = origin.line

    def origin(self, line: int) -> Origin:
        """Return where a line of this file is."""
        return Origin(self.file, line)

    def make(self, *, ids: tuple[str, ...] | None = None) -> Messages:
        """Return what was gathered and begin anew."""
        edited = np.zeros(len(self), dtype=np.bool_)
        edited[self.edited] = True
        made = Messages(
            conversation=np.array(self.conversation, dtype=np.int32),
            person=np.array(self.person, dtype=np.int32),
            time=np.array(self.time, dtype=np.int64),
            what=np.array(self.what, dtype=np.int8),
            text=Texts.of(self.text),
            file=np.array(self.in_file, dtype=np.int32),
            line=np.array(self.line, dtype=np.int64),
            edited=edited,
            conversations=tuple(self._conversations),
            people=tuple(self._people),
            files=tuple(self._files),
            tz=self.settings.tz,
            reply_to=self.reply_to,
            reactions=self.reactions,
            extra=self.extra,
            given_ids=ids,
        )
        self._clear()
        return made


def cut(text: str, bound: int) -> tuple[str, bool]:
    """Return the text cut to at most `bound` bytes of UTF-8, on a whole character, and whether anything was cut."""
    data = text.encode("utf-8", "replace")
    return (text, False) if len(data) <= bound else (data[:bound].decode("utf-8", "ignore"), True)


@dataclass(frozen=True, slots=True)
class _Span:
    hashes: NDArray[np.uint64]
    first: int
    last: int


class Numbers:
    """Content ids over the chunks of one export; 8 bytes a message are remembered."""

    def __init__(self) -> None:
        self._spans: list[_Span] = []

    def number(self, messages: Messages) -> Messages:
        """Return the messages with their ids; those that have ids of their own keep them."""
        if messages.given_ids is not None or not len(messages):
            return messages
        ids = list(messages.ids)
        hashes = np.array([int(made[:HASH_DIGITS], 16) for made in ids], dtype=np.uint64)
        seconds = messages.time // 1_000_000
        span = _Span(np.sort(hashes), int(seconds.min()), int(seconds.max()))
        earlier = self._earlier(hashes, span)
        for row in np.flatnonzero(earlier).tolist():
            base, _, count = ids[row].partition(".")
            ids[row] = f"{base}.{int(count or 1) + int(earlier[row])}"
        self._spans.append(span)
        if len(self._spans) > SPANS_KEPT:
            self._join()
        return replace(messages, given_ids=tuple(ids), _made={})

    def _earlier(self, hashes: NDArray[np.uint64], span: _Span) -> NDArray[np.int64]:
        """Count for each row how often its content came in earlier chunks; only chunks that share a second with it can hold it."""
        counts = np.zeros(len(hashes), dtype=np.int64)
        for other in self._spans:
            if other.first <= span.last and span.first <= other.last:
                counts += np.searchsorted(other.hashes, hashes, "right") - np.searchsorted(other.hashes, hashes, "left")
        return counts

    def _join(self) -> None:
        hashes = np.sort(np.concatenate([span.hashes for span in self._spans]))
        self._spans = [_Span(hashes, min(span.first for span in self._spans), max(span.last for span in self._spans))]
