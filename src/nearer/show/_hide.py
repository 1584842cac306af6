"""Incognito: names, words, file names and conversation names out of the records, before any form is made from them.

Every person becomes "Person 1", "Person 2" ..., in every place a name may stand: messages, findings, sentences of other rooms, episodes,
exports, problems. Ids are numbered anew, since an id is made from the words. What a reader wrote about how it read is left out: it may
hold a name. Safety.md rule 13; look.md.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from nearer.columns import Messages, Texts
from nearer.records import Episode, Evidence, Export, Finding, Origin, Problem, Relationship
from nearer.show._names import Cast, names_pattern


def hide(
    relationship: Relationship, findings: Sequence[Finding], episodes: Sequence[Episode], *, cast: Cast
) -> tuple[Relationship, list[Finding], list[Episode]]:
    """Return the same records without names and words; `relationship.messages` are the quoted ones."""
    masks = Masks(relationship, findings, episodes, cast=cast)
    shown = replace(
        relationship,
        people=tuple(masks.people[name] for name in relationship.people),
        me=masks.people.get(relationship.me) if relationship.me else None,
        messages=masks.messages(relationship.messages),
        exports=tuple(masks.export(export) for export in relationship.exports),
        problems=tuple(masks.problem(problem) for problem in relationship.problems),
    )
    return shown, [masks.finding(finding) for finding in findings], [masks.episode(episode) for episode in episodes]


class Masks:
    """What stands for each name, file, conversation and id; made once for all records of a report."""

    def __init__(self, relationship: Relationship, findings: Sequence[Finding], episodes: Sequence[Episode], *, cast: Cast) -> None:
        messages = relationship.messages
        self.people = {"": ""} | {
            name: f"Person {place}" for place, name in enumerate(cast.raw, start=1) if name or place <= len(cast.pair)
        }
        files = [
            *(export.file for export in relationship.exports),
            *(problem.origin.file for problem in relationship.problems),
            *messages.files,
        ]
        self.files = _numbered("file", files)
        self.conversations = _numbered("conversation", [*messages.conversations, *(episode.conversation for episode in episodes)])
        evidence = (e.id for finding in findings for e in (*finding.evidence, *finding.against))
        self.ids = _numbered("message", [*messages.ids, *evidence, *(made for episode in episodes for made in episode.messages)])
        self._names = names_pattern(cast.raw)

    def text(self, text: str) -> str:
        """Return a sentence of another room with the names in it masked."""
        return self._names.sub(lambda found: self.people[found[0]], text) if self._names else text

    def messages(self, messages: Messages) -> Messages:
        """Return the messages with masked names and no words."""
        return replace(
            messages,
            people=tuple(self.people.get(name, "Person") for name in messages.people),
            conversations=tuple(self.conversations[name] for name in messages.conversations),
            files=tuple(self.files[name] for name in messages.files),
            text=Texts.of([""] * len(messages)),
            given_ids=tuple(self.ids[made] for made in messages.ids),
            reply_to={},
            reactions={},
            extra={},
            senses=None,
            _made={},
        )

    def export(self, export: Export) -> Export:
        """Return an export with its file masked and its notes blank (how many there were is still told)."""
        return replace(export, file=self.files[export.file], notes=("",) * len(export.notes))

    def problem(self, problem: Problem) -> Problem:
        """Return a problem with its file masked and without its sentence."""
        return Problem(problem.what, "", Origin(self.files[problem.origin.file], problem.origin.line))

    def finding(self, finding: Finding) -> Finding:
        """Return a finding with names masked wherever they can stand."""
        return replace(
            finding,
            person=self._person(finding.person),
            toward=self._person(finding.toward),
            unit=self.text(finding.unit),
            needs=self.text(finding.needs),
            coverage=self.text(finding.coverage),
            evidence=self._evidence(finding.evidence),
            against=self._evidence(finding.against),
            sensitivity=tuple(self._sensitivity(row) for row in finding.sensitivity),
            series=tuple(replace(point, label=self.text(point.label)) for point in finding.series),
        )

    def episode(self, episode: Episode) -> Episode:
        """Return an episode with masked names and ids."""
        conversation = self.conversations[episode.conversation]
        return replace(
            episode,
            conversation=conversation,
            episode=f"{conversation}-{episode.episode.rsplit('-', 1)[-1]}",
            roles={role: self.people.get(name, "Person") for role, name in episode.roles.items()},
            messages=tuple(self.ids[made] for made in episode.messages),
        )

    def _person(self, name: str | None) -> str | None:
        return None if name is None else self.people.get(name, "Person")

    def _evidence(self, found: Sequence[Evidence]) -> tuple[Evidence, ...]:
        return tuple(Evidence(self.ids[evidence.id], self.text(evidence.why)) for evidence in found)

    def _sensitivity(self, row: Mapping[str, Any]) -> dict[str, Any]:
        mask: Callable[[Any], Any] = lambda value: self.text(value) if isinstance(value, str) else value  # noqa: E731 - one word for two types
        return {key: mask(value) for key, value in row.items()}


def _numbered(word: str, names: Sequence[str]) -> dict[str, str]:
    return {name: f"{word} {place}" for place, name in enumerate(dict.fromkeys(names), start=1)}
