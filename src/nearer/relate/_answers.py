"""What somebody answered when the other one told something, and how often an ear errs in such answers.

A telling is what one person wrote in a row in one sitting, with what was told somewhere in it. Its answer are the other one's next three
messages in a row within 24 hours. A telling that found no answer here is in none of these counts: it may have been answered by voice, and
"accessible" tells how often an answer came. So is one whose answer was not heard (a picture, a voice message, a stopped passage).

An ear errs otherwise in answers to a feeling than elsewhere: of the held-out messages without comfort, the *counted* point of the ear that
ships hears comfort in one of five, of those that answer a feeling in nearly every second. So errors are counted on held-out answers to what
was told and on no other messages, for the very question that is asked, every hand that wrote some drawn as in `_correction`, and wider, since
few hands wrote them. Of the two points, *shown* and *counted*, the one is taken that leaves less room: where a half is true, how far the
corrected share may lie from it by the ear's errors alone. Where that is wider than the width rule allows (constructs 9), nothing is told,
whatever was heard. Else a share would be told only where little was heard, for there its interval is narrow, and would be wrong where it is
told. Nor is anything told where too few such answers were held out. Constructs 8.1; docs/decisions/0004.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from nearer.records import ACT_INDEX, Finding, Flags, HeldOut, Ints
from nearer.relate._bootstrap import Reals, interval
from nearer.relate._correction import FLOOR, SPREAD, Errors, any_of, hears
from nearer.relate._finding import Told, Units, coverage, empty, share
from nearer.relate._heard import REPLY_LINES, Heard
from nearer.relate._held import Runs, answers, errors_in, holds
from nearer.relate._posterior import HALF
from nearer.relate._shares import TOO_WIDE

DISTRESS = ("bid_comfort", "disclose_feeling")
"""What is told when somebody feels something."""
UNKIND = ("turn_away", "blame", "contempt")
"""Acts that an answer is said to hold only where they are shown (docs/decisions/0004)."""
NOT_SHOWN = "an ear that hears this more surely: it is hardly ever shown where it is"
TOO_FEW = "an ear that was measured on more answers to this: so few were held out that nobody knows how often it errs in them"
TOO_MUCH_ROOM = (
    "an ear that hears this more surely in answers: by its mistakes alone a share may lie within {:.0f} of 100, {:.0f} is the most"
)
TELLINGS_NEEDED = 20
"""Answered tellings (constructs 8)."""


@dataclass(frozen=True, slots=True)
class Ask:
    """The question whether an answer to what was told holds any of some acts: at which point it is asked, and with which errors.

    `without`: acts that the answer may not hold beside them; they are taken where they are shown."""

    acts: tuple[str, ...]
    without: tuple[str, ...] = ()
    counted: bool = False
    errors: Errors | None = None
    needs: str = ""
    """What is missing for an answer to this question to be told at all; "" where nothing is."""

    def of(self, heard: Heard, positions: Ints) -> Flags:
        """Mask the tellings at `positions` of whose answer this is so."""
        mask = in_lines(heard, positions, lambda lines: _at(heard, lines, self.acts, counted=self.counted))
        return mask & ~shows(heard, positions, *self.without) if self.without else mask


def tellings(heard: Heard, number: int, told: Flags, *, within: int) -> Ints:
    """Return the last told message of each telling of the other one that person `number` answered in words that were heard."""
    positions = np.flatnonzero(told & (heard.who != number) & (heard.lag <= within))
    positions = positions[heard.heard[heard.reply[positions]]]
    if not len(positions):
        return positions
    last = (np.diff(heard.reply[positions]) != 0) | (np.diff(heard.sitting[positions]) != 0)
    kept: Ints = positions[np.append(last, np.True_)]
    return kept


def ask(heard: Heard, *acts: str, told: Sequence[str], without: tuple[str, ...] = ()) -> Ask:
    """Return how to ask whether an answer holds any of some acts: at the point that is surely worth more, with its errors in answers."""
    plain = Ask(acts, without)
    if not heard.is_corrected or heard.errors is None:
        return plain
    random, held = heard.random(f"errors of {' '.join((*acts, *without))} after {' '.join(told)}"), heard.errors.held_out
    if held is None:
        lines = heard.reply_lines[heard.sure(*told) & (heard.reply >= 0)]
        return replace(plain, counted=True, errors=any_of(heard, acts, random=random, lines=lines))
    points = [plain] if hears(heard, acts) else []
    points += [] if set(acts) & set(UNKIND) else [replace(plain, counted=True)]
    if not points:
        return replace(plain, needs=NOT_SHOWN)
    known = [replace(one, errors=errors) for one in points if (errors := _errors(held, one, told, random=random))]
    if not known:
        return replace(plain, needs=TOO_FEW)
    best = min(known, key=room)
    return best if room(best) <= TOO_WIDE else replace(best, needs=TOO_MUCH_ROOM.format(100 * room(best), 100 * TOO_WIDE))


def level(heard: Heard, told: Told, units: Units, asked: Sequence[Ask], *, over_time: bool = False) -> Finding:
    """Return a share of answers as a finding; one that says what it needs where a question can't be answered by this ear."""
    needs = next((one.needs for one in asked if one.needs), "")
    if not needs:
        return share(heard, told, units, over_time=over_time)
    blank = empty(heard, told.measure, person=told.person, toward=told.toward, unit=told.unit)
    return replace(blank, n=len(units.positions), needs=needs, coverage=coverage(heard, told.person))


def shows(heard: Heard, positions: Ints, *acts: str) -> Flags:
    """Mask the tellings whose answer shows any of these acts, at the precise point: what may be quoted."""
    return Ask(acts).of(heard, positions)


def in_lines(heard: Heard, positions: Ints, asked: Callable[[Ints], Flags]) -> Flags:
    """Mask the tellings of which `asked` is true for one of the first lines of the answer, at most three."""
    mask = np.zeros(len(positions), dtype=np.bool_)
    first, count = heard.reply[positions], heard.reply_lines[positions]
    for line in range(REPLY_LINES):
        reached = np.flatnonzero(count > line)
        mask[reached] |= asked(first[reached] + line)
    return mask


def _at(heard: Heard, lines: Ints, acts: Sequence[str], *, counted: bool) -> Flags:
    """Say which of a few messages hold any of some acts, without going through all of them."""
    if counted:
        flags: Flags = heard.act(*acts)[lines]
        return flags
    senses = heard.messages.senses
    if senses is None:
        return np.zeros(len(lines), dtype=np.bool_)
    shown = senses.acts_shown[heard.rows[lines]][:, [ACT_INDEX[act] for act in acts]]
    sure: Flags = shown.any(axis=1) & heard.heard[lines]
    return sure


# ------------------------------------------------------------------------------------------------------------ errors in answers


def room(asked: Ask) -> float:
    """Return the width of the 90 % interval that the ear's errors alone leave around a true half (1 where it is no better than a coin)."""
    errors = asked.errors
    if errors is None:
        return 0.0
    gain = errors.sensitivity + errors.specificity - 1
    if gain[0] <= 0:
        return 1.0
    flagged = HALF * errors.sensitivity[0] + HALF * (1 - errors.specificity[0])
    true = np.clip((flagged + errors.specificity - 1) / np.maximum(gain, FLOOR / 3), 0, 1)
    low, high = interval(true)
    return high - low


def _errors(held: HeldOut, asked: Ask, told: Sequence[str], *, random: np.random.Generator) -> Errors | None:
    """Return the errors of a question at its point, in held-out answers; None where these are too few to know them."""
    true, found, runs = held_answers(held, asked, told)
    errors = errors_in(held, runs, true=true, found=found, random=random)
    return errors and Errors(*(_wider(rate, random=random) for rate in (errors.sensitivity, errors.specificity)))


def _wider(rate: Reals, *, random: np.random.Generator) -> Reals:
    """Draw a rate wider by the spread between hands that is assumed where one hand is known: a few hands are too few to say how far another
    one lies from them (the simulated chats, which nobody of them wrote, do lie outside)."""
    logits = np.log(rate[1:] / (1 - rate[1:])) + SPREAD * random.standard_normal(len(rate) - 1)
    drawn: Reals = np.append(rate[:1], 1 / (1 + np.exp(-logits)))
    return drawn


def held_answers(held: HeldOut, asked: Ask, told: Sequence[str]) -> tuple[Flags, Flags, Runs]:
    """Return, for each held-out answer to what was told: whether what is asked is so, whether it is found, and where the answer stands."""
    runs = answers(held, told)
    true = holds(held.truth, asked.acts, runs) & ~holds(held.truth, asked.without, runs)
    found = holds(held.counted if asked.counted else held.shown, asked.acts, runs) & ~holds(held.shown, asked.without, runs)
    return true, found, runs
