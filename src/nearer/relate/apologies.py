"""Apologies: how often each of you says sorry, what an apology holds, and how it is met.

Lines of one person that say sorry, at most six hours and twelve messages apart, are one apology. It may hold six parts: owning it, putting
it right, regret, an explanation, a word on what changes, and asking to be forgiven; told is the share of a person's apologies that hold
each one, owning it first. Hollow is one in which every such line is tied to an "if", a "but you" or impatience, and which neither owns nor
mends. An apology is met when the other accepts it within two weeks, before the next one, or when the next three messages within a day hold
a warm word and no hard one; one answered with "not yet" is left out: waiting counts neither for nor against anybody. Beta posteriors with
sittings resampled; how often an apology comes is a rate a week. At least 3 apologies (4 active weeks for the rate). Apologies count where
they are heard surely, corrected for the ear's errors (8.1); where fewer than four of five lines heard as one are likely to be one, nothing
is told. Parts are found by words, and how often these err was not measured, so they are never called clear; hollow is told from labels
only. What it cannot know: what was said by voice, whether it was meant, and whether it was enough. Forgiving has its own time and is owed
to nobody. Constructs 7.13, 7.14, 8.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from nearer.records import Finding, Flags, Ints, Point
from nearer.relate._correction import Errors, any_of
from nearer.relate._episodes_apologies import FORGIVING, INJURY_WITHIN
from nearer.relate._episodes_quarrels import ANSWERS, QUARREL_GAP, WARM
from nearer.relate._finding import (
    WEEKS_NEEDED,
    Told,
    Units,
    active_weeks,
    by_window,
    coverage,
    empty,
    mute,
    none_as_none,
    plain_value,
    rate,
    share,
    with_evidence,
)
from nearer.relate._heard import WITHIN, Heard
from nearer.relate._surely import MOSTLY, is_unmeasured, share_true, too_many_false

PARTS = ("responsibility", "repair", "regret", "explanation", "repentance", "ask_forgiveness")
"""In the order of what helps most (constructs 7.13)."""
NEEDS = ("apologise", "forgive", *ANSWERS, *WARM)
TELLS = ("apologies", *(f"apology_{part}" for part in PARTS), "apology_hollow", "apologies_met")
APOLOGIES_NEEDED = 3
"""Constructs 8; the width rule asks for more unless all are alike."""
RATE = "apologies a week"
UNIT = "share of apologies"
WORDS = {
    "responsibility": "owns it",
    "repair": "says how it will be put right",
    "regret": "says sorry",
    "explanation": "says how it came to it",
    "repentance": "says what will change",
    "ask_forgiveness": "asks to be forgiven",
}
MET = {
    "accepted": "accepted",
    "warm": "answered with a warm word",
    "deferred": "answered with: not yet",
    "refused": "not accepted",
    "hard": "answered with a hard word",
    "other": "no word on it seen here",
}
"""How an apology was met, in words for a message."""


Replies = tuple[Flags, Flags]


@dataclass(frozen=True, slots=True)
class Apology:
    """One apology: positions of its lines, the parts it holds, whether it is hollow, how it was met and the message that met it (or -1)."""

    lines: tuple[int, ...]
    parts: frozenset[str]
    hollow: bool
    met: str
    answer: int


def measure(heard: Heard) -> Iterator[Finding]:
    """Yield, for each of the two, how often they apologise, what their apologies hold, and how they met the other's."""
    replies = replies_of(heard)
    found = [apologies(heard, number, replies, within=WITHIN) for number in range(len(heard.pair))]
    for name in TELLS:
        for number, person in enumerate(heard.pair):
            other = heard.relationship.other(person)
            silent = mute(heard, name, person=person, toward=other, unit=RATE if name == "apologies" else UNIT)
            yield silent or _of(heard, name, number, found, replies)


def _of(heard: Heard, name: str, number: int, found: list[list[Apology]], replies: Replies) -> Finding:
    if name == "apologies":
        return _often(heard, number, found[number])
    if name == "apologies_met":
        return _met(heard, number, found[1 - number], replies)
    return _part(heard, name, number, found[number])


# ----------------------------------------------------------------------------------------------------------------------- apologies found


def apologies(heard: Heard, number: int, replies: Replies, *, within: int) -> list[Apology]:
    """Return the apologies of one person in order of time; a warm or hard answer counts `within` microseconds."""
    own = np.flatnonzero(heard.sure("apologise") & (heard.who == number))
    if not len(own):
        return []
    breaks = (np.diff(own) > INJURY_WITHIN) | (np.diff(heard.time[own]) > QUARREL_GAP)
    groups = np.split(own, np.flatnonzero(breaks) + 1)
    words = _decisions(heard, 1 - number)
    answered = _answers(heard, np.array([group[-1] for group in groups]), replies, within=within)
    starts = [int(group[0]) for group in groups[1:]]
    ends = [*starts, len(heard.time)]
    return [_apology(heard, group, words, answer, end) for group, answer, end in zip(groups, answered, ends, strict=True)]


def _apology(heard: Heard, group: Ints, words: list[tuple[int, str]], answer: tuple[str, int], end: int) -> Apology:
    given = [_given(heard, int(position), "apologise") for position in group]
    last = int(heard.time[group[-1]])
    decided = [word for word in words if int(group[0]) < word[0] < end and heard.time[word[0]] - last <= FORGIVING]
    met, position = (decided[-1][1], decided[-1][0]) if decided else answer
    parts = frozenset(part for one in given for part in _listed(one.get("parts")))
    return Apology(tuple(group.tolist()), parts, all("hollow" in _listed(one.get("quality")) for one in given), met, position)


def replies_of(heard: Heard) -> Replies:
    """Mask the messages whose reply holds a hard word, and those whose reply holds a warm one."""
    return heard.in_reply(heard.sure(*ANSWERS)), heard.in_reply(heard.act(*WARM))


def _answers(heard: Heard, ends: Ints, replies: Replies, *, within: int) -> list[tuple[str, int]]:
    """Return how the first messages after each apology read (at most three in a row): hard, warm or other, and where they begin."""
    on_time = heard.lag[ends] <= within
    hard, warm = (mask[ends] & on_time for mask in replies)
    kinds = np.where(hard, "hard", np.where(warm, "warm", "other")).tolist()
    return list(zip(kinds, np.where(on_time, heard.reply[ends], -1).tolist(), strict=True))


def _decisions(heard: Heard, number: int) -> list[tuple[int, str]]:
    """Return where one person accepts, puts off or refuses, in order."""
    names = {"accept": "accepted", "defer": "deferred", "refuse": "refused"}
    found = []
    for position in np.flatnonzero(heard.sure("forgive") & (heard.who == number)).tolist():
        decision = next(iter(_listed(_given(heard, position, "forgive").get("decision"))), "")
        if decision in names:
            found.append((position, names[decision]))
    return found


def _given(heard: Heard, position: int, act: str) -> Mapping[str, Any]:
    senses = heard.messages.senses
    given = senses.attributes.get(int(heard.rows[position]), {}).get(act) if senses is not None else None
    return given if isinstance(given, Mapping) else {"parts": given}


def _listed(value: Any) -> tuple[str, ...]:
    if isinstance(value, str):
        return (value,)
    return tuple(str(word) for word in value) if isinstance(value, list | tuple) else ()


# -------------------------------------------------------------------------------------------------------------------------------- findings


def _often(heard: Heard, number: int, found: list[Apology]) -> Finding:
    told = Told("apologies", RATE, "active weeks", WEEKS_NEEDED, heard.pair[number], heard.pair[1 - number])
    true = share_true(heard, "apologise", number=number)
    if true < MOSTLY:
        blank = empty(heard, "apologies", person=told.person, toward=told.toward, unit=RATE)
        return replace(blank, n=len(found), needs=too_many_false("apologies", true), coverage=coverage(heard, told.person))
    own = (heard.who == number) & heard.heard
    first = np.array([apology.lines[0] for apology in found], dtype=np.int64)
    positions = np.flatnonzero(own) if heard.is_corrected else first
    units = Units(positions, np.isin(positions, first).astype(np.int64), base=(0, 1), hit=(1,), errors=(_errors(heard),))
    finding = rate(heard, told, units, weeks=len(active_weeks(heard, number)))
    finding = finding if finding.value is None else replace(finding, out_of=int(own.sum()))
    return with_evidence(heard, finding, hits=(first, WORDS["regret"]), misses=(first[:0], ""))


def _part(heard: Heard, name: str, number: int, found: list[Apology]) -> Finding:
    part = name.removeprefix("apology_")
    flags = np.array([apology.hollow if part == "hollow" else part in apology.parts for apology in found], dtype=np.bool_)
    positions = np.array([apology.lines[0] for apology in found], dtype=np.int64)
    finding = share(heard, _told(heard, name, number), _units(positions, flags), over_time=False)
    finding = _unsure(heard, finding, number, hollow=part == "hollow")
    why = "tied to an if, a but or impatience" if part == "hollow" else WORDS[part]
    finding = none_as_none(finding, positions[flags]) if part == "hollow" else finding
    without = "not tied to anything" if part == "hollow" else "an apology in which this is not heard"
    return with_evidence(heard, finding, hits=(positions[flags], why), misses=(positions[~flags], without))


def _met(heard: Heard, number: int, found: list[Apology], replies: Replies) -> Finding:
    """Return how often one person met the other's apologies, with the six ways as its series."""
    counts = Counter(apology.met for apology in found)
    found = _decided(found)
    flags = _is_met(found)
    positions = np.array([apology.lines[-1] for apology in found], dtype=np.int64)
    finding = share(heard, _told(heard, "apologies_met", number), _units(positions, flags), over_time=False)
    finding = _unsure(heard, finding, 1 - number, hollow=False)
    if finding.value is None:
        return finding
    answers = np.array([apology.answer for apology in found], dtype=np.int64)
    finding = replace(
        finding,
        coverage="; ".join([finding.coverage, *(f"{MET[met]}: {counts[met]}" for met in MET if counts[met])]),
        series=tuple(Point(float(counts[met]), n=counts[met], label=met) for met in MET),
    )
    finding = with_evidence(
        heard,
        finding,
        hits=(answers[flags & (answers >= 0)], "a word that met an apology"),
        misses=(positions[~flags], "no such word seen after this"),
    )

    def again(within: int) -> float | None:
        some = _decided(apologies(heard, 1 - number, replies, within=within))
        return plain_value(_units(np.array([apology.lines[-1] for apology in some], dtype=np.int64), _is_met(some)))

    return by_window(finding, again)


def _decided(found: list[Apology]) -> list[Apology]:
    """Leave out the apologies that were answered with "not yet": waiting counts neither for nor against anybody."""
    return [apology for apology in found if apology.met != "deferred"]


def _is_met(found: list[Apology]) -> Flags:
    return np.array([apology.met in {"accepted", "warm"} for apology in found], dtype=np.bool_)


def _told(heard: Heard, name: str, number: int) -> Told:
    return Told(name, UNIT, "apologies", APOLOGIES_NEEDED, heard.pair[number], heard.pair[1 - number])


def _units(positions: Ints, flags: Flags) -> Units:
    return Units(positions, flags.astype(np.int64), base=(0, 1), hit=(1,), errors=(None,))


def _errors(heard: Heard) -> Errors | None:
    return any_of(heard, ("apologise",), random=heard.random("errors of apologies"), sure=True) if heard.is_corrected else None


def _unsure(heard: Heard, finding: Finding, number: int, *, hollow: bool) -> Finding:
    """Take back what an ear cannot carry: anything where too many of person `number`'s apologies are none, hollow always, and "clearly"."""
    if finding.value is None or not (heard.is_corrected or is_unmeasured(heard)):
        return finding
    true = share_true(heard, "apologise", number=number)
    needs = ""
    if hollow:
        needs = "an ear whose errors about hollow apologies were measured"
    elif true < MOSTLY:
        needs = too_many_false("apologies", true)
    if needs:
        return replace(finding, value=None, low=None, high=None, says="cannot_tell", needs=needs, series=(), n=finding.out_of, out_of=0)
    return replace(finding, says="probably")
