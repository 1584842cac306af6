"""A conversation in a docstring, read into a relationship whose acts are labels: `2026-03-01 09:00 Ana: look at this sunrise! #bid_connect`.

Attributes stand in brackets: `#apologise[quality=full]`. A line without a date keeps the day before it. `talk` takes the people in the order
they first write, or as given; a line may begin with the conversation's name and a bar: `group| 2026-03-01 09:00 Chloe: ...`.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np

from nearer.columns import Messages, Senses, Texts
from nearer.records import (
    ACT_INDEX,
    ACTS,
    EMOTIONS,
    ActErrors,
    Ear,
    EarErrors,
    Finding,
    Flags,
    Ints,
    Kind,
    Message,
    Origin,
    Relationship,
    Sensed,
    to_microseconds,
)

LINE = re.compile(r"(?:(\w+)\| )?(?:(\d{4}-\d\d-\d\d) )?(\d\d:\d\d(?::\d\d)?) (\w+): ?(.*)")
ACT = re.compile(r"#(\w+)(?:\[([^\]]*)\])?")


def talk(
    text: str,
    *,
    people: Sequence[str] = (),
    tz: str = "UTC",
    kind: Kind = "partner",
    conversation: str = "home",
    unheard: Sequence[str] = (),
) -> Relationship:
    """Read a conversation; ids are m1, m2, ... by line. Messages whose text is in `unheard` were not heard."""
    day, rows = "2026-03-01", []
    for number, line in enumerate(filter(None, (raw.strip() for raw in text.strip().splitlines())), start=1):
        found = LINE.fullmatch(line)
        assert found is not None, line
        day = found[2] or day
        at = datetime.fromisoformat(f"{day} {found[3]}").replace(tzinfo=ZoneInfo(tz))
        words = ACT.sub("", found[5]).strip()
        sensed = _sensed(found[5], heard=words not in unheard)
        rows.append(Message(f"m{number}", found[1] or conversation, found[4], at, words, "text", Origin("chat.txt", number), sensed=sensed))
    names = tuple(people) or tuple(dict.fromkeys(row.person for row in rows))
    return Relationship(kind=kind, people=names, messages=Messages.of(rows, tz=tz), tz=tz)


def _sensed(text: str, *, heard: bool) -> Sensed:
    acts = {name: _attributes(given) for name, given in ACT.findall(text)} if heard else {}
    assert set(acts) <= set(ACTS), acts
    return Sensed(
        emotions={},
        emotions_shown=(),
        acts=dict.fromkeys(acts, 1.0),
        acts_shown=tuple(acts),
        attributes={act: given for act, given in acts.items() if given},
        language="en",
        heard=heard,
        ear=None,
    )


def _attributes(given: str) -> dict[str, Any]:
    pairs = (pair.partition("=") for pair in given.split(";") if pair)
    return {name: value.split(",") if "," in value else value for name, _, value in pairs}


def every_day(count: int, script: str, *, since: str = "2026-03-01", step: int = 1) -> str:
    """Repeat a day's lines (`09:00 Ana: hello`) on `count` days, `step` days apart."""
    first = datetime.fromisoformat(since)
    lines = [line.strip() for line in script.strip().splitlines()]
    return "\n".join(f"{first + timedelta(days=day * step):%Y-%m-%d} {line}" for day in range(count) for line in lines)


def only(findings: Iterable[Finding], measure: str, person: str | None = None) -> Finding:
    """Return the one finding of a measure about a person."""
    (found,) = [finding for finding in findings if finding.measure == measure and finding.person == person]
    return found


def from_arrays(who: Ints, minute: Ints, acts: Mapping[str, Flags], *, errors: EarErrors | None = None, seed: int = 0) -> Relationship:
    """Return Ana's (0) and Ben's (1) messages at minutes since 2026, with these true acts; with `errors`, as that ear would hear them."""
    count, random = len(who), np.random.default_rng(seed)
    flags = np.zeros((count, len(ACTS)), dtype=np.bool_)
    for act, true in acts.items():
        flags[:, ACT_INDEX[act]] = true
    if errors is not None:
        for act, column in ACT_INDEX.items():
            figures = errors.of(act, setting="partner")
            assert figures is not None
            chance = np.where(flags[:, column], figures.sensitivity, 1 - figures.specificity)
            flags[:, column] = random.random(count) < chance
    senses = Senses(
        emotions=np.zeros((count, len(EMOTIONS)), dtype=np.float32),
        emotions_shown=np.zeros((count, len(EMOTIONS)), dtype=np.bool_),
        acts=flags.astype(np.float32),
        acts_shown=flags,
        heard=np.ones(count, dtype=np.bool_),
        language=np.zeros(count, dtype=np.int8),
        languages=("en",),
        ear=errors.ear if errors else None,
    )
    messages = Messages(
        conversation=np.zeros(count, dtype=np.int32),
        person=who.astype(np.int32),
        time=to_microseconds(datetime(2026, 1, 1, tzinfo=UTC)) + minute.astype(np.int64) * 60_000_000,
        what=np.zeros(count, dtype=np.int8),
        text=Texts.of(["so"] * count),
        file=np.zeros(count, dtype=np.int32),
        line=np.arange(1, count + 1),
        edited=np.zeros(count, dtype=np.bool_),
        conversations=("home",),
        people=("Ana", "Ben"),
        files=("chat.txt",),
        senses=senses,
    )
    return Relationship(kind="partner", people=("Ana", "Ben"), messages=messages)


def an_ear(sensitivity: float, specificity: float, *, labelled: int = 1000) -> EarErrors:
    """Return an ear that errs alike on every act, measured on `labelled` messages with and as many without the act."""
    hit, quiet = round(sensitivity * labelled), round(specificity * labelled)
    figures = ActErrors(hit=hit, miss=labelled - hit, false_alarm=labelled - quiet, quiet=quiet)
    return EarErrors(Ear("swift", "1", "0"), dict.fromkeys(ACTS, 0.5), {"all": dict.fromkeys(ACTS, figures)})
