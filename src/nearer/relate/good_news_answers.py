"""Good news: what the answer does with it. Four ways: shares the joy (celebrates or asks on), stays quiet, dampens it, passes it by.

Counted are answered tellings of good news: one tells something good of their own, and the other's next three messages in a row, within 24
hours, are the answer. It dampens where it turns to what is bad about it, whatever else it says; else it shares the joy where it celebrates
or asks on; else it passes by where it turns away or to something else; all other answers are quiet ones. Four shares of one whole, each with its Beta
posterior (a Dirichlet, one by one), sittings resampled. What was told counts where it is heard surely; sharing the joy is corrected by the errors counted on
held-out answers (8.1), turning away is taken as heard, and where an ear hardly hears it only sharing the joy is told. At least 10 good news.
What it cannot know: a call or a hug that followed, and that some people are glad in few words; news that found no answer here are left out.
Constructs 7.12 (Gable's four answers), 8.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from nearer.records import Finding, Flags
from nearer.relate._answers import Ask, ask, in_lines, level, shows, tellings
from nearer.relate._finding import WINDOWS, Told, Units, by_window, mute, none_as_none, plain_value, with_evidence
from nearer.relate._heard import HOUR, WITHIN, Heard
from nearer.relate._turns import spoils

TOLD = ("good_news",)
SHARES = ("celebrate", "curious_question")
AWAY = ("turn_away",)
NEWS_NEEDED = 10
"""Constructs 8."""


@dataclass(frozen=True, slots=True)
class Way:
    """One of the four: its finding, its cells of shared (4), turned away (2), dampened (1), its unit, and why a message stands for it."""

    measure: str
    cells: tuple[int, ...]
    unit: str
    why: str
    unkind: bool = False
    """Of which none heard is told as none."""


WAYS = (
    Way("good_news_shared", (4, 6), "share of answers to good news that share the joy", "shares the joy"),
    Way("good_news_quiet", (0,), "share of answers to good news that stay quiet", "a quiet answer"),
    Way("good_news_passed", (2,), "share of answers to good news that pass it by", "turns to something else", unkind=True),
    Way("good_news_dampened", (1, 3, 5, 7), "share of answers to good news that dampen it", "turns to what is bad about it", unkind=True),
)
NEEDS = (*TOLD, *SHARES, *AWAY)
TELLS = tuple(way.measure for way in WAYS)


def measure(heard: Heard) -> Iterator[Finding]:
    """Yield, for each of the two, four shares of their answers to the other one's good news."""
    told, dampens, asked = heard.sure(*TOLD), spoils(heard), (ask(heard, *SHARES, told=TOLD), ask(heard, *AWAY, told=TOLD))
    for number, person in enumerate(heard.pair):
        other = heard.relationship.other(person)
        units = {hours: _units(heard, told, dampens, asked[0], number, within=hours * HOUR) for hours in WINDOWS}
        for way in WAYS:
            silent = mute(heard, way.measure, person=person, toward=other, unit=way.unit)
            yield silent or _way(heard, way, person, units, asked)


def _way(heard: Heard, way: Way, person: str, found: Mapping[int, Units], asked: Sequence[Ask]) -> Finding:
    told = Told(way.measure, way.unit, "answered good news", NEWS_NEEDED, person, heard.relationship.other(person))
    units = replace(found[WITHIN // HOUR], hit=way.cells)
    is_shared = way is WAYS[0]
    finding = level(heard, told, units, asked[:1] if is_shared else asked, over_time=is_shared)
    hits, misses = units.is_in(way.cells), units.is_in([cell for cell in range(8) if cell not in way.cells])
    quoted = hits[shows(heard, hits, *SHARES)] if is_shared else hits
    not_heard = (heard.reply[misses], "an answer in which this was not heard")
    finding = with_evidence(heard, finding, hits=(heard.reply[quoted], way.why), misses=not_heard)
    finding = none_as_none(finding, hits) if way.unkind else finding
    return by_window(finding, lambda within: plain_value(replace(found[within // HOUR], hit=way.cells)))


def _units(heard: Heard, told: Flags, dampens: Flags, joy: Ask, number: int, *, within: int) -> Units:
    """Return the answered good news of the other one in cells of shared, turned away, dampened (4, 2, 1); the latter two as heard."""
    positions = tellings(heard, number, told, within=within)
    shared, away = joy.of(heard, positions), shows(heard, positions, *AWAY)
    cell = shared * 4 + away * 2 + in_lines(heard, positions, lambda lines: dampens[lines]) * 1
    return Units(positions, cell.astype(np.int64), base=tuple(range(8)), hit=(), errors=(joy.errors, None, None))
