"""What the episodes of a relationship give to a report: the quarrels and how they ended, the latest promises, and marks for the ribbon.

How something ended is said in the words of its shape (episodes.md); nobody is said to be right. The latest stand with their messages, the
earlier ones as a list with date, file and line.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from nearer.records import Episode, Finding
from nearer.show._amounts import day
from nearer.show._quotes import EPISODES, Quote, Quotes
from nearer.show._words import Words

LATEST = 6
"""So many stand with their messages."""
EARLIER = EPISODES - LATEST
"""So many earlier ones are listed."""
MESSAGES = 10
"""So many messages of one episode are quoted."""
REPAIRED = frozenset({"repair", "forgiveness_full"})


@dataclass(frozen=True, slots=True)
class Happened:
    """One episode of a list: when, how it ended in words, how long, and its messages."""

    day: str
    ended: str
    count: int
    quotes: tuple[Quote, ...]
    where: str
    """File and line of its first message, "" where that is not at hand."""


@dataclass(frozen=True, slots=True)
class Listed:
    """The latest of one kind of episode, and the earlier ones."""

    title: str
    says: str
    earlier_title: str
    latest: tuple[Happened, ...]
    earlier: tuple[Happened, ...]
    more: int


@dataclass(frozen=True, slots=True)
class Mark:
    """A small mark under the ribbon."""

    lane: str
    time: datetime
    says: str


def may_be_listed(episode: Episode, *, both: bool) -> bool:
    """Say whether an episode is something between the two; what one person tells of themselves (`talk`) is theirs unless both agreed."""
    return both or episode.what != "talk"


def list_of(what: str, episodes: Iterable[Episode], *, words: Words, quotes: Quotes) -> Listed | None:
    """Return the episodes of one kind, latest first; None where there is none."""
    found = sorted((e for e in episodes if e.what == what), key=lambda episode: (episode.start, episode.episode), reverse=True)
    if not found:
        return None
    said: Mapping[str, str] = words.table[f"{what}_list"]
    return Listed(
        title=said["title"],
        says=said["says"],
        earlier_title=said["earlier"],
        latest=tuple(_happened(episode, words, quotes, most=MESSAGES) for episode in found[:LATEST]),
        earlier=tuple(_happened(episode, words, quotes, most=1) for episode in found[LATEST : LATEST + EARLIER]),
        more=max(0, len(found) - LATEST - EARLIER),
    )


def _happened(episode: Episode, words: Words, quotes: Quotes, *, most: int) -> Happened:
    quoted = quotes.episode(episode, most=most)
    shapes: Mapping[str, str] = words.table["shapes"]
    return Happened(
        day=day(episode.start),
        ended=shapes.get(episode.shape, shapes["none"]),
        count=len(episode.messages),
        quotes=quoted,
        where=f"{quoted[0].file}, line {quoted[0].line}" if quoted else "",
    )


def marks(episodes: Iterable[Episode], findings: Sequence[Finding], words: Words) -> list[Mark]:
    """Return what stands under the ribbon: quarrels, repairs, good news that was shared, rituals that stopped."""
    said: Mapping[str, str] = words.table["picture"]
    found = []
    for episode in episodes:
        if episode.what == "quarrel":
            found.append(Mark(said["lane_quarrel"], episode.start, day(episode.start)))
            if episode.shape in REPAIRED:
                found.append(Mark(said["lane_repair"], episode.end, day(episode.end)))
        elif episode.what == "good_news":
            found.append(Mark(said["lane_news"], episode.start, day(episode.start)))
    stopped = (finding for finding in findings if finding.measure == "ritual_stopped" and finding.since is not None)
    found += [Mark(said["lane_stopped"], finding.since, day(finding.since)) for finding in stopped if finding.since]
    return sorted(found, key=lambda mark: (mark.time, mark.lane))
