"""A labelled chat from plain lines, for tests of episodes: `2026-03-01 09:00 Ana: sorry #apologise[quality=full] #forgive[decision=accept]`.

A line that begins with a clock time only keeps the day before it. Values that hold a comma are lists.
"""

import re
from collections.abc import Iterable
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from nearer.columns import Messages
from nearer.records import ACTS, Ear, Episode, Message, Origin, Relationship, Sensed
from nearer.relate._episodes import find_episodes

LINE = re.compile(r"(?:(\d{4}-\d\d-\d\d) )?(\d\d:\d\d) (\w+): (.*)")
ACT = re.compile(r"#(\w+)(?:\[([^\]]*)\])?")


def chat(text: str, *, tz: str = "UTC", conversation: str = "home", ear: Ear | None = None) -> Relationship:
    """Read the lines of a docstring into a relationship whose acts are labels (or heard by `ear`, at score 1)."""
    day, messages = "2026-03-01", []
    for number, line in enumerate((raw.strip() for raw in text.strip().splitlines()), start=1):
        if not line:
            continue
        found = LINE.fullmatch(line)
        assert found is not None, line
        day = found[1] or day
        at = datetime.fromisoformat(f"{day} {found[2]}").replace(tzinfo=ZoneInfo(tz))
        messages.append(message(f"m{number}", found[3], at, found[4], conversation=conversation, ear=ear))
    return together(messages, tz=tz)


def together(messages: Iterable[Message], *, tz: str = "UTC") -> Relationship:
    """Return the relationship of Ana and Ben that holds these messages."""
    return Relationship(kind="partner", people=("Ana", "Ben"), messages=Messages.of(messages, tz=tz), tz=tz)


def message(name: str, person: str, at: datetime, text: str, *, conversation: str = "home", ear: Ear | None = None) -> Message:
    """Return one labelled message; its acts stand behind # in the text."""
    acts = {act: _attributes(given) for act, given in ACT.findall(text)}
    assert set(acts) <= set(ACTS), acts
    sensed = Sensed(
        emotions={},
        emotions_shown=(),
        acts=dict.fromkeys(acts, 1.0),
        acts_shown=tuple(acts),
        attributes={act: given for act, given in acts.items() if given},
        language="en",
        heard=True,
        ear=ear,
    )
    words = ACT.sub("", text).strip()
    return Message(name, conversation, person, at, words, "text", Origin("chat.txt", int(name.strip("m") or 0)), sensed=sensed)


def _attributes(given: str) -> dict[str, Any]:
    pairs = (pair.partition("=") for pair in given.split(";") if pair)
    return {name: value.split(",") if "," in value else value for name, _, value in pairs}


def heaviest(text: str, **settings: Any) -> Episode:
    """Return the main episode of a chat."""
    return find_episodes(chat(text, **settings))[0]


def shapes(text: str, **settings: Any) -> list[tuple[str, str]]:
    """Return what every episode of a chat is and its shape, heaviest first."""
    return [(episode.what, episode.shape) for episode in find_episodes(chat(text, **settings))]
