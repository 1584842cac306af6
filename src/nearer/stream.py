"""What flows between the stages, as JSON lines: one object a line, UTF-8, a newline only between lines (contract.md).

Every stage writes what the next one reads. `to_lines` and `from_lines` turn messages, `to_envelope` and `from_envelope` the first line,
`to_finding` and `from_finding`, `to_episode` and `from_episode` the rest. Keys we do not know pass through untouched. A line that is not
an object, lacks `text` or `time`, or holds a value of the wrong kind is a StreamError with its line number, never a guess.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, replace
from datetime import datetime
from itertools import pairwise
from typing import Any, BinaryIO

import numpy as np
import orjson

from nearer.columns import Messages
from nearer.errors import StreamError
from nearer.records import (
    ACTS,
    EMOTIONS,
    WHAT_INDEX,
    Ear,
    Episode,
    Evidence,
    Export,
    Finding,
    Flags,
    Message,
    Origin,
    Point,
    Problem,
    Reaction,
    Relationship,
    Sensed,
    from_microseconds,
    zone,
)

SCORE_DIGITS = 6
"""Scores are written with six decimals: finer than any calibration, and a line stays readable."""

LINE_BYTES = 16 << 20
"""The longest line of a stream we take: far above a message of 256 KiB with its scores; a bound all the same."""

ROWS = 10_000
"""So many messages are held as records at a time; the rest are columns already."""

_MESSAGE = frozenset("id conversation person time text what origin reply_to reactions edited".split())
_SENSED = frozenset("emotions emotions_shown acts acts_shown attributes language ear heard care".split())
_FINDING_TIMES = ("since", "until")


def lines_of(opened: BinaryIO) -> Iterator[bytes]:
    """Yield the lines of an open file, none of them read further than just above LINE_BYTES: `load` refuses what is longer."""
    while line := opened.readline(LINE_BYTES + 1):
        yield line


def dump(row: Mapping[str, Any]) -> bytes:
    """Write one object as one line, newline included; a lone surrogate becomes U+FFFD."""
    return orjson.dumps(row, option=orjson.OPT_APPEND_NEWLINE | orjson.OPT_NON_STR_KEYS)


def load(lines: Iterable[bytes]) -> Iterator[tuple[int, dict[str, Any]]]:
    """Yield (line number, object) for every line that is not blank; raises StreamError."""
    for number, line in enumerate(lines, 1):
        if len(line) > LINE_BYTES:
            raise StreamError(number, f"the line is longer than {LINE_BYTES:,} bytes")
        if not line.strip():
            continue
        try:
            row = orjson.loads(line)
        except orjson.JSONDecodeError:
            raise StreamError(number, "this is not a JSON object") from None
        if not isinstance(row, dict):
            raise StreamError(number, "this is not a JSON object")
        yield number, row


# ----------------------------------------------------------------------------------------------------------------------------- messages


def to_lines(messages: Messages) -> Iterator[bytes]:
    """Yield one line for each message, with what was heard in it where there are senses."""
    return (dump(row) for row in to_rows(messages))


def to_rows(messages: Messages) -> Iterator[dict[str, Any]]:
    """Yield one JSON-ready object for each message (contract.md, Message and Sensed)."""
    ids, senses, ear = messages.ids, messages.senses, None
    if senses is not None:
        emotions, acts = (np.round(scores.astype(float, order="C"), SCORE_DIGITS) for scores in (senses.emotions, senses.acts))
        emotions_shown, acts_shown = _names(senses.emotions_shown, EMOTIONS), _names(senses.acts_shown, ACTS)
        ear = asdict(senses.ear) if senses.ear else None
    people, conversations, files = messages.person.tolist(), messages.conversation.tolist(), messages.file.tolist()
    whats = list(WHAT_INDEX)
    for row, text in enumerate(messages.text):
        out: dict[str, Any] = {
            "id": ids[row],
            "conversation": messages.conversations[conversations[row]],
            "person": messages.people[people[row]],
            "time": from_microseconds(messages.time[row], tz=messages.tz).isoformat(),
            "text": text,
            "what": whats[messages.what[row]],
            "origin": {"file": messages.files[files[row]], "line": int(messages.line[row])},
        }
        _add_rarely(out, messages, row)
        if senses is not None:
            heard: dict[str, Any] = {
                "emotions": dict(zip(EMOTIONS, emotions[row].tolist(), strict=True)),
                "emotions_shown": emotions_shown[row],
                "acts": dict(zip(ACTS, acts[row].tolist(), strict=True)),
                "acts_shown": acts_shown[row],
                "attributes": senses.attributes.get(row, {}),
                "language": senses.languages[senses.language[row]],
                "heard": bool(senses.heard[row]),
            }
            out |= heard | ({"ear": ear} if ear else {}) | ({"care": senses.care[row]} if row in senses.care else {})
        yield out


def _names(flags: Flags, names: tuple[str, ...]) -> list[list[str]]:
    """Return the names that are flagged, row by row."""
    rows, columns = np.nonzero(flags)
    found, bounds = [names[column] for column in columns.tolist()], np.searchsorted(rows, np.arange(len(flags) + 1)).tolist()
    return [found[start:end] for start, end in pairwise(bounds)]


def _add_rarely(out: dict[str, Any], messages: Messages, row: int) -> None:
    if row in messages.reply_to:
        out["reply_to"] = messages.reply_to[row]
    if row in messages.reactions:
        out["reactions"] = [{"emoji": reaction.emoji, "person": reaction.person or None} for reaction in messages.reactions[row]]
    if messages.edited[row]:
        out["edited"] = True
    for key, value in messages.extra.get(row, {}).items():
        out.setdefault(key, value)


def from_lines(lines: Iterable[bytes]) -> tuple[dict[str, Any], Messages]:
    """Read a stream of messages: (the envelope, {} when there is none; the messages with their senses where all have them)."""
    envelope: dict[str, Any] = {}
    chunks: list[Messages] = []
    held: list[Message] = []
    for number, row in load(lines):
        if row.get("what") == "relationship":
            envelope = envelope or row
            continue
        held.append(_message(row, number))
        if len(held) == ROWS:
            chunks.append(Messages.of(held))
            held = []
    chunks.append(Messages.of(held))
    return envelope, replace(Messages.concat(chunks), tz=_zone(envelope))


def _zone(envelope: Mapping[str, Any]) -> str:
    name = str(envelope.get("tz") or "UTC")
    try:
        zone(name)
    except (KeyError, ValueError):
        raise StreamError(1, f"there is no time zone {name!r}") from None
    return name


def _message(row: dict[str, Any], number: int) -> Message:
    try:
        origin = row.get("origin") or {}
        what = row.get("what") or "text"
        if what not in WHAT_INDEX:
            raise StreamError(number, f"`what` is {what!r}; known are {', '.join(WHAT_INDEX)}")
        return Message(
            id=str(row["id"]) if row.get("id") is not None else f"line-{number}",
            conversation=str(row.get("conversation") or ""),
            person=str(row.get("person") or ""),
            time=_time(row["time"]),
            text=_text(row["text"]),
            what=what,
            origin=Origin(str(origin.get("file", "-")), int(origin.get("line", number))),
            reply_to=row.get("reply_to"),
            reactions=tuple(Reaction(str(r["emoji"]), str(r.get("person") or "")) for r in row.get("reactions") or ()),
            edited=bool(row.get("edited", False)),
            extra={key: value for key, value in row.items() if key not in _MESSAGE and key not in _SENSED},
            sensed=_sensed(row) if "acts" in row else None,
        )
    except KeyError as missing:
        raise StreamError(number, f"the key {missing} is missing") from None
    except (TypeError, ValueError, AttributeError) as wrong:
        raise StreamError(number, f"a value has the wrong kind ({type(wrong).__name__})") from None


def _text(value: object) -> str:
    if value is None:
        return ""
    if not isinstance(value, str):
        raise TypeError("text")
    return value


def _time(value: object) -> datetime:
    time = datetime.fromisoformat(str(value))
    if time.tzinfo is None:
        raise ValueError("a time without a zone")
    return time


def _sensed(row: Mapping[str, Any]) -> Sensed:
    ear = row.get("ear")
    return Sensed(
        emotions=row.get("emotions") or {},
        emotions_shown=tuple(row.get("emotions_shown") or ()),
        acts=row["acts"],
        acts_shown=tuple(row.get("acts_shown") or ()),
        attributes=row.get("attributes") or {},
        language=str(row.get("language") or ""),
        heard=bool(row.get("heard", True)),
        ear=Ear(str(ear["name"]), str(ear["version"]), str(ear["hash"])) if ear else None,
        care=str(row.get("care") or ""),
    )


# ----------------------------------------------------------------------------------------------------------------------------- envelope


def to_envelope(relationship: Relationship, **more: object) -> dict[str, Any]:
    """Return the first line of a stream; `more` adds keys of one stage (they pass through the others)."""
    return {
        "what": "relationship",
        "kind": relationship.kind,
        "people": list(relationship.people),
        "me": relationship.me,
        "both": relationship.both,
        "tz": relationship.tz,
        "exports": [asdict(export) for export in relationship.exports],
        **({"problems": [asdict(problem) for problem in relationship.problems]} if relationship.problems else {}),
        **more,
    }


def from_envelope(envelope: Mapping[str, Any], messages: Messages, **chosen: Any) -> Relationship:
    """Build the relationship of a stream; without an envelope: partner, nobody is me, people as they wrote most.

    `chosen` are fields the person set on the command line; they win over the envelope."""
    people = tuple(envelope.get("people") or _by_messages(messages))
    try:
        fields: dict[str, Any] = {
            "kind": envelope.get("kind") or "partner",
            "people": people,
            "me": envelope.get("me"),
            "both": bool(envelope.get("both", False)),
            "tz": str(envelope.get("tz") or "UTC"),
            "exports": tuple(_export(export) for export in envelope.get("exports") or ()),
            "problems": tuple(_problem(problem) for problem in envelope.get("problems") or ()),
        }
    except (KeyError, TypeError, ValueError):
        raise StreamError(1, "the envelope is not one that `nearer read` writes") from None
    return Relationship(messages=messages, **(fields | {key: value for key, value in chosen.items() if value is not None}))


def _by_messages(messages: Messages) -> list[str]:
    counts = np.bincount(messages.person, minlength=len(messages.people)) if len(messages) else np.zeros(0, dtype=np.int64)
    order = sorted(range(len(messages.people)), key=lambda code: (-int(counts[code]), messages.people[code]))
    return [messages.people[code] for code in order if messages.people[code]]


def _export(row: Mapping[str, Any]) -> Export:
    counts = {name: int(row.get(name, 0)) for name in ("lines", "messages", "system", "continuations", "problems")}
    return Export(
        file=str(row["file"]),
        format=str(row["format"]),
        cannot_carry=tuple(row.get("cannot_carry", ())),
        notes=tuple(row.get("notes", ())),
        **counts,
    )


def _problem(row: Mapping[str, Any]) -> Problem:
    return Problem(str(row["what"]), str(row["says"]), Origin(str(row["origin"]["file"]), int(row["origin"]["line"])))


# --------------------------------------------------------------------------------------------------------------- findings and episodes


def to_finding(finding: Finding) -> dict[str, Any]:
    """Return a finding as contract.md writes it; `needs` only where it can't be told, `series` only where there is one."""
    row = asdict(finding)
    for name in _FINDING_TIMES:
        row[name] = _iso(getattr(finding, name))
    row["series"] = [_lean(asdict(point) | {"since": _iso(point.since), "until": _iso(point.until)}) for point in finding.series]
    for name in ("needs", "series"):
        if not row[name]:
            del row[name]
    if finding.says == "cannot_tell":
        del row["value"], row["low"], row["high"]
    return row


def from_finding(row: Mapping[str, Any]) -> Finding:
    """Read a finding back; raises KeyError, TypeError or ValueError when it is not one."""
    fields = {name: row[name] for name in Finding.__dataclass_fields__ if name in row}
    fields |= {name: datetime.fromisoformat(row[name]) for name in _FINDING_TIMES if row.get(name)}
    fields |= {name: tuple(Evidence(e["id"], e["why"]) for e in row.get(name) or ()) for name in ("evidence", "against")}
    fields["sensitivity"] = tuple(row.get("sensitivity") or ())
    fields["series"] = tuple(_point(point) for point in row.get("series") or ())
    return Finding(**fields)


def _point(row: Mapping[str, Any]) -> Point:
    times = {name: datetime.fromisoformat(row[name]) for name in _FINDING_TIMES if row.get(name)}
    return Point(value=row.get("value"), n=row.get("n", 0), low=row.get("low"), high=row.get("high"), label=row.get("label", ""), **times)


def to_episode(episode: Episode) -> dict[str, Any]:
    """Return an episode as contract.md writes it."""
    return asdict(episode) | {"start": _iso(episode.start), "end": _iso(episode.end)}


def from_episode(row: Mapping[str, Any]) -> Episode:
    """Read an episode back; raises KeyError, TypeError or ValueError when it is not one."""
    fields = {name: row[name] for name in Episode.__dataclass_fields__}
    times = {name: datetime.fromisoformat(row[name]) for name in ("start", "end")}
    return Episode(**(fields | times | {"messages": tuple(row["messages"])}))


def _iso(time: datetime | None) -> str | None:
    return time.isoformat() if time else None


def _lean(row: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in row.items() if value is not None and value != ""}
