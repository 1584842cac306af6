"""What an answer to a bid does: turn toward it, away from it, or against it (constructs 7.5), as cells of a table of flags."""

from __future__ import annotations

from typing import Any

import numpy as np

from nearer.records import Flags
from nearer.relate._correction import DEAF, hears, taken_as_heard
from nearer.relate._finding import Units, settled
from nearer.relate._heard import BIDS, Heard

AWAY = ("turn_away",)
AGAINST = ("blame", "contempt")
BID_CELLS = (8, 9, 10, 11, 12, 13, 14, 15)
TURNS = {"toward": (12,), "away": (8, 9, 10, 11, 14), "against": (13, 15)}
"""Cells of bid (8), answered (4), turned away (2), attacked or spoiled (1)."""


def turns(heard: Heard, number: int, *, within: int) -> Units:
    """Return the messages of the other one (not of person `number`) in cells of bid, answered, turned away, against."""
    positions = np.flatnonzero((heard.who != number) & heard.heard)
    reacted = heard.reacted[positions]
    positions = positions[settled(heard, positions, within=within) | reacted]
    written = heard.lag[positions] <= within
    answered = written | heard.reacted[positions]
    against = heard.sure(*AGAINST) | spoils(heard)
    cell = (
        heard.sure(*BIDS)[positions] * 8
        + answered * 4
        + (written & heard.in_reply(heard.sure(*AWAY))[positions]) * 2
        + (written & heard.in_reply(against)[positions]) * 1
    )
    return Units(positions, cell.astype(np.int64), base=BID_CELLS, hit=TURNS["toward"], errors=_errors(heard, positions))


def _errors(heard: Heard, positions: Any) -> tuple[Any, ...]:
    if not heard.is_corrected:
        return (None, None, None, None)
    if not hears(heard, AWAY):
        return (None, None, DEAF, None)
    random, lines = heard.random("errors of turns"), heard.reply_lines[positions]
    return (
        taken_as_heard(heard, BIDS, random=random),
        None,
        taken_as_heard(heard, AWAY, random=random, lines=lines),
        taken_as_heard(heard, AGAINST, random=random, lines=lines),
    )


def spoils(heard: Heard) -> Flags:
    """Mask the messages that turn away by spoiling a joy (the attribute joy_kill): they count as against."""
    mask = np.zeros(len(heard.messages), dtype=np.bool_)
    senses = heard.messages.senses
    for row, given in senses.attributes.items() if senses is not None else ():
        mask[row] = "joy_kill" in given.get("turn_away", {}).get("forms", ()) if isinstance(given.get("turn_away"), dict) else False
    return mask[heard.rows] & heard.heard
