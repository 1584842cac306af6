"""Raw spots: subjects on which talk turns: brought up calmly by one of you, they bring a hard word from the other, again and again.

Looked at is calm talk: no hard word (a complaint, fault, scorn, defence, pulling back, talk of leaving) from either of you in the ten
messages before. Counted is, once in a sitting for each of twelve subjects (work, money, family, the past ...; by words of a list), the
first time the other one brings it up there, in the last three lines before this person's answer; and whether the first three lines of that
answer hold a hard word. Told is by how much more often they do than after other subjects. Each subject's share is drawn toward those of the
others, unless it clearly stands apart (partial pooling). Hard words are taken where they are heard surely and corrected for the ear's
errors (8.1). A subject is told from 8 times on, if it lies with 95 % more than .3 spreads (standard deviations of this person's answers)
above the others, and if, among all subjects of both, chance alone would bring any in fewer than one of twenty pairs (Fisher's exact test,
false discoveries held at .05 by Benjamini and Hochberg). Whose spot it is, is the one who sees it. What it cannot know: whether the subject
is a sore place or a real trouble that wants solving; what it touches; a sore place without words of the list; being hurt in silence.
Constructs 7.3, 8.1, 9, A8.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from nearer.records import Evidence, Finding, Flags, Ints
from nearer.relate._bootstrap import Reals, interval
from nearer.relate._correction import FLOOR, Errors, any_of
from nearer.relate._finding import AGAINST, PLACES, by_gap, coverage, empty, evidence, mute
from nearer.relate._heard import REPLY_LINES, SITTING_GAP, Heard
from nearer.relate._pooled import chance_of_more, draw_shares, stand
from nearer.relate._posterior import says_direction
from nearer.relate._shares import needs
from nearer.relate._subjects import subject_names, subjects_at
from nearer.relate._surely import MOSTLY, share_true, too_many_false

HARD = ("complain", "blame", "contempt", "defend", "withdraw", "threaten_leave")
NEEDS = HARD
TELLS = ("raw_spots",)
UNIT = "more often than after other subjects"
CALM = 10
"""So many messages without a hard word are calm talk (constructs 7.0: a conflict is told by hard words within ten messages)."""
TIMES_NEEDED = 8
"""Constructs 7.3."""
BEYOND, SURE = 0.3, 0.95
"""A spot lies more than .3 spreads above the other subjects, with this probability (constructs 7.3)."""
FALSE = 0.05
"""Of those told, as many may be false; where there is none at all, that is the part of pairs of whom any is told (constructs 9)."""
WHAT = "answers after a subject came up in calm talk, and as many after others"


@dataclass(frozen=True, slots=True)
class Answers:
    """One person's answers in calm talk, in order: where the lines before begin and where the answer does, how many lines of it are read, whether
    they hold a hard word, which subjects the other one had brought up, and which of them for the first time in the sitting."""

    before: Ints
    start: Ints
    lines: Ints
    hard: Flags
    touched: Flags
    first: Flags

    def on(self, subject: int) -> Ints:
        """Return the answers in which a subject came up for the first time in the sitting."""
        return np.flatnonzero(self.first[:, subject])

    def off(self, subject: int) -> Ints:
        """Return the answers in which others did, and not this one."""
        return np.flatnonzero(self.first.any(axis=1) & ~self.touched[:, subject])


@dataclass(frozen=True, slots=True)
class Spot:
    """One subject of one person: how much more often hard words follow (draws), how sure it is that this is a spot, and by what chance."""

    subject: int
    more: Reals
    sure: float
    chance: float


def measure(heard: Heard) -> Iterator[Finding]:
    """Yield, for each of the two, every subject on which talk turns, the clearest first; or one finding that says why none is told."""
    silent = [mute(heard, TELLS[0], person=person, toward=heard.relationship.other(person), unit=UNIT) for person in heard.pair]
    brought_up = touches(heard)
    said = [None if silence else answers(heard, number, brought_up) for number, silence in enumerate(silent)]
    found = [_spots(heard, some, number) if some else [] for number, some in enumerate(said)]
    told = stand(np.array([spot.chance for spots in found for spot in spots]), at=FALSE).tolist()
    for number, (some, spots) in enumerate(zip(said, found, strict=True)):
        own = [spot for spot in spots if told.pop(0) and spot.sure >= SURE]
        if some is None:
            yield silent[number] or _none(heard, number, "")
        elif own and not (missing := _deaf(heard, some, number)):
            yield from (
                _finding(heard, some, brought_up, spot, number=number) for spot in sorted(own, key=lambda spot: (-spot.sure, spot.chance))
            )
        else:
            yield _none(heard, number, missing if own else _missing(heard, some, number))


# -------------------------------------------------------------------------------------------------------------- what is looked at


def touches(heard: Heard) -> Flags:
    """Return which subjects each message touches, messages x subjects; none where it was not heard."""
    return subjects_at(heard.messages.text, heard.rows) & heard.heard[:, None]


def answers(heard: Heard, number: int, brought_up: Flags, *, gap: int = SITTING_GAP) -> Answers:
    """Return the answers of one person to what the other one wrote in calm talk."""
    sitting = heard.sittings(gap)
    start = heard.turn_starts[1:]
    start = start[(heard.who[start] == number) & (sitting[start] == sitting[start - 1])]
    turn = np.searchsorted(heard.turn_starts, start)
    opened = np.searchsorted(sitting, sitting[start])
    before = np.maximum.reduce([heard.turn_starts[turn - 1], start - REPLY_LINES, opened])
    lines = np.minimum(np.append(heard.turn_starts[1:], len(heard.who))[turn], start + REPLY_LINES) - start
    hard = heard.sure(*HARD) & ~heard.stopped
    calm = ~_any(hard, np.maximum(opened, before - CALM), start) & ~_any(heard.stopped, before, start + lines)
    kept = calm & _any(heard.heard, before, start) & _any(heard.heard, start, start + lines)
    before, start, lines = before[kept], start[kept], lines[kept]
    touched = _touched(brought_up, before, start)
    return Answers(before, start, lines, _any(hard, start, start + lines), touched, _first(touched, sitting[start]))


def _any(flags: Flags, begin: Ints, end: Ints) -> Flags:
    """Say of each span whether any of its messages is flagged."""
    so_far = np.concatenate([[0], np.cumsum(flags)])
    found: Flags = so_far[end] > so_far[begin]
    return found


def _touched(brought_up: Flags, before: Ints, start: Ints) -> Flags:
    """Return which subjects the lines before each answer touch, answers x subjects."""
    touched = np.zeros((len(start), brought_up.shape[1]), dtype=np.bool_)
    for back in range(1, REPLY_LINES + 1):
        touched |= brought_up[start - back] & (start - back >= before)[:, None]
    return touched


def _first(touched: Flags, sitting: Ints) -> Flags:
    """Mask what is touched for the first time in its sitting."""
    first = np.zeros_like(touched)
    for subject in range(touched.shape[1]):
        places = np.flatnonzero(touched[:, subject])
        first[places[np.unique(sitting[places], return_index=True)[1]], subject] = True
    return first


# ------------------------------------------------------------------------------------------------------------------------- what stands out


def _spots(heard: Heard, some: Answers, number: int) -> list[Spot]:
    """Return every subject with enough answers on it, and on others, of one person."""
    errors = _errors(heard, some, number)
    counts, hits = some.first.sum(axis=0), (some.first & some.hard[:, None]).sum(axis=0)
    known = np.flatnonzero(counts)
    random = heard.random(f"raw_spots {number}")
    shares = _true(draw_shares(hits[known], counts[known], random=random), errors)
    spots = []
    for subject in _enough(some):
        own, others = shares[:, known == subject][:, 0], known != subject
        rest = shares[:, others] @ (counts[known][others] / counts[known][others].sum())
        usual = shares @ (counts[known] / counts[known].sum())
        sure = float((own - rest > BEYOND * np.sqrt(usual * (1 - usual))).mean())
        on, off = some.hard[some.on(subject)], some.hard[some.off(subject)]
        chance = chance_of_more(int(on.sum()), len(on), other_hits=int(off.sum()), other_count=len(off))
        spots.append(Spot(subject, own - rest, sure, chance))
    return spots


def _enough(some: Answers) -> list[int]:
    """Return the subjects that came up often enough, while others did so, too."""
    return [
        subject
        for subject in range(some.first.shape[1])
        if len(some.on(subject)) >= TIMES_NEEDED and len(some.off(subject)) >= TIMES_NEEDED
    ]


def _errors(heard: Heard, some: Answers, number: int) -> Errors | None:
    """Return how often the ear errs about a hard word in so many lines; None for labels."""
    if not heard.is_corrected:
        return None
    return any_of(heard, HARD, random=heard.random(f"errors of raw_spots {number}"), lines=some.lines, sure=True)


def _true(shares: Reals, errors: Errors | None) -> Reals:
    """Return flagged shares as true ones, draw by draw."""
    if errors is None:
        return shares
    sensitivity, specificity = errors.sensitivity[1:, None], errors.specificity[1:, None]
    gain = np.maximum(sensitivity + specificity - 1, FLOOR / 3)
    true: Reals = np.clip((shares - (1 - specificity)) / gain, 0.0, 1.0)
    return true


# ------------------------------------------------------------------------------------------------------------------------------ findings


def _finding(heard: Heard, some: Answers, brought_up: Flags, spot: Spot, *, number: int) -> Finding:
    low, high = interval(np.append(0.0, spot.more))
    on = some.on(spot.subject)
    hits, misses = on[some.hard[on]], on[~some.hard[on]]
    finding = replace(
        empty(heard, TELLS[0], person=heard.pair[number], toward=heard.pair[1 - number], unit=subject_names()[spot.subject]),
        value=round(float(np.median(spot.more)), PLACES),
        low=round(low, PLACES),
        high=round(high, PLACES),
        n=len(hits),
        out_of=len(on),
        says="probably" if heard.is_corrected else says_direction(spot.sure),
        coverage=coverage(heard, heard.pair[number]),
        evidence=_quoted(heard, some, hits),
        against=evidence(heard, some.start[misses], why="the subject came up, and no hard word followed", most=AGAINST),
    )
    return by_gap(finding, lambda gap: _plain(answers(heard, number, brought_up, gap=gap), spot.subject, _errors(heard, some, number)))


def _quoted(heard: Heard, some: Answers, hits: Ints) -> tuple[Evidence, ...]:
    """Return the first hard line of the last two answers with one, and before the latest the line that it answers."""
    lines = np.concatenate([some.start[answer] + np.arange(some.lines[answer]) for answer in hits.tolist()])
    answer = np.repeat(hits, some.lines[hits])
    hard = np.flatnonzero(heard.sure(*HARD)[lines])
    hard = hard[np.unique(answer[hard], return_index=True)[1]][-2:]
    follows = evidence(heard, lines[hard], why="a hard word follows")
    return (*follows[:-1], *evidence(heard, some.start[hits[-1:]] - 1, why="the subject comes up"), *follows[-1:])


def _plain(some: Answers, subject: int, errors: Errors | None) -> float | None:
    """Return the difference of shares as counted (corrected at the figures themselves), without pooling; None of nothing."""
    on, off = some.hard[some.on(subject)], some.hard[some.off(subject)]
    if not len(on) or not len(off):
        return None
    return float(on.mean() - off.mean()) / (errors.gain if errors else 1.0)


def _missing(heard: Heard, some: Answers, number: int) -> str:
    """Return why no subject is told."""
    deaf = _deaf(heard, some, number)
    most = max((min(len(some.on(subject)), len(some.off(subject))) for subject in range(some.first.shape[1])), default=0)
    if deaf or most < TIMES_NEEDED:
        return deaf or needs(TIMES_NEEDED, WHAT, most)
    return f"a clearer difference between subjects; {int(some.first.any(axis=1).sum())} so far"


def _deaf(heard: Heard, some: Answers, number: int) -> str:
    """Return what the ear lacks; nothing for labels."""
    errors = _errors(heard, some, number)
    if errors is not None and errors.gain < FLOOR:
        return f"an ear that hears this more surely: it is worth {errors.gain:.2f} here (1 is perfect), {FLOOR:.2f} is the least"
    true = share_true(heard, *HARD, number=number)
    return "" if true >= MOSTLY else too_many_false("hard words", true)


def _none(heard: Heard, number: int, missing: str) -> Finding:
    person = heard.pair[number]
    blank = empty(heard, TELLS[0], person=person, toward=heard.relationship.other(person), unit=UNIT)
    return replace(blank, needs=missing, coverage=coverage(heard, person))
