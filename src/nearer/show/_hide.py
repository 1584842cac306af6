"""What must not be seen, out of the records before any form is made: names of others by default, every name and word in incognito.

People who write in a group and are not of the two asked for no report: by default they are "Person 3", "Person 4" ... (safety.md, rule 7).
In incognito the two are "Person 1" and "Person 2", and words, file names and conversation names go too; ids are numbered anew, since an id
is made from the words. What a reader wrote about how it read is left out there: it may hold a name. Safety.md rule 13; look.md.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import count
from typing import Any

from nearer.columns import Messages, Texts
from nearer.records import Episode, Evidence, Export, Finding, Origin, Problem, Relationship
from nearer.show._names import Cast, names_pattern

Records = tuple[Relationship, list[Finding], list[Episode]]
NOT_NAMED = "Person"
"""Somebody whose name is in no list; nobody is named by mistake."""
NO_PERSON = frozenset({"", "both"})
"""What stands in the roles of an episode instead of a name."""


def without_others(relationship: Relationship, findings: Sequence[Finding], episodes: Sequence[Episode], *, cast: Cast) -> Records:
    """Return the same records with a number for everybody but the two. Words stay, but for mentions (`@name`): a name alone may be a word."""
    others = [name for name in cast.raw if name and name not in cast.pair]
    if not others:
        return relationship, list(findings), list(episodes)
    free = (name for number in count(3) if (name := f"Person {number}") not in cast.raw)
    people = {name: name for name in cast.raw} | dict(zip(others, free, strict=False))
    masks = Masks(people, names_pattern(others))
    shown = replace(
        relationship,
        people=tuple(people[name] for name in relationship.people),
        me=people.get(relationship.me, NOT_NAMED) if relationship.me else relationship.me,
        messages=_without_mentions(relationship.messages, others, masks),
        exports=tuple(replace(export, notes=tuple(masks.text(note) for note in export.notes)) for export in relationship.exports),
        problems=tuple(replace(problem, says=masks.text(problem.says)) for problem in relationship.problems),
    )
    return shown, [masks.finding(finding) for finding in findings], [masks.episode(episode) for episode in episodes]


def hide(relationship: Relationship, findings: Sequence[Finding], episodes: Sequence[Episode], *, cast: Cast) -> Records:
    """Return the same records without names and words; `relationship.messages` are the quoted ones."""
    masks = _of_everything(relationship, findings, episodes, cast=cast)
    shown = replace(
        relationship,
        people=tuple(masks.people[name] for name in relationship.people),
        me=masks.people.get(relationship.me) if relationship.me else None,
        messages=_without_words(relationship.messages, masks),
        exports=tuple(_export(export, masks) for export in relationship.exports),
        problems=tuple(_problem(problem, masks) for problem in relationship.problems),
    )
    return shown, [masks.finding(finding) for finding in findings], [masks.episode(episode) for episode in episodes]


# ----------------------------------------------------------------------------------------------------------------------------- masks


def _as_it_is(name: str) -> str:
    return name


@dataclass(frozen=True, slots=True)
class Masks:
    """What stands for each name, file, conversation and id; made once for all records of a report."""

    people: Mapping[str, str]
    names: re.Pattern[str] | None
    file: Callable[[str], str] = _as_it_is
    conversation: Callable[[str], str] = _as_it_is
    id: Callable[[str], str] = _as_it_is

    def person(self, name: str) -> str:
        """Return what stands for a name."""
        return self.people.get(name, name if name in NO_PERSON else NOT_NAMED)

    def text(self, text: str) -> str:
        """Return a sentence of another room with the names in it masked."""
        return self.names.sub(lambda found: self.people[found[0]], text) if self.names else text

    def finding(self, finding: Finding) -> Finding:
        """Return a finding with names masked wherever they can stand."""
        return replace(
            finding,
            person=None if finding.person is None else self.person(finding.person),
            toward=None if finding.toward is None else self.person(finding.toward),
            unit=self.text(finding.unit),
            needs=self.text(finding.needs),
            coverage=self.text(finding.coverage),
            evidence=self._evidence(finding.evidence),
            against=self._evidence(finding.against),
            sensitivity=tuple(self._sensitivity(row) for row in finding.sensitivity),
            series=tuple(replace(point, label=self.text(point.label)) for point in finding.series),
        )

    def episode(self, episode: Episode) -> Episode:
        """Return an episode with masked names, conversation and ids."""
        conversation = self.conversation(episode.conversation)
        is_named_anew = conversation != episode.conversation
        return replace(
            episode,
            conversation=conversation,
            episode=f"{conversation}-{episode.episode.rsplit('-', 1)[-1]}" if is_named_anew else episode.episode,
            roles={role: self.person(name) for role, name in episode.roles.items()},
            messages=tuple(self.id(made) for made in episode.messages),
        )

    def _evidence(self, found: Sequence[Evidence]) -> tuple[Evidence, ...]:
        return tuple(Evidence(self.id(evidence.id), self.text(evidence.why)) for evidence in found)

    def _sensitivity(self, row: Mapping[str, Any]) -> dict[str, Any]:
        return {key: self.text(value) if isinstance(value, str) else value for key, value in row.items()}


def _of_everything(relationship: Relationship, findings: Sequence[Finding], episodes: Sequence[Episode], *, cast: Cast) -> Masks:
    messages = relationship.messages
    files = [
        *(export.file for export in relationship.exports),
        *(problem.origin.file for problem in relationship.problems),
        *messages.files,
    ]
    evidence = (e.id for finding in findings for e in (*finding.evidence, *finding.against))
    ids = [*messages.ids, *evidence, *(made for episode in episodes for made in episode.messages)]
    named = {name: f"Person {place}" for place, name in enumerate(cast.raw, start=1) if name or place <= len(cast.pair)}
    return Masks(
        {"": ""} | named,
        names_pattern(cast.raw),
        file=_numbered("file", files).__getitem__,
        conversation=_numbered("conversation", [*messages.conversations, *(e.conversation for e in episodes)]).__getitem__,
        id=_numbered("message", ids).__getitem__,
    )


def _numbered(word: str, names: Sequence[str]) -> dict[str, str]:
    return {name: f"{word} {place}" for place, name in enumerate(dict.fromkeys(names), start=1)}


# --------------------------------------------------------------------------------------------------------------------------- records


def _without_mentions(messages: Messages, others: Sequence[str], masks: Masks) -> Messages:
    """Return the messages with masked names of others, also where a message mentions one; ids stay as they were."""
    known = "|".join(re.escape(name) for name in sorted(others, key=len, reverse=True))
    mention = re.compile(f"(@\u2068?)({known})(?!\\w)")
    return replace(
        messages,
        people=tuple(masks.person(name) for name in messages.people),
        text=Texts.of([mention.sub(lambda found: found[1] + masks.people[found[2]], text) for text in messages.text]),
        given_ids=tuple(messages.ids),
        reactions={},
        extra={},
        _made={},
    )


def _without_words(messages: Messages, masks: Masks) -> Messages:
    """Return the messages with masked names and no words."""
    return replace(
        messages,
        people=tuple(masks.people.get(name, NOT_NAMED) for name in messages.people),
        conversations=tuple(masks.conversation(name) for name in messages.conversations),
        files=tuple(masks.file(name) for name in messages.files),
        text=Texts.of([""] * len(messages)),
        given_ids=tuple(masks.id(made) for made in messages.ids),
        reply_to={},
        reactions={},
        extra={},
        senses=None,
        _made={},
    )


def _export(export: Export, masks: Masks) -> Export:
    """Return an export with its file masked and its notes blank (how many there were is still told)."""
    return replace(export, file=masks.file(export.file), notes=("",) * len(export.notes))


def _problem(problem: Problem, masks: Masks) -> Problem:
    """Return a problem with its file masked and without its sentence."""
    return Problem(problem.what, "", Origin(masks.file(problem.origin.file), problem.origin.line))
