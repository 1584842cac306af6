"""What a report rests on and what it can't see: the files with their counts, what their kind can't hold, the lines that could not be used,
which ear heard the messages and in which languages. Z2; house 21; constructs 10, 11.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from nearer.columns import Messages
from nearer.records import Export, Finding, Problem, Relationship
from nearer.show._names import Cast, visible
from nearer.show._words import Words

LISTED_PROBLEMS = 200
"""So many problems are listed with file and line; all are counted."""
UNMEASURED = "never measured"
"""As the coverage of findings says it where nobody knows how often the ear errs."""
UNHEARD = re.compile(r"(\d+) messages were not heard")


@dataclass(frozen=True, slots=True)
class File:
    """One export as a report lists it; `counts` are named numbers that add up to its lines."""

    name: str
    form: str
    counts: Mapping[str, int]
    cannot_carry: str
    notes: tuple[str, ...]
    hidden_notes: int


@dataclass(frozen=True, slots=True)
class Seen:
    """Everything of the section "what is not seen"."""

    files: tuple[File, ...]
    problems: tuple[tuple[str, str, str], ...]
    """What, file and line, and the sentence of each listed problem."""
    problem_counts: tuple[tuple[str, int], ...]
    problem_total: int
    ear: tuple[str, ...]

    @property
    def problems_left(self) -> int:
        """How many problems are counted but not listed."""
        return self.problem_total - len(self.problems)


def seen(relationship: Relationship, ear: Sequence[str], *, words: Words, cast: Cast) -> Seen:
    """Return what the relationship rests on; `ear` are the sentences of `heard_by`, made before anything was hidden."""
    problems = relationship.problems
    counts = Counter(problem.what for problem in problems)
    total = max(len(problems), sum(export.problems for export in relationship.exports))
    return Seen(
        files=tuple(_file(export, words, cast) for export in relationship.exports),
        problems=tuple(_problem(problem, cast) for problem in problems[:LISTED_PROBLEMS]),
        problem_counts=tuple((visible(what.replace("_", " ")), number) for what, number in sorted(counts.items())),
        problem_total=total,
        ear=tuple(ear),
    )


def _file(export: Export, words: Words, cast: Cast) -> File:
    carry: Mapping[str, str] = words.table["carry"]
    return File(
        name=visible(export.file),
        form=visible(export.format),
        counts={
            "messages": export.messages,
            "lines that continue a message": export.continuations,
            "lines of the app": export.system,
            "lines that could not be used": export.problems,
            "lines in all": export.lines,
        },
        cannot_carry=", ".join(carry.get(thing, visible(thing.replace("_", " "))) for thing in export.cannot_carry),
        notes=tuple(cast.inside(note) for note in export.notes if note),
        hidden_notes=sum(1 for note in export.notes if not note),
    )


def _problem(problem: Problem, cast: Cast) -> tuple[str, str, str]:
    where = f"{visible(problem.origin.file)}, line {problem.origin.line}" if problem.origin.line else visible(problem.origin.file)
    return visible(problem.what.replace("_", " ")), where, cast.inside(problem.says)


def heard_by(messages: Messages, findings: Sequence[Finding], words: Words) -> list[str]:
    """Return, in sentences, which ear heard the messages, in which languages, and how many it did not hear."""
    said: Mapping[str, str] = words.table["seen"]
    senses = messages.senses
    if senses is None:
        return [said["not_sensed"]]
    sentences = [
        said["no_ear"] if senses.ear is None else said["ear"].format(name=visible(senses.ear.name), version=visible(senses.ear.version))
    ]
    languages = sorted({senses.languages[code] for code in set(senses.language.tolist())} - {""}) if len(senses) else []
    if languages:
        sentences.append(said["languages"].format(languages=", ".join(visible(name) for name in languages)))
    unheard = _unheard(findings)
    if unheard:
        sentences.append(said["unheard"].format(n=f"{unheard:,}"))
    if any(UNMEASURED in finding.coverage for finding in findings):
        return [f"{sentences[0]} {said['unmeasured']}", *sentences[1:]]
    return [*sentences, said["error"]] if senses.ear is not None else sentences


def _unheard(findings: Iterable[Finding]) -> int:
    """Return how many messages were not heard, as the findings about the two together say it (the messages at hand are only the quoted ones)."""
    counts = [int(found[1]) for finding in findings if finding.person is None and (found := UNHEARD.search(finding.coverage))]
    return max(counts, default=0)
