"""Asking: before one of you says how the other one feels, was it asked, or had the other one said so?

Counted are statements about the other's feelings ("you're angry", "you don't care"), found by words; a message with a question mark is none,
nor one that comforts or gives back what was told. It counts as asked where one of this person's three messages before it, in the same
sitting, asks with curiosity, or one of the other's three messages before it tells a feeling. Beta posterior with sittings resampled,
questions and feelings at the *shown* point, corrected for the ear's errors (8.1). At least 20 statements. The words find only what is said
in them; how many other statements there are is not known. Beside it, curious questions a week (Gamma posterior, at least 4 active weeks).
What it cannot know: what was asked by voice, what two people know of each other after years, and play. Knowing somebody well is not
assuming. Constructs 5 (act 8), 8.1; ask rather than assume (mission, K6).
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from nearer.records import Finding, Flags, Ints
from nearer.relate._answers import DISTRESS
from nearer.relate._assuming import statements
from nearer.relate._correction import any_of
from nearer.relate._finding import WEEKS_NEEDED, Told, Units, active_weeks, mute, rate, share, with_evidence
from nearer.relate._heard import REPLY_LINES, Heard

ASKS = ("curious_question",)
GIVES_BACK = ("validate", "comfort", "celebrate", "curious_question")
NEEDS = (*ASKS, *DISTRESS, "validate", "comfort", "celebrate")
TELLS = ("asking", "asking_questions")
STATEMENTS_NEEDED = 20
"""Statements from which their share is told [C], as for other shares (constructs 8)."""
UNIT = "share of statements about the other's feelings that came after asking or being told"
QUESTIONS = "curious questions a week"


def measure(heard: Heard) -> Iterator[Finding]:
    """Yield, for each of the two, how often a statement was asked for first, then curious questions a week."""
    said = _said(heard)
    for number, person in enumerate(heard.pair):
        other = heard.relationship.other(person)
        yield mute(heard, "asking", person=person, toward=other, unit=UNIT) or _asking(heard, said, number, person)
        yield mute(heard, "asking_questions", person=person, toward=other, unit=QUESTIONS) or _questions(heard, number, person)


def _said(heard: Heard) -> Flags:
    """Mask the heard messages that say how the other one feels and neither ask nor give back what was told."""
    found: Flags = statements(heard.messages.text)[heard.rows] & heard.heard
    return found & ~heard.sure(*GIVES_BACK) if found.any() else found


def _asking(heard: Heard, said: Flags, number: int, person: str) -> Finding:
    positions = np.flatnonzero(said & (heard.who == number))
    asked, lines = before(heard, positions, heard.sure(*ASKS), by=number)
    told, other_lines = before(heard, positions, heard.sure(*DISTRESS), by=1 - number)
    random = heard.random("errors of asking")
    errors = tuple(
        any_of(heard, acts, random=random, lines=np.maximum(counts, 1), sure=True) if heard.is_corrected else None
        for acts, counts in ((ASKS, lines), (DISTRESS, other_lines))
    )
    units = Units(positions, asked * 2 + told * 1, base=(0, 1, 2, 3), hit=(1, 2, 3), errors=errors)
    named = Told("asking", UNIT, "statements about the other's feelings", STATEMENTS_NEEDED, person, heard.relationship.other(person))
    finding = share(heard, named, units)
    return with_evidence(
        heard,
        finding,
        hits=(units.is_in(units.hit), "says how the other feels, after asking or being told"),
        misses=(units.is_in((0,)), "says how the other feels; no question before it was heard"),
    )


def before(heard: Heard, positions: Ints, flags: Flags, *, by: int) -> tuple[Ints, Ints]:
    """Say (0 or 1) whether one of the last three messages of a person before each position, in its sitting, is flagged; and how many there were."""
    own = np.flatnonzero(heard.who == by)
    opening = heard.openings()[heard.sitting[positions]] if len(positions) else positions
    last, first = np.searchsorted(own, positions), np.searchsorted(own, opening)
    first = np.maximum(first, last - REPLY_LINES)
    so_far = np.concatenate([[0], np.cumsum(flags[own])])
    return (so_far[last] > so_far[first]).astype(np.int64), (last - first).astype(np.int64)


def _questions(heard: Heard, number: int, person: str) -> Finding:
    positions = np.flatnonzero((heard.who == number) & heard.heard)
    errors = any_of(heard, ASKS, random=heard.random("errors of questions"), sure=True) if heard.is_corrected else None
    units = Units(positions, heard.sure(*ASKS)[positions].astype(np.int64), base=(0, 1), hit=(1,), errors=(errors,))
    told = Told("asking_questions", QUESTIONS, "active weeks", WEEKS_NEEDED, person, heard.relationship.other(person))
    finding = rate(heard, told, units, weeks=len(active_weeks(heard, number)))
    return with_evidence(heard, finding, hits=(positions[heard.shown(*ASKS)[positions]], "asks"), misses=(positions[:0], ""))
