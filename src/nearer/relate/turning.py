"""Turning: of one person's bids, how many the other one turned toward, away from and against.

Three shares of one whole. Against: the answer blames, shows contempt or spoils a joy. Away: it turns away, or no answer comes within 24
hours. Toward: any other answer (whether it fits, too, is told by "responsive"), also a reaction. The answer is the next three messages in a
row. Bids count where they are heard surely, and so do turning away and hard words; each share is corrected by the errors counted on held-out
answers to bids (8.1), and where an ear hardly hears such words nothing is told. Dirichlet posterior, one share at a time, with sittings
resampled. At least 30 bids. What it cannot know: answers by voice or in person, and whether a calm answer was about something else.
Constructs 7.5 (Gottman), 8.
"""

from __future__ import annotations

from collections.abc import Iterator

from nearer.records import Finding
from nearer.relate._answers import level, shows
from nearer.relate._finding import Told, by_window, mute, none_as_none, plain_value, with_evidence
from nearer.relate._heard import BIDS, WITHIN, Heard
from nearer.relate._turns import AGAINST, AWAY, BID_CELLS, TURNS, Asked, asks, turns

NEEDS = (*BIDS, *AWAY, *AGAINST)
TELLS = tuple(f"turning_{turn}" for turn in TURNS)
BIDS_NEEDED = 30
"""Constructs 8."""


def measure(heard: Heard) -> Iterator[Finding]:
    """Yield, for each of the two, three shares of the other one's bids."""
    asked = asks(heard)
    for number, person in enumerate(heard.pair):
        other = heard.relationship.other(person)
        for turn in TURNS:
            silent = mute(heard, f"turning_{turn}", person=person, toward=other, unit=_unit(turn))
            yield silent or _turning(heard, turn, asked[turn], number)


def _unit(turn: str) -> str:
    return f"share of bids turned {turn}" + (" from" if turn == "away" else "")


def _turning(heard: Heard, turn: str, asked: Asked, number: int) -> Finding:
    person = heard.pair[number]
    units = turns(heard, asked, number, within=WITHIN)
    told = Told(f"turning_{turn}", _unit(turn), "bids", BIDS_NEEDED, person, heard.relationship.other(person))
    finding = level(heard, told, units, [asked.ask], over_time=True)
    quoted = heard.shown(*BIDS)
    hits, misses = units.is_in(units.hit), units.is_in([cell for cell in BID_CELLS if cell not in units.hit])
    finding = finding if turn == "toward" else none_as_none(finding, hits)
    hits = hits[shows(heard, hits, *AGAINST, *AWAY)] if turn == "against" else hits
    finding = with_evidence(
        heard, finding, hits=(hits[quoted[hits]], f"a bid turned {turn}"), misses=(misses[quoted[misses]], f"a bid not turned {turn}")
    )
    return by_window(finding, lambda within: plain_value(turns(heard, asked, number, within=within)))
