"""Own part: how often in a quarrel one of you names their own heat, and whether a pause that was announced ended when it was to end.

Counted are quarrels in which this person says that they are upset, defensive or too sharp, or takes a pause. A pause counts where it names
a time to come back; it was kept when this person's next message, after the lines in which it was announced, came no later than half an hour
after that time. Beta posteriors with sittings resampled. At least 6 quarrels; 5 pauses with a time. Both count only where they are heard
surely; the first is corrected for how the ear errs in quarrels (8.1), the second is told only where four of five lines heard so are likely
to be one, and never as clear. What it cannot know: pauses taken without a word, coming back by voice or in person. To step back with a time
to return is care for the two of you. Constructs 5 (act 20), 7.9, I1, I3.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import numpy as np

from nearer.records import Finding, Ints, to_microseconds, zone
from nearer.relate._finding import PLACES, Told, Units, coverage, empty, mute, plain_value, share, with_evidence
from nearer.relate._heard import MINUTE, WITHIN, Heard
from nearer.relate._quarrel_talk import QUARRELS_NEEDED, Lines, any_in, by_hard_words, count, errors_of, first_of, said
from nearer.relate._shares import needs
from nearer.relate._surely import MOSTLY, share_true, too_many_false

ACT = "own_reactivity"
NEEDS = (ACT,)
TELLS = ("own_part", "pauses_kept")
PAUSES_NEEDED = 5
"""As for promises that came to an end (constructs 8) [C]."""
GRACE = 30
GRACES = (15, 30, 60)
"""Minutes after the time that was named [C]."""
UNITS = {"own_part": "share of quarrels", "pauses_kept": "share of pauses with a time to come back"}


@dataclass(frozen=True, slots=True)
class Pause:
    """A pause with a time to come back: its position, that time, and where and when the person wrote next (-1: not within a day)."""

    position: int
    until: int
    back: int
    back_at: int


def measure(heard: Heard) -> Iterator[Finding]:
    """Yield, for each of the two, in how many quarrels they named their own part, and how many of their pauses ended in time."""
    lines = said(heard)
    for name in TELLS:
        for number, person in enumerate(heard.pair):
            silent = mute(heard, name, person=person, toward=heard.relationship.other(person), unit=UNITS[name])
            yield silent or (_own_part(heard, lines, number) if name == "own_part" else _kept(heard, number))


def _own_part(heard: Heard, lines: Lines, number: int) -> Finding:
    told, quarrels = _told(heard, "own_part", "quarrels", QUARRELS_NEEDED, number), count(lines)
    if quarrels < QUARRELS_NEEDED:
        blank = empty(heard, told.measure, person=told.person, toward=told.toward, unit=told.unit)
        return replace(blank, n=quarrels, needs=needs(QUARRELS_NEEDED, "quarrels", quarrels), coverage=coverage(heard, told.person))
    errors = errors_of(
        heard, lambda some: any_in(some.quarrel, some.has(ACT) & (some.who == 1)), per=lambda some: some.quarrel, name="own part"
    )

    def units(some: Lines) -> Units:
        flags = any_in(some.quarrel, some.has(ACT) & (some.who == number))
        return Units(some.positions[first_of(some.quarrel)], flags.astype(np.int64), base=(0, 1), hit=(1,), errors=(errors,))

    counted = units(lines)
    finding = share(heard, told, counted)
    own = lines.positions[lines.has(ACT) & (lines.who == number)]
    finding = with_evidence(
        heard,
        finding,
        hits=(own, "names their own part, or takes a pause"),
        misses=(counted.is_in((0,)), "a quarrel in which this is not heard"),
    )
    return by_hard_words(finding, lines, lambda some: plain_value(units(some)))


# ------------------------------------------------------------------------------------------------------------------------------- pauses


def pauses(heard: Heard, number: int) -> list[Pause]:
    """Return the pauses of one person whose time to come back was named and lies inside the record, in order of time."""
    own = np.flatnonzero(heard.who == number)
    found = []
    for position in np.flatnonzero(heard.sure(ACT) & (heard.who == number)).tolist():
        until = _returns(heard, position)
        if until is None or until < int(heard.time[position]):
            continue
        after = own[np.searchsorted(own, position, side="right") :]
        after = after[heard.bursts[after] != heard.bursts[position]][:1]
        if len(after) and int(heard.time[after[0]]) - until <= WITHIN:
            found.append(Pause(position, until, int(after[0]), int(heard.time[after[0]])))
        elif int(heard.time[-1]) - until > WITHIN:
            found.append(Pause(position, until, -1, int(np.iinfo(np.int64).max)))
    return found


def _returns(heard: Heard, position: int) -> int | None:
    """Return the time a pause names, in microseconds; None where it names none that is a time."""
    senses = heard.messages.senses
    given: Any = senses.attributes.get(int(heard.rows[position]), {}).get(ACT) if senses is not None else None
    value = given.get("returns") if isinstance(given, Mapping) else given
    try:
        at = datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None
    if at is None:
        return None
    return to_microseconds(at if at.tzinfo else at.replace(tzinfo=zone(heard.messages.tz)))


def _kept(heard: Heard, number: int) -> Finding:
    found = pauses(heard, number)
    in_time = np.array([pause.back_at - pause.until <= GRACE * MINUTE for pause in found], dtype=np.bool_)
    positions = np.array([pause.position for pause in found], dtype=np.int64)
    told = _told(heard, "pauses_kept", "pauses with a time to come back", PAUSES_NEEDED, number)
    finding = share(heard, told, Units(positions, in_time.astype(np.int64), base=(0, 1), hit=(1,), errors=(None,)))
    if finding.value is None:
        return finding
    true = share_true(heard, ACT, number=number)
    if true < MOSTLY:
        blank = empty(heard, told.measure, person=told.person, toward=told.toward, unit=told.unit)
        return replace(blank, n=len(found), needs=too_many_false("pauses", true), coverage=finding.coverage)
    finding = replace(
        finding, says="probably" if heard.is_corrected else finding.says, sensitivity=tuple(_after(found, minutes) for minutes in GRACES)
    )
    back = np.array([pause.back for pause in found], dtype=np.int64)
    return with_evidence(
        heard,
        finding,
        hits=(_both(positions[in_time], back[in_time]), "a pause, and back in time"),
        misses=(positions[~in_time], "back later"),
    )


def _both(first: Ints, second: Ints) -> Ints:
    """Return the positions of pauses and of coming back, each pause before its end."""
    return np.unique(np.concatenate([first, second]))


def _after(found: list[Pause], minutes: int) -> dict[str, object]:
    kept = sum(pause.back_at - pause.until <= minutes * MINUTE for pause in found)
    return {"setting": f"back within {minutes} minutes of the time", "value": round(kept / len(found), PLACES)}


def _told(heard: Heard, name: str, what: str, minimum: int, number: int) -> Told:
    return Told(name, UNITS[name], what, minimum, heard.pair[number], heard.pair[1 - number])
