"""Disclosure: what each of you tells of how you feel. How wide it goes, how deep, by whom, and whether it goes deeper over time.

Counted are tellings: messages in a row in one sitting in which somebody names a feeling of their own or asks for comfort.
Breadth: how many of twelve subjects (work, family, money, the body ...) twenty such tellings touch, by words of a list, as a share of the twelve.
Depth: the share of tellings that go deep, a soft feeling (fear, hurt, shame, sadness) or a wish to be comforted rather than a glad or an angry
one. Balance: of the messages of both that tell a feeling, the share of each person. Pace: whether the share of deep tellings rises or falls, in a
quarter of a year; told only where that is surer than 98.75 %. Beta posteriors, sittings resampled. Which message tells a feeling is taken at
the *shown* point; the balance is corrected for the ear's errors (8.1), breadth and depth take what was heard. At least 20 tellings (for the
balance by each of you; for the pace 30, over 8 weeks). There is no right depth and no right width: what to tell, and to whom, is one's own.
What it cannot know: what is told by voice; a subject told in other words; whether something was hard to say. Measures of depth by meaning
need a model that is not here, so the mean score of constructs 7.11 is replaced by the share. Constructs 7.11 (Reis and Shaver), 6, 8.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from nearer.records import EMOTION_INDEX, Finding, Flags, Ints
from nearer.relate._answers import DISTRESS, TELLINGS_NEEDED
from nearer.relate._bootstrap import BLOCKS, DRAWS, Reals, interval
from nearer.relate._correction import FLOOR, any_of
from nearer.relate._episodes_care import HARD_FEELINGS, SOFT_FEELINGS
from nearer.relate._finding import PLACES, Told, Units, coverage, empty, gain_of, mute, share, with_evidence
from nearer.relate._heard import WEEK, Heard, blocks_of
from nearer.relate._posterior import says_direction, says_level
from nearer.relate._shares import TOO_WIDE, needs
from nearer.relate._subjects import subject_names, subjects_in

NEEDS = DISTRESS
TELLS = ("disclosure_balance", "disclosure_depth", "disclosure_breadth", "disclosure_pace")
PACE_NEEDED, PACE_WEEKS = 30, 8
"""Tellings, and weeks from the first to the last, from which a pace is told [C]."""
SURE = 0.9875
"""Posterior probability of a direction from which a pace is told: of two people whose pace does not change, one in twenty is told [C]."""
QUARTER = 13
"""Weeks over which a pace is said."""
WIDTH_OF = 20
"""Breadth is said for so many tellings, so that telling more often is not telling more widely."""
LINES = 3
"""A telling is read with its last three messages in a row, for its subject."""
WHAT = "tellings of a feeling"
DEEPER, LIGHTER = "more deep tellings a quarter", "fewer deep tellings a quarter"


def measure(heard: Heard) -> Iterator[Finding]:
    """Yield the balance for each of the two, then depth, breadth and pace of what each one tells."""
    told = heard.sure(*DISTRESS)
    for number, person in enumerate(heard.pair):
        for name, unit, tell in (
            (TELLS[0], "share of the tellings of both", _balance),
            (TELLS[1], "share of tellings that go deep", _depth),
            (TELLS[2], "share of twelve subjects", _breadth),
            (TELLS[3], "change of the share of deep tellings a quarter", _pace),
        ):
            blank = replace(empty(heard, name, person=person, toward=heard.relationship.other(person), unit=unit))
            silent = mute(heard, name, person=person, toward=blank.toward, unit=unit)
            yield silent or tell(heard, told, number, replace(blank, coverage=coverage(heard, person)))


def own_tellings(heard: Heard, told: Flags, number: int) -> Ints:
    """Return the last message of each telling of one person: of those in a row in one sitting that tell something."""
    positions = np.flatnonzero(told & (heard.who == number))
    if not len(positions):
        return positions
    turn = np.searchsorted(heard.turn_starts, positions, side="right")
    last: Ints = positions[np.append((np.diff(turn) != 0) | (np.diff(heard.sitting[positions]) != 0), np.True_)]
    return last


# ------------------------------------------------------------------------------------------------------------------ balance and depth


def _balance(heard: Heard, told: Flags, number: int, blank: Finding) -> Finding:
    """The share of one person in the telling messages of both, corrected person by person."""
    positions = np.flatnonzero(heard.heard)
    cell = (heard.who[positions] == number) * 2 + told[positions] * 1
    errors = any_of(heard, DISTRESS, random=heard.random("errors of telling"), sure=True) if heard.is_corrected else None
    units = Units(positions, cell.astype(np.int64), base=(1, 3), hit=(3,), errors=(None, errors))
    fewest = min(len(units.is_in((1,))), len(units.is_in((3,))))
    if fewest < TELLINGS_NEEDED and gain_of(units.errors) >= FLOOR:
        return replace(blank, n=fewest, needs=needs(TELLINGS_NEEDED, "tellings of a feeling by each of you", fewest))
    named = Told(blank.measure, blank.unit, WHAT, 2 * TELLINGS_NEEDED, blank.person, blank.toward)
    found = share(heard, named, units, over_time=False)
    return with_evidence(heard, found, hits=(units.is_in((3,)), "tells a feeling"), misses=(np.zeros(0, dtype=np.int64), ""))


def _depth(heard: Heard, told: Flags, number: int, blank: Finding) -> Finding:
    positions = own_tellings(heard, told, number)
    units = Units(positions, deep(heard, positions).astype(np.int64), base=(0, 1), hit=(1,), errors=(None,))
    found = share(heard, Told(blank.measure, blank.unit, WHAT, TELLINGS_NEEDED, blank.person, blank.toward), units)
    return with_evidence(heard, found, hits=(units.is_in((1,)), "goes deep"), misses=(units.is_in((0,)), "a glad or an angry feeling"))


def deep(heard: Heard, positions: Ints) -> Flags:
    """Mask the telling messages that wish for comfort or name a soft feeling: not a glad one, and no harder than soft (constructs 6)."""
    senses = heard.messages.senses
    mask = np.zeros(len(positions), dtype=np.bool_)
    for place, row in enumerate(heard.rows[positions].tolist()):
        told = senses.attributes.get(row, {}).get("disclose_feeling", {}) if senses is not None else {}
        mask[place] = "pos" not in _said(told, "valence") and _said(told, "forms") != {"hard"}
    if senses is not None and senses.ear is not None and len(positions):
        scores = senses.emotions[heard.rows[positions]]
        hard, soft = (scores[:, [EMOTION_INDEX[name] for name in names]].max(axis=1) for names in (HARD_FEELINGS, SOFT_FEELINGS))
        mask &= hard <= soft
    comforted: Flags = mask | heard.sure("bid_comfort")[positions]
    return comforted


def _said(told: object, name: str) -> set[str]:
    """Return the values of one attribute of a feeling."""
    value = told.get(name, ()) if isinstance(told, dict) else ()
    return {value} if isinstance(value, str) else set(value)


# --------------------------------------------------------------------------------------------------------------------------- breadth


def _breadth(heard: Heard, told: Flags, number: int, blank: Finding) -> Finding:
    """Of twelve subjects, how many twenty tellings are expected to touch: sum over subjects of 1 - (1 - p)^20."""
    positions = own_tellings(heard, told, number)
    blank = replace(blank, n=len(positions))
    if len(positions) < TELLINGS_NEEDED:
        return replace(blank, needs=needs(TELLINGS_NEEDED, WHAT, len(positions)))
    touched = subjects_in(_texts(heard, positions))
    draws = (1 - (1 - _shares(heard, positions, touched.astype(np.float64), name=f"breadth {number}")) ** WIDTH_OF).mean(axis=1)
    low, high = interval(
        np.clip(draws + draws[0] - draws[1:].mean(), 0, 1)
    )  # what is resampled touches fewer subjects: put back in the middle
    if high - low > TOO_WIDE:
        return replace(blank, needs=f"more {WHAT}: the interval is wider than {TOO_WIDE}; {len(positions)} so far")
    names, seen = subject_names(), touched.any(axis=0)
    found = replace(
        blank,
        value=round(float(draws[0]), PLACES),
        low=round(low, PLACES),
        high=round(high, PLACES),
        n=int(seen.sum()),
        out_of=len(names),
        says=says_level(low, high),
    )
    firsts = np.array([positions[np.flatnonzero(touched[:, place])[-1]] for place in np.flatnonzero(seen)], dtype=np.int64)
    return with_evidence(
        heard,
        found,
        hits=(np.unique(firsts), "a subject of its own"),
        misses=(positions[~touched.any(axis=1)], "none of the twelve subjects"),
    )


def _texts(heard: Heard, positions: Ints) -> list[str]:
    """Return the words of each telling: its message and up to two before it of the same person, in the same sitting."""
    texts = heard.messages.text
    found = []
    for position in positions.tolist():
        lines = [position]
        while len(lines) < LINES and lines[0] > 0 and _goes_on(heard, lines[0]):
            lines.insert(0, lines[0] - 1)
        found.append(" ".join(texts[int(heard.rows[line])] for line in lines if heard.heard[line]))
    return found


def _goes_on(heard: Heard, position: int) -> bool:
    """Say whether the message before is of the same person and sitting."""
    return bool(heard.who[position - 1] == heard.who[position] and heard.sitting[position - 1] == heard.sitting[position])


def _shares(heard: Heard, positions: Ints, columns: Reals, *, name: str) -> Reals:
    """Return the weighted mean of each column, (1 + DRAWS) x columns: sittings resampled."""
    weights, block = _weights(heard, positions, name=name)
    sums = np.stack([np.bincount(block, weights=column, minlength=weights.shape[1]) for column in columns.T], axis=1)
    means: Reals = (weights @ sums) / (weights @ np.bincount(block, minlength=weights.shape[1]))[:, None]
    return means


def _weights(heard: Heard, positions: Ints, *, name: str) -> tuple[Reals, Ints]:
    """Return the drawn weights of the sittings, (1 + DRAWS) x sittings with a row of ones first, and the sitting of each position."""
    block = blocks_of(heard.sitting[positions], most=BLOCKS)
    drawn = heard.random(name).standard_exponential((DRAWS, int(block.max()) + 1))
    return np.vstack([np.ones(drawn.shape[1]), drawn]), block


# ------------------------------------------------------------------------------------------------------------------------------ pace


def _pace(heard: Heard, told: Flags, number: int, blank: Finding) -> Finding:
    """The slope of deep (0 or 1) over weeks, least squares, for a quarter; only a direction that is sure is told."""
    positions = own_tellings(heard, told, number)
    blank = replace(blank, n=len(positions))
    weeks = int((heard.time[positions[-1]] - heard.time[positions[0]]) // WEEK) if len(positions) else 0
    if len(positions) < PACE_NEEDED or weeks < PACE_WEEKS:
        so_far = f"{len(positions)} over {weeks} weeks so far"
        return replace(blank, needs=f"{PACE_NEEDED} {WHAT} over {PACE_WEEKS} weeks; {so_far}")
    is_deep = deep(heard, positions)
    draws = _slopes(heard, positions, is_deep.astype(np.float64), name=f"pace {number}") * QUARTER
    low, high = interval(draws)
    rising = float((draws[1:] > 0).mean())
    if max(rising, 1 - rising) < SURE or not is_deep.any() or is_deep.all():
        return replace(blank, needs=f"a clearer change over the months; {len(positions)} {WHAT} so far")
    same, other = (is_deep, ~is_deep) if draws[0] > 0 else (~is_deep, is_deep)
    found = replace(
        blank,
        unit=DEEPER if draws[0] > 0 else LIGHTER,
        value=round(float(draws[0]), PLACES),
        low=round(low, PLACES),
        high=round(high, PLACES),
        n=int(is_deep.sum()),
        out_of=len(positions),
        says=says_direction(rising),
    )
    words = ("goes deep", "a glad or an angry feeling")
    return with_evidence(
        heard, found, hits=(positions[same], words[int(draws[0] <= 0)]), misses=(positions[other], words[int(draws[0] > 0)])
    )


def _slopes(heard: Heard, positions: Ints, values: Reals, *, name: str) -> Reals:
    """Return the least-squares slope of values a week, 1 + DRAWS: sittings resampled."""
    week = (heard.time[positions] - heard.time[positions].mean()) / WEEK
    means = _shares(heard, positions, np.stack([week, values, week * values, week**2], axis=1), name=name)
    slopes: Reals = (means[:, 2] - means[:, 0] * means[:, 1]) / np.maximum(means[:, 3] - means[:, 0] ** 2, 1e-9)
    return slopes
