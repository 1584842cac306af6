"""The messages a report quotes: looked up once by id, with date, person, file and line, so that every number can be opened (Z2).

Only what is asked for is taken out of the columns: a report of a million messages holds as much as one of a thousand.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

import numpy as np

from nearer.columns import Messages
from nearer.records import Episode, Evidence, Finding, Message
from nearer.show._amounts import day
from nearer.show._names import TEXT_LENGTH, Cast, cut, visible
from nearer.show._words import Words

QUOTED_EVIDENCE, QUOTED_AGAINST = 3, 2
"""Three messages as evidence and two that say otherwise (look.md, A card)."""

EPISODES = 400
"""So many episodes of each kind may be quoted, the latest ones: a report never shows more."""


@dataclass(frozen=True, slots=True)
class Quote:
    """One message as a report shows it. `place` is 0 or 1 for one of the two, None for anybody else; `text` is cleaned and cut.

    `is_text` is False where the text is a word of ours: a picture, a deleted message, words that are hidden."""

    id: str
    name: str
    place: int | None
    time: datetime
    text: str
    is_text: bool
    left: int
    file: str
    line: int
    why: str = ""

    @property
    def when(self) -> str:
        """Date and clock time as one says them."""
        return f"{day(self.time)}, {self.time:%H:%M}"


def pick(messages: Messages, ids: Collection[str]) -> Messages:
    """Return the messages of these ids, in order; ids that are not there are left out."""
    rows = [row for row, made in enumerate(messages.ids) if made in ids] if ids else []
    return messages.take(np.array(rows, dtype=np.int64))


def wanted(findings: Iterable[Finding], episodes: Iterable[Episode]) -> set[str]:
    """Return the ids of every message that a report may quote: what findings point to, and the latest EPISODES episodes of each kind."""
    ids = {evidence.id for finding in findings for evidence in (*finding.evidence, *finding.against)}
    held: Counter[str] = Counter()
    for episode in sorted(episodes, key=lambda episode: (episode.start, episode.episode), reverse=True):
        held[episode.what] += 1
        if held[episode.what] <= EPISODES:
            ids.update(episode.messages)
    return ids


@dataclass(frozen=True)
class Quotes:
    """The picked messages by id, ready to be quoted."""

    by_id: Mapping[str, Message]
    cast: Cast
    words: Words
    hidden: bool = False

    @classmethod
    def of(cls, picked: Messages, cast: Cast, words: Words, *, hidden: bool) -> Quotes:
        """Hold the picked messages; with `hidden` no word of them is shown."""
        return cls({message.id: message for message in picked}, cast, words, hidden)

    def evidence(self, found: Iterable[Evidence], *, most: int) -> tuple[Quote, ...]:
        """Return the first `most` of some evidence as quotes, in the order it came; what is not at hand is left out."""
        return tuple(
            self.quote(self.by_id[evidence.id], why=self.words.plainly(self.cast.inside(evidence.why)))
            for evidence in list(found)[:most]
            if evidence.id in self.by_id
        )

    def episode(self, episode: Episode, *, most: int) -> tuple[Quote, ...]:
        """Return the first `most` messages of an episode as quotes."""
        return tuple(self.quote(self.by_id[made]) for made in episode.messages if made in self.by_id)[:most]

    def quote(self, message: Message, *, why: str = "") -> Quote:
        """Return one message as it is quoted."""
        text, is_text = self._text(message)
        return Quote(
            id=message.id,
            name=self.cast.said(message.person),
            place=self.cast.place(message.person),
            time=message.time,
            text=cut(text, TEXT_LENGTH) if is_text else text,
            is_text=is_text,
            left=max(0, len(text) - TEXT_LENGTH) if is_text else 0,
            file=visible(message.origin.file),
            line=message.origin.line,
            why=why,
        )

    def _text(self, message: Message) -> tuple[str, bool]:
        kinds: Mapping[str, str] = self.words.table["page"]["not_text"]
        if self.hidden:
            return self.words.page("words_hidden"), False
        text = visible(message.text.strip(), lines=True, marks=True)
        return (text, True) if text else (kinds.get(message.what, kinds["media"]), False)
