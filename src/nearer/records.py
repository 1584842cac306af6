"""What the rooms hand to each other: messages, people, episodes, findings, problems.

`Message` is one message, light and readable, so that a measure may be a plain loop. A relationship holds its messages as columns
(`nearer.columns.Messages`), a sequence of `Message` over arrays, so that a measure may also be written over a million of them at once.

Every record is frozen: a change makes a new one. Times are aware datetimes (columns: microseconds since 1970 in UTC), ids are strings,
scores are floats in 0..1.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, tzinfo
from functools import lru_cache
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Literal
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from nearer.columns import Messages

EMOTIONS: tuple[str, ...] = tuple(
    "admiration amusement anger annoyance approval caring confusion curiosity desire disappointment disapproval disgust embarrassment "
    "excitement fear gratitude grief joy love nervousness optimism pride realization relief remorse sadness surprise neutral".split(),
)
"""The 28 emotions of GoEmotions, in the order of the score columns (constructs 6)."""

ACTS: tuple[str, ...] = tuple(
    "bid_connect bid_comfort good_news disclose_feeling request_need comfort validate curious_question celebrate appreciate advise humour "
    "turn_away complain blame contempt defend withdraw threaten_leave own_reactivity apologise forgive promise promise_ref plan_ritual "
    "greet_part".split(),
)
"""The 26 acts, in the order of the score columns (constructs 5)."""

WHATS: tuple[str, ...] = ("text", "media", "deleted", "call", "poll", "system")
"""What a message can be. Only `text` is heard by the ear."""

ACT_INDEX: Mapping[str, int] = MappingProxyType({name: index for index, name in enumerate(ACTS)})
EMOTION_INDEX: Mapping[str, int] = MappingProxyType({name: index for index, name in enumerate(EMOTIONS)})
WHAT_INDEX: Mapping[str, int] = MappingProxyType({name: index for index, name in enumerate(WHATS)})

Kind = Literal["partner", "friend", "brand"]
Says = Literal["clearly", "probably", "cannot_tell"]
Ints = NDArray[np.int64]
Codes = NDArray[np.int32]
Small = NDArray[np.int8]
Scores = NDArray[np.float32]
Flags = NDArray[np.bool_]

MICROSECOND = timedelta(microseconds=1)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@lru_cache(maxsize=64)
def zone(name: str) -> tzinfo:
    """Return the time zone of an IANA name such as `Europe/Berlin`; raises `ZoneInfoNotFoundError` (a KeyError) when there is none."""
    return UTC if name == "UTC" else ZoneInfo(name)


def to_microseconds(time: datetime) -> int:
    """Convert an aware datetime to whole microseconds since 1970 in UTC."""
    return (time - EPOCH) // MICROSECOND


def from_microseconds(microseconds: int, *, tz: str = "UTC") -> datetime:
    """Convert microseconds since 1970 in UTC to an aware datetime on the clock of `tz`."""
    return (EPOCH + timedelta(microseconds=int(microseconds))).astimezone(zone(tz))


# ---------------------------------------------------------------------------------------------------------------- where things came from


@dataclass(frozen=True, slots=True, order=True)
class Origin:
    """File and line a record came from. Lines count from 1; 0 means the file as a whole."""

    file: str
    line: int


@dataclass(frozen=True, slots=True)
class Problem:
    """Something we could not use, with its origin. `what` is a short word to count by, `says` a sentence for a person.

    Neither ever holds message text (safety.md: no message text in logs)."""

    what: str
    says: str
    origin: Origin


@dataclass(frozen=True, slots=True)
class Export:
    """One export as it was read: how its lines were used and what its format cannot carry.

    messages + continuations + system + problems = lines, for formats made of lines (contract.md, envelope)."""

    file: str
    format: str
    lines: int
    messages: int
    system: int
    continuations: int
    problems: int
    cannot_carry: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    """What a reader decided and a person should see: `dates read as day/month/year (41 dates can only be that)`."""


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who wrote, under the name we show, with all the names and addresses the exports know them by."""

    name: str
    also: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Reaction:
    """An emoji put on a message; `person` is "" when the export does not say whose it is."""

    emoji: str
    person: str = ""


@dataclass(frozen=True, slots=True)
class Ear:
    """Which model heard the messages. `hash` is the SHA-256 of its weights."""

    name: str
    version: str
    hash: str


@dataclass(frozen=True, slots=True)
class ActErrors:
    """How often an ear is right about one act at its *counted* operating point: a confusion matrix in messages (constructs 8.1)."""

    hit: int
    miss: int
    false_alarm: int
    quiet: int

    @property
    def sensitivity(self) -> float:
        """Share of true acts that are found; 0.0 when none was labelled."""
        return self.hit / (self.hit + self.miss) if self.hit + self.miss else 0.0

    @property
    def specificity(self) -> float:
        """Share of messages without the act that stay silent; 0.0 when none was labelled."""
        return self.quiet / (self.quiet + self.false_alarm) if self.quiet + self.false_alarm else 0.0


@dataclass(frozen=True, slots=True, eq=False)
class HeldOut:
    """The labelled messages on which an ear was measured, dialogue by dialogue in order, none of which it had learnt from.

    `truth`, `shown` and `counted` are bit masks over `ACTS`: which acts a message holds, which the ear shows, which it counts. `hand` says who wrote it and
    `setting` (codes into `settings`) for what; `dialogue` and `person` say where one person's lines in a row begin and end. With them the
    errors of any group of acts, in one message or in a few, can be counted as they were, not pieced together."""

    truth: NDArray[np.uint32]
    shown: NDArray[np.uint32]
    counted: NDArray[np.uint32]
    hand: Codes
    setting: Codes
    dialogue: Codes
    person: Codes
    settings: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.truth)


@dataclass(frozen=True, slots=True)
class EarErrors:
    """What travels beside an ear's weights: the *counted* thresholds and the error figures by setting.

    `counted` maps an act to the score from which it counts. `by_setting` maps a setting (`partner`, `friend`, `brand`, `all`) to the
    figures of each act; a setting that was not measured falls back to `all`. `held_out` are the messages behind them, where they ship."""

    ear: Ear
    counted: Mapping[str, float]
    by_setting: Mapping[str, Mapping[str, ActErrors]]
    held_out: HeldOut | None = None

    def of(self, act: str, *, setting: str) -> ActErrors | None:
        """Return the figures of one act in one setting, those of all settings where it has none, or None."""
        figures = self.by_setting.get(setting, {}).get(act)
        return figures or self.by_setting.get("all", {}).get(act)


# ------------------------------------------------------------------------------------------------------------------------------ messages


@dataclass(frozen=True, slots=True)
class Sensed:
    """What the ear heard in one message (contract.md, Sensed). `care` is "crisis" or "violence" where the analysis stopped, else ""."""

    emotions: Mapping[str, float]
    emotions_shown: tuple[str, ...]
    acts: Mapping[str, float]
    acts_shown: tuple[str, ...]
    attributes: Mapping[str, Mapping[str, Any]]
    language: str
    heard: bool
    ear: Ear | None
    care: str = ""


@dataclass(frozen=True, slots=True)
class Message:
    """One thing one person wrote at one time. `person` is "" for a system line."""

    id: str
    conversation: str
    person: str
    time: datetime
    text: str
    what: str
    origin: Origin
    reply_to: str | None = None
    reactions: tuple[Reaction, ...] = ()
    edited: bool = False
    extra: Mapping[str, Any] = field(default_factory=dict)
    sensed: Sensed | None = None

    def has_act(self, act: str) -> bool:
        """Say whether this message shows the act, at the precise (*shown*) operating point."""
        return self.sensed is not None and act in self.sensed.acts_shown


@dataclass(frozen=True, slots=True)
class Conversation:
    """Messages of the same people, in order, from one export."""

    name: str
    messages: Messages


@dataclass(frozen=True, slots=True)
class Relationship:
    """The same people over all their conversations; `messages` are in order of time within each conversation.

    `people` are the names we show, the two who relate first. `me` is the person who opened this, or None. `both` says that both agreed
    to see what belongs to one person alone (decision (a) of safety.md)."""

    kind: Kind
    people: tuple[str, ...]
    messages: Messages
    me: str | None = None
    both: bool = False
    tz: str = "UTC"
    exports: tuple[Export, ...] = ()
    problems: tuple[Problem, ...] = ()

    def other(self, person: str) -> str:
        """Return the other one of the two; raises ValueError for a stranger or where there are not two."""
        pair = self.people[:2]
        if len(pair) < 2 or person not in pair:  # noqa: PLR2004 - two people make a relationship
            raise ValueError(f"{person!r} is not one of two here")
        return pair[1] if person == pair[0] else pair[0]

    def with_act(self, act: str, *, by: str) -> Iterator[Message]:
        """Yield the messages of one person that show the act, in order."""
        senses = self.messages.senses
        if senses is None:
            return
        for row in np.flatnonzero(senses.acts_shown[:, ACT_INDEX[act]] & self.messages.by(by)).tolist():
            yield self.messages[row]

    def conversations(self) -> Iterator[Conversation]:
        """Yield the conversations in the order they first appear."""
        for code in dict.fromkeys(self.messages.conversation.tolist()):
            rows = np.flatnonzero(self.messages.conversation == code)
            yield Conversation(self.messages.conversations[code], self.messages.take(rows))


# ------------------------------------------------------------------------------------------------------------- what relate finds in them


@dataclass(frozen=True, slots=True)
class Episode:
    """A run of messages that belong together, with its shape and who had which part in it (episodes.md)."""

    conversation: str
    episode: str
    what: str
    shape: str
    weight: float
    roles: Mapping[str, str]
    messages: tuple[str, ...]
    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class Evidence:
    """A message behind a finding (or against it), and why it stands there."""

    id: str
    why: str


@dataclass(frozen=True, slots=True)
class Point:
    """One place of a finding's series: a period (`since`, `until`) or a named cell (`label`), with its interval and n.

    A value of None means that it can't be told there."""

    value: float | None
    n: int = 0
    low: float | None = None
    high: float | None = None
    since: datetime | None = None
    until: datetime | None = None
    label: str = ""


@dataclass(frozen=True, slots=True)
class Finding:
    """What a measure found: value, 90 % interval, out of how many, evidence (contract.md, Findings).

    `cannot_tell` carries `needs` ("30 bids; 12 so far") and no value. `series` lets the finding be drawn over time or over named cells;
    it is extra, and every point of it is counted by the same rule as the value."""

    measure: str
    person: str | None = None
    toward: str | None = None
    value: float | None = None
    unit: str = ""
    low: float | None = None
    high: float | None = None
    n: int = 0
    out_of: int = 0
    says: Says = "cannot_tell"
    needs: str = ""
    since: datetime | None = None
    until: datetime | None = None
    evidence: tuple[Evidence, ...] = ()
    against: tuple[Evidence, ...] = ()
    coverage: str = ""
    sensitivity: tuple[Mapping[str, Any], ...] = ()
    series: tuple[Point, ...] = ()
