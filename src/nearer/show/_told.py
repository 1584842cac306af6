"""A finding, said: its sentence in words first, then out of how many, since when, the interval in figures, and how it changes when counted
another way. Constructs 8 and 9; look.md, A card.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from nearer.records import Finding
from nearer.show._amounts import SCALES, Scale, day, rest
from nearer.show._missing import Missing, missing_of
from nearer.show._names import Cast, visible
from nearer.show._quotes import QUOTED_AGAINST, QUOTED_EVIDENCE, Quote, Quotes
from nearer.show._words import MeasureWords, Words

BUSIEST = re.compile(r"busiest (from \d\d:\d\d to \d\d:\d\d)")
STOPPED_FOR_CARE = re.compile(r"in \d+ of them the analysis stopped for safety")
"""What a report never counts (safety.md, Crisis language); the help page says it to the person who opened it."""
STEP_OF_SHARE, STEP = 0.1, 0.25
"""What counts as another conclusion: more than one of ten of a share, or more than a quarter of a value, outside the interval [C]."""


@dataclass(frozen=True, slots=True)
class Told:
    """One finding as a report says it. `place` is the hue of the person it is about: 0, 1, or None for the two together."""

    finding: Finding
    words: MeasureWords
    scale: Scale
    place: int | None
    who: str
    sentence: str
    amount: str
    counted: str
    between: str
    span: str
    sensitivity: str
    depends: bool
    """Whether the conclusion changes when it is counted another way."""
    coverage: str
    missing: Missing
    """What is missing where it can't be told."""
    evidence: tuple[Quote, ...]
    against: tuple[Quote, ...]

    @property
    def tells(self) -> bool:
        """Whether there is a value."""
        return self.finding.value is not None


def tell(finding: Finding, *, words: Words, cast: Cast, quotes: Quotes) -> Told:
    """Say one finding."""
    own = words.of(finding.measure)
    scale = SCALES.get(own.scale, SCALES["number"])
    fields = _fields(finding, scale, words=words, cast=cast)
    tells = finding.value is not None
    missing = missing_of(finding.needs, hears=str(words.card(own.card)["hears"]), words=words, cast=cast)
    return Told(
        finding=finding,
        words=own,
        scale=scale,
        place=cast.place(finding.person),
        who=_who(finding, cast),
        sentence=_sentence(finding, own, cast).format_map(fields) if tells else missing.says,
        amount=str(fields["amount"]),
        counted=own.counted.format_map(fields) if tells else "",
        between=scale.between(finding.low, finding.high) if finding.low is not None and finding.high is not None else "",
        span=_span(finding),
        sensitivity=_sensitivity(finding, own, scale, words=words, cast=cast) if tells else "",
        depends=tells and own.scale != "name" and any(flips(finding, scale, row.get("value")) for row in _settings(finding)),
        coverage=_coverage(finding, cast),
        missing=missing,
        evidence=quotes.evidence(finding.evidence, most=QUOTED_EVIDENCE),
        against=quotes.evidence(finding.against, most=QUOTED_AGAINST),
    )


def _sentence(finding: Finding, own: MeasureWords, cast: Cast) -> str:
    if finding.unit in own.names:
        return own.names[finding.unit]
    if finding.person is None:
        return own.says_pair or own.says
    return own.says_me if own.says_me and finding.person == cast.me else own.says


def _fields(finding: Finding, scale: Scale, *, words: Words, cast: Cast) -> dict[str, object]:
    busiest = BUSIEST.search(finding.coverage)
    return {
        "person": cast.said(finding.person) if finding.person is not None else cast.both(),
        "toward": cast.said(finding.toward) if finding.toward is not None else "each other",
        "pair": cast.both(),
        "amount": scale.words(finding.value) if finding.value is not None else "",
        "rest": rest(finding.value) if finding.value is not None and 0 <= finding.value <= 1 else "",
        "probably": "probably " if finding.says == "probably" else "",
        "since": day(finding.since) if finding.since else "then",
        "ritual": ritual_of(finding, words)["noun"],
        "busiest": busiest[1] if busiest else "in the three busiest hours",
        "n": f"{finding.n:,}",
        "out_of": f"{finding.out_of:,}",
        "weeks": f"{finding.out_of * 4:,}",
    }


def tell_both(template: str, first: Told, second: Told, *, cast: Cast) -> str:
    """Fill a sentence that tells both directions at once; "probably" stands with the value it belongs to."""
    one, two = (f"{'probably ' if told.finding.says == 'probably' else ''}{told.amount}" for told in (first, second))
    names = {"one": cast.said(first.finding.person), "two": cast.said(second.finding.person)}
    return template.format_map(names | {"amount_one": one, "amount_two": two})


def fill(template: str, told: Told, *, words: Words, cast: Cast) -> str:
    """Fill another sentence about the same finding."""
    return template.format_map(_fields(told.finding, told.scale, words=words, cast=cast))


def ritual_of(finding: Finding, words: Words) -> Mapping[str, str]:
    """Return noun and measure of the ritual a finding speaks of; "ritual" for one we have no word for."""
    known: Mapping[str, Mapping[str, str]] = words.table["ritual"]
    named = finding.evidence[0].why if finding.evidence else finding.coverage
    return known.get(named.partition(":")[0], {"noun": "ritual", "measure": finding.measure})


def _who(finding: Finding, cast: Cast) -> str:
    if finding.person is None:
        return cast.both()
    return f"{cast.said(finding.person)} → {cast.said(finding.toward)}" if finding.toward is not None else cast.said(finding.person)


def _span(finding: Finding) -> str:
    if finding.since is None:
        return ""
    if finding.until is None or finding.until.date() == finding.since.date():
        return f"since {day(finding.since)}"
    return f"{day(finding.since)} to {day(finding.until)}"


def without_care(finding: Finding) -> Finding:
    """Return a finding that says nothing of passages in which the analysis stopped."""
    clauses = [clause for clause in finding.coverage.split("; ") if not STOPPED_FOR_CARE.fullmatch(clause)]
    return replace(finding, coverage="; ".join(clauses))


def _coverage(finding: Finding, cast: Cast) -> str:
    clauses = [clause for clause in finding.coverage.split("; ") if clause and not BUSIEST.match(clause)]
    return cast.inside("; ".join(clauses))


# --------------------------------------------------------------------------------------------------------------- counted another way


def _sensitivity(finding: Finding, own: MeasureWords, scale: Scale, *, words: Words, cast: Cast) -> str:
    """Say the same number under other settings; where one lies outside the interval, the conclusion depends on it (constructs 9)."""
    rows = _settings(finding)
    if not rows:
        return ""
    table: Mapping[str, str] = words.table["sensitivity"]
    if own.scale == "name":
        return table["chance"].format(list="; ".join(_chance(row, words) for row in rows))
    listed = "; ".join(_setting(row, scale, table["cannot"], words, cast) for row in rows)
    return table["flips" if any(flips(finding, scale, row.get("value")) for row in rows) else "same"].format(list=listed)


def _settings(finding: Finding) -> list[Mapping[str, Any]]:
    return [row for row in finding.sensitivity if "setting" in row]


def flips(finding: Finding, scale: Scale, value: object) -> bool:
    """Say whether a value counted another way changes what is said: it can't be told that way, changes its side, or lies outside the
    interval by more than a step one would hear (one of ten for shares, a quarter of the value else)."""
    told, low, high = finding.value, finding.low, finding.high
    if not isinstance(value, int | float) or told is None or low is None or high is None:
        return True
    if low <= value <= high:
        return False
    step = STEP_OF_SHARE if scale.domain(()) == (0.0, 1.0) else STEP * abs(told)
    return abs(value - told) > step or value * told < 0


def _setting(row: Mapping[str, Any], scale: Scale, cannot: str, words: Words, cast: Cast) -> str:
    value = row.get("value")
    said = scale.exact(float(value)) if isinstance(value, int | float) else cannot
    return f"{words.plainly(cast.inside(str(row['setting'])))}: {said}"


def _chance(row: Mapping[str, Any], words: Words) -> str:
    name, _, chance = str(row["setting"]).partition(": by chance ")
    shapes: Mapping[str, str] = words.table["shapes"]
    return f"{shapes.get(name, visible(name))}: {row.get('value')}, by chance {visible(chance)}"
