"""The road: read → sense → relate → show, one short function for each stage and one for the whole way.

This file holds no logic of a room. It decides only what is carried from one room to the next: the error figures of the ear that heard
the messages go to `relate`; of the messages, a stream that leaves `relate` carries those that a finding or an episode points to.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from nearer import read as reading
from nearer import relate as relating
from nearer import sense as sensing
from nearer import show as showing
from nearer import simulate as simulating
from nearer.columns import Messages
from nearer.errors import NotEnough, OtherEar, StreamError
from nearer.read import Settings
from nearer.records import EarErrors, Episode, Finding, Message, Relationship
from nearer.sense import AnyEar
from nearer.stream import (
    dump,
    from_envelope,
    from_episode,
    from_finding,
    from_lines,
    load,
    to_envelope,
    to_episode,
    to_finding,
    to_lines,
    to_rows,
)

Tell = Callable[[str, int, int], None]
"""Told what goes on, how much of it is done and of how much (0: nobody knows): progress for whoever waits."""

AS_IT_IS = Settings()
"""How an export is read where nobody said otherwise: its clock is taken for UTC."""

PAIR = 2
EXAMPLE_FILE = "WhatsApp Chat with Ben.txt"


@dataclass(frozen=True, slots=True)
class Report:
    """A report as it was written, and the relationship as it was heard."""

    text: str
    relationship: Relationship


def load_exports(
    paths: Sequence[Path | str], *, settings: Settings = AS_IT_IS, tell: Tell = lambda *_: None, **chosen: Any
) -> Relationship:
    """Read all exports of one relationship; `chosen` (me, kind, both, same, chat) and what it raises: `nearer.read.read`."""
    return reading.read([Path(path) for path in paths], settings=settings, tell=lambda done: tell("reading", done, 0), **chosen)


def example(*, settings: Settings, tell: Tell = lambda *_: None, **chosen: Any) -> Relationship:
    """Return the built-in conversation of Ana and Ben: simulated, written as a WhatsApp export, and read like anybody's."""
    tell("reading", 0, 0)
    story = simulating.example()
    with TemporaryDirectory(prefix="nearer-") as folder:
        path = Path(folder) / EXAMPLE_FILE
        path.write_text(simulating.write_whatsapp(story.relationship.messages), "utf-8", newline="")
        return reading.read([path], settings=settings, **chosen)


def read_lines(paths: Sequence[Path], *, settings: Settings, **chosen: Any) -> Iterator[bytes]:
    """Read exports to lines. One export alone is read twice and never held: once for the envelope, once for the messages."""
    chosen = {name: value for name, value in chosen.items() if value}
    if len(paths) != 1 or chosen.keys() & {"same", "chat"}:
        relationship = reading.read(paths, settings=settings, **chosen)
        yield dump(to_envelope(relationship))
        yield from to_lines(relationship.messages)
        return
    with_system = chosen.pop("with_system", False)
    yield dump(to_envelope(reading.survey(paths[0], settings=settings, **chosen)))
    for item in reading.stream(paths[0], settings=settings):
        if isinstance(item, Messages):
            yield from to_lines(item if with_system else reading.without_system(item))


def sense_lines(lines: Iterable[bytes], *, ear: AnyEar | None = None) -> Iterator[bytes]:
    """Hear every message of a stream, by the swift ear or another; the envelope goes along unchanged."""
    envelope, messages = from_lines(lines)
    if envelope:
        yield dump(envelope)
    yield from to_lines(sensing.sense(messages, ear=ear))


def relate_lines(lines: Iterable[bytes], *, seed: int = 0, only_episodes: bool = False, **chosen: Any) -> Iterator[bytes]:
    """Relate a stream of heard messages: findings, or with `only_episodes` the episodes. The envelope carries what `show` must quote."""
    envelope, messages = from_lines(lines)
    relationship = from_envelope(envelope, messages, **chosen)
    errors = ear_errors(messages)
    episodes = relating.episodes(relationship, errors=errors)
    if only_episodes:
        yield dump(to_envelope(relationship))
        yield from (dump(to_episode(episode)) for episode in episodes)
        return
    findings = relating.relate(relationship, errors=errors, seed=seed)
    quoted = list(to_rows(_quoted(messages, findings, episodes)))
    yield dump(to_envelope(relationship, episodes=[to_episode(episode) for episode in episodes], quoted=quoted))
    yield from (dump(to_finding(finding)) for finding in findings)


def labelled_lines(relationship: Relationship) -> Iterator[bytes]:
    """Write a relationship whose acts are labels, as `relate` reads it."""
    yield dump(to_envelope(relationship))
    yield from to_lines(relationship.messages)


def show_lines(lines: Iterable[bytes], *, form: str = "html", incognito: bool = False, country: str | None = None, **chosen: Any) -> str:
    """Show a stream of findings as `form`."""
    numbered = list(load(lines))
    envelope: Mapping[str, Any] = next((row for _, row in numbered if row.get("what") == "relationship"), {})
    _, quoted = from_lines(dump(row) for row in [{"what": "relationship", "tz": envelope.get("tz", "UTC")}, *envelope.get("quoted", ())])
    findings = [_finding(number, row) for number, row in numbered if row.get("what") != "relationship"]
    episodes = [from_episode(row) for row in envelope.get("episodes", ())]
    relationship = from_envelope(envelope, quoted, **chosen)
    return showing.show(relationship, findings, episodes, form=form, incognito=incognito, about=relating.about(), country=country)


def _finding(number: int, row: Mapping[str, Any]) -> Finding:
    try:
        return from_finding(row)
    except (KeyError, TypeError, ValueError):
        raise StreamError(number, "this is not a finding that `nearer relate` writes") from None


def report(
    relationship: Relationship,
    *,
    form: str = "html",
    incognito: bool = False,
    country: str | None = None,
    seed: int = 0,
    ear: AnyEar | None = None,
    tell: Tell = lambda *_: None,
) -> Report:
    """Take what was read all the way to a report; raises NotEnough where fewer than two people wrote."""
    if len(relationship.people) < PAIR:
        raise NotEnough("It takes two: fewer than two people wrote in this export, so there is nothing between them to see.")
    tell("hearing", 0, len(relationship.messages))
    heard = hear(relationship, ear=ear)
    errors = ear_errors(heard.messages)
    findings = relating.relate(heard, errors=errors, seed=seed, tell=lambda done, of: tell("relating", done, of))
    episodes = relating.episodes(heard, errors=errors)
    tell("drawing", 0, 0)
    text = showing.show(heard, findings, episodes, form=form, incognito=incognito, about=relating.about(), country=country)
    return Report(text, heard)


def find(relationship: Relationship, *, seed: int = 0) -> list[Finding]:
    """Return the findings of a relationship that was heard (or labelled)."""
    return relating.relate(relationship, errors=ear_errors(relationship.messages), seed=seed)


def hear(relationship: Relationship, *, ear: AnyEar | None = None) -> Relationship:
    """Return the relationship with its messages heard, by the swift ear or another; what that one could not hear is among the problems."""
    heard = sensing.sense(relationship.messages, ear=ear)
    return replace(relationship, messages=heard, problems=(*relationship.problems, *(ear.problems if ear else ())))


def ear_errors(messages: Messages) -> EarErrors | None:
    """Return the error figures of the ear that heard these, None for labels and for an ear that nobody measured; raises OtherEar when
    another version of the ear heard them."""
    heard_by = messages.senses.ear if messages.senses else None
    if heard_by is None or heard_by.name in sensing.UNMEASURED:
        return None
    errors = sensing.load_ear(heard_by.name).errors
    if errors.ear.hash != heard_by.hash:
        raise OtherEar(heard_by.version, errors.ear.version)
    return errors


def _quoted(messages: Messages, findings: Iterable[Finding], episodes: Iterable[Episode]) -> Messages:
    """Return the messages a report may quote, and a textless row for each that asks for the help page."""
    ids = showing.wanted(findings, episodes)
    care = messages.senses.care if messages.senses else {}
    kept = messages.take(np.array(sorted({messages.row_of(message) for message in ids} | set(care)), dtype=np.int64))
    still = kept.senses.care if kept.senses else {}
    return Messages.of((_blank(message) if row in still else message for row, message in enumerate(kept)), tz=messages.tz)


def _blank(message: Message) -> Message:
    """Return a message of a passage where the analysis stopped, without what it says and what was heard in it."""
    return replace(message, text="", sensed=message.sensed and replace(message.sensed, emotions={}, acts={}))
