"""Turning: of one person's bids, how many the other one turned toward, away from and against.

Three shares of one whole. Against: the answer blames, shows contempt or spoils a joy. Away: it turns away, or no answer comes within 24
hours. Toward: any other answer (whether it fits, too, is told by "responsive"), also a reaction. The answer is the next three messages in a
row. Bids count, and an answer turns away or against, only where that is heard surely (8.1), so more may have turned away. Dirichlet posterior
with sittings resampled. At least 30 bids. What it cannot know: answers by voice or in person, and whether a calm answer was about something
else. Constructs 7.5 (Gottman), 8.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from nearer.records import Finding
from nearer.relate._finding import Told, Units, by_window, mute, plain_value, share, with_evidence
from nearer.relate._heard import BIDS, WITHIN, Heard
from nearer.relate._turns import AGAINST, AWAY, BID_CELLS, TURNS, turns

NEEDS = (*BIDS, *AWAY, *AGAINST)
TELLS = tuple(f"turning_{turn}" for turn in TURNS)
BIDS_NEEDED = 30
"""Constructs 8."""


def measure(heard: Heard) -> Iterator[Finding]:
    """Yield, for each of the two, three shares of the other one's bids."""
    for number, person in enumerate(heard.pair):
        other = heard.relationship.other(person)
        for turn in TURNS:
            silent = mute(heard, f"turning_{turn}", person=person, toward=other, unit=_unit(turn))
            yield silent or _turning(heard, turn, number, person)


def _unit(turn: str) -> str:
    return f"share of bids turned {turn}" + (" from" if turn == "away" else "")


def _turning(heard: Heard, turn: str, number: int, person: str) -> Finding:
    told = Told(f"turning_{turn}", _unit(turn), "bids", BIDS_NEEDED, person, heard.relationship.other(person))
    units = _of(turns(heard, number, within=WITHIN), turn)
    finding = share(heard, told, units)
    quoted = heard.shown(*BIDS)
    hits, misses = units.is_in(TURNS[turn]), units.is_in([cell for cell in BID_CELLS if cell not in TURNS[turn]])
    if turn == "against":
        hits = hits[heard.in_reply(heard.shown(*AGAINST, *AWAY))[hits]]
    finding = with_evidence(
        heard, finding, hits=(hits[quoted[hits]], f"a bid turned {turn}"), misses=(misses[quoted[misses]], f"a bid not turned {turn}")
    )
    return by_window(finding, lambda within: plain_value(_of(turns(heard, number, within=within), turn)))


def _of(units: Units, turn: str) -> Units:
    return replace(units, hit=TURNS[turn])
