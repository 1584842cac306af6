"""What an answer to a bid does: turn toward it, away from it, or against it (constructs 7.5), as cells of a table of flags.

Whether anything came at all is known; whether the words that came turn away or attack is heard, so the errors there are those of held-out
answers to a bid (`_answers`).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from nearer.records import Flags, Ints
from nearer.relate._answers import Ask, ask, in_lines
from nearer.relate._correction import taken_as_heard
from nearer.relate._finding import Units, settled
from nearer.relate._heard import BIDS, Heard

AWAY = ("turn_away",)
AGAINST = ("blame", "contempt")
BID_CELLS = (8, 9, 10, 11, 12, 13, 14, 15)
"""Bid (8), answered in words that were heard (4), answered in another way (2), and what is asked of the words (1)."""


@dataclass(frozen=True, slots=True)
class Turn:
    """One of the three: the acts looked for in the words of an answer, those it may not hold beside them, whether a spoilt joy is one of
    them, and the cells that are a turn of this kind."""

    acts: tuple[str, ...]
    cells: tuple[int, ...]
    without: tuple[str, ...] = ()
    spoilt: bool = True


TURNS = {
    "toward": Turn((*AWAY, *AGAINST), cells=(10, 11, 12)),
    "away": Turn(AWAY, cells=(8, 9, 13), without=AGAINST, spoilt=False),
    "against": Turn(AGAINST, cells=(13,)),
}
"""Toward are the answers without what is unkind; away is silence, too. Where nothing was said in words the last flag can't be wrong, and both
of its cells stand on the same side."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A turn as it is asked of the answers in one chat: how its acts are asked for, and which messages spoil a joy."""

    turn: Turn
    ask: Ask
    spoils: Flags


def asks(heard: Heard) -> dict[str, Asked]:
    """Return every turn as it is asked here."""
    spoilt = spoils(heard)
    return {name: Asked(turn, ask(heard, *turn.acts, told=BIDS, without=turn.without), spoilt) for name, turn in TURNS.items()}


def turns(heard: Heard, asked: Asked, number: int, *, within: int) -> Units:
    """Return the bids of the other one (not of person `number`) in cells of one turn."""
    bids = heard.sure(*BIDS)
    errors = taken_as_heard(heard, BIDS, random=heard.random("errors of bids")) if heard.is_corrected else None
    positions = np.flatnonzero((heard.who != number) & heard.heard & (bids | (errors is not None)))
    positions = positions[settled(heard, positions, within=within) | heard.reacted[positions]]
    came = heard.lag[positions] <= within
    worded = came & heard.heard[heard.reply[positions]]
    otherwise = ~worded & (came | heard.reacted[positions])
    cell = bids[positions] * 8 + worded * 4 + otherwise * 2
    cell[worded] += _does(heard, asked, positions[worded])
    return Units(positions, cell, base=BID_CELLS, hit=asked.turn.cells, errors=(errors, None, None, asked.ask.errors))


def _does(heard: Heard, asked: Asked, positions: Ints) -> Flags:
    """Say of which bids answered in words the answer does what is asked of it."""
    found, spoilt = asked.ask.of(heard, positions), in_lines(heard, positions, lambda lines: asked.spoils[lines])
    return found | spoilt if asked.turn.spoilt else found & ~spoilt


def spoils(heard: Heard) -> Flags:
    """Mask the messages that turn away by spoiling a joy (the attribute joy_kill): they count as against."""
    mask = np.zeros(len(heard.messages), dtype=np.bool_)
    senses = heard.messages.senses
    for row, given in senses.attributes.items() if senses is not None else ():
        mask[row] = "joy_kill" in given.get("turn_away", {}).get("forms", ()) if isinstance(given.get("turn_away"), dict) else False
    return mask[heard.rows] & heard.heard
