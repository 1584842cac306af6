"""Heat: whether a message hotter than usual is answered with one, and whether the last weeks ran hotter or calmer than before.

How hot a message reads is the strongest of anger, annoyance, disapproval and disgust heard in it (0 to 1), a quarter more with capitals,
marks in a row or strong words. It is hotter than usual when it lies above nine of ten of that person's own messages and above a tenth:
everybody has a baseline of their own, and loud people are not hot people. First: within a conversation, how much more often this person's
answer (the first three lines within four hours) is hotter than usual when the other's last three lines were, than when they were not;
differences between conversations are left out, so that a hard subject alone shows nothing. Then: the share of such messages in the last 28
days less that share before. Sittings are resampled; a direction is told only when it is as good as sure (99 %, and 99.5 % for the second,
where both directions count), and of the first only heat that meets heat (in short conversations the other sign comes by itself). At least
30 hot messages that were answered; 100 messages in the last 28 days, and before. The ear's feelings come from comments of strangers; it
hears words, not irony, and nothing is corrected, since each person is set only against themselves. What it cannot know: what the heat was
about, tone, and who was tired. Constructs 6, 7.0, K3.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from nearer.records import EMOTION_INDEX, WHAT_INDEX, Finding, Flags, Ints, Says
from nearer.relate._bootstrap import BLOCKS, DRAWS, Reals, interval
from nearer.relate._finding import PLACES, coverage, empty, mute, with_evidence
from nearer.relate._heard import DAY, REPLY_LINES, SITTING_GAP, Heard, blocks_of
from nearer.relate._shares import needs

HARD = ("anger", "annoyance", "disapproval", "disgust")
"""The hard feelings of constructs 6."""
NEEDS: tuple[str, ...] = ()
TELLS = ("heat_answered", "heat_lately")
HOTTER = 0.9
"""Above this part of somebody's own messages one is hotter than usual [C]."""
LEVELS = {0.9: "nine of ten", 0.95: "nineteen of twenty"}
"""For the sensitivity line [C]."""
LOUDER = 1.25
"""Constructs 7.0."""
FELT = 0.1
"""Below this nothing is hot or made louder: capitals alone are not heat [C]."""
LOUD = re.compile(
    rb"[!?]{2,}|\b[A-Z]{4,}\b\W+[A-Z]{2,}\b|"
    rb"\b(?:totally|absolutely|fucking|damn|bloody|seriously|extremely|sick of|so (?:tired|sick|angry|done|mad|unfair|annoy\w+|fed up))\b",
)
"""Marks in a row, capitals in a row, strong words [C]."""
READ = 1_000
"""So many bytes of a text are looked at (the ear reads as many characters)."""
ANSWERED_NEEDED = 30
LATELY, LATELY_NEEDED = 28 * DAY, 100
WIDEST = 0.4
"""Constructs 9."""
SURE = {"heat_answered": 0.99, "heat_lately": 0.995}
"""The posterior probability of a direction: with both people, and both directions of the second, about 5 % of pairs without any are
told one (resampled sittings are a little too sure) [C]."""
UNIT = "difference of shares of messages hotter than usual"
NOT_FELT = "messages in which feelings were heard (nearer sense); none so far"


def measure(heard: Heard) -> Iterator[Finding]:
    """Yield, for each of the two, how heat is answered, then how the last weeks compare."""
    heat = intensity(heard)
    hot = hotter(heard, heat)
    for name in TELLS:
        for number, person in enumerate(heard.pair):
            other = heard.relationship.other(person)
            blank = empty(heard, name, person=person, toward=other, unit=UNIT)
            silent = mute(heard, name, person=person, toward=other, unit=UNIT)
            if silent is not None or not hot.any():
                yield silent or replace(blank, needs=NOT_FELT)
            else:
                yield _answered(heard, heat, hot, number, blank) if name == "heat_answered" else _lately(heard, hot, number, blank)


# -------------------------------------------------------------------------------------------------------------------- how hot it reads


def hotter(heard: Heard, heat: Reals, *, level: float = HOTTER) -> Flags:
    """Mask the messages that read hotter than `level` of their writer's own."""
    mask = np.zeros(len(heat), dtype=np.bool_)
    for own in _own_texts(heard):
        mask |= own & (heat > max(float(np.quantile(heat[own], level)), FELT)) if own.any() else own
    return mask


def _own_texts(heard: Heard) -> list[Flags]:
    text = heard.heard & (heard.messages.what[heard.rows] == WHAT_INDEX["text"])
    return [text & (heard.who == number) for number in range(len(heard.pair))]


def intensity(heard: Heard) -> Reals:
    """Return how hot each message reads, 0 to 1; of those too calm to become hotter than usual the words are not looked at."""
    senses = heard.messages.senses
    if senses is None:
        return np.zeros(len(heard.rows))
    columns = [EMOTION_INDEX[name] for name in HARD]
    heat = np.take(senses.emotions[:, columns].max(axis=1), heard.rows).astype(np.float64)
    texts, near = heard.messages.text, heat >= FELT
    for own in _own_texts(heard):
        near &= ~own | (heat >= np.quantile(heat[own], min(LEVELS)) / LOUDER) if own.any() else ~own
    places = np.flatnonzero(near)
    starts = texts.offsets[heard.rows[places]]
    ends = np.minimum(texts.offsets[heard.rows[places] + 1], starts + READ)
    data, spans = texts.data, zip(places.tolist(), starts.tolist(), ends.tolist(), strict=True)
    loud = [place for place, start, end in spans if LOUD.search(data[start:end])]
    heat[loud] = np.minimum(heat[loud] * LOUDER, 1.0)
    return heat


# ------------------------------------------------------------------------------------------------------------------------ heat answered


def _answered(heard: Heard, heat: Reals, hot: Flags, number: int, blank: Finding) -> Finding:
    starts, prompted, answered = answers(heard, hot, number)
    count = int(prompted.sum())
    blank = replace(blank, n=count, coverage=coverage(heard, blank.person))
    if count < ANSWERED_NEEDED:
        return replace(blank, needs=needs(ANSWERED_NEEDED, "answered messages hotter than usual", count))
    draws = _slopes(heard, starts, prompted, answered, name=f"heat_answered {number}")
    finding = _directed(blank, draws, count=int((prompted & answered).sum()), out_of=count)
    if finding.value is not None and finding.value < 0:
        return replace(blank, needs=f"a clearer difference; {count} so far")
    other, own = blank.toward, blank.person
    hits, misses = starts[prompted & answered], starts[prompted & ~answered]
    finding = with_evidence(
        heard,
        finding,
        hits=(hits, f"after heat from {other}, an answer from {own} hotter than usual"),
        misses=(misses, "an answer as always, or calmer"),
    )
    return finding if finding.value is None else replace(finding, sensitivity=_other_levels(heard, heat, number))


def answers(heard: Heard, hot: Flags, number: int) -> tuple[Ints, Flags, Flags]:
    """Return where a person's answers within a sitting begin, whether the other's last lines were hot, and whether the answer is."""
    every = heard.turn_starts
    turn = np.flatnonzero((heard.who[every] == number) & (np.arange(len(every)) > 0))
    starts, before = every[turn], every[turn - 1]
    ends = np.append(every[1:], len(heard.who))[turn]
    near = heard.time[starts] - heard.time[starts - 1] < SITTING_GAP
    so_far = np.concatenate([[0], np.cumsum(hot)])
    prompted = so_far[starts] > so_far[np.maximum(before, starts - REPLY_LINES)]
    answered = so_far[np.minimum(ends, starts + REPLY_LINES)] > so_far[starts]
    return starts[near], prompted[near], answered[near]


def _slopes(heard: Heard, starts: Ints, prompted: Flags, answered: Flags, *, name: str) -> Reals:
    """Return the difference of shares within sittings, 1 + DRAWS: both flags less their sitting's mean, sittings reweighed."""
    sitting = np.unique(heard.sitting[starts], return_inverse=True)[1]
    sizes = np.bincount(sitting)
    x, y = (flags - (np.bincount(sitting, weights=flags) / sizes)[sitting] for flags in (prompted, answered))
    block = blocks_of(sitting.astype(np.int64), most=BLOCKS)
    table = np.stack([np.bincount(block, weights=x * y), np.bincount(block, weights=x * x)], axis=1)
    weights = np.vstack([np.ones(len(table)), heard.random(name).standard_exponential((DRAWS, len(table)))])
    both, own = (weights @ table).T
    return np.where(own > 0, both / np.where(own > 0, own, 1.0), 0.0)


def _other_levels(heard: Heard, heat: Reals, number: int) -> tuple[dict[str, object], ...]:
    """Return the same number with hotter than usual at other parts of somebody's own messages."""
    rows: list[dict[str, object]] = []
    for level, words in LEVELS.items():
        starts, prompted, answered = answers(heard, hotter(heard, heat, level=level), number)
        slope = _slopes(heard, starts, prompted, answered, name="levels")[0] if prompted.any() else None
        rows.append(
            {"setting": f"hotter than {words} of one's own messages", "value": None if slope is None else round(float(slope), PLACES)}
        )
    return tuple(rows)


# --------------------------------------------------------------------------------------------------------------------------- heat lately


def _lately(heard: Heard, hot: Flags, number: int, blank: Finding) -> Finding:
    own = np.flatnonzero(heard.heard & (heard.who == number))
    late = heard.time[own] > int(heard.time[-1]) - LATELY
    blank = replace(blank, n=int(late.sum()), coverage=coverage(heard, blank.person))
    if min(late.sum(), (~late).sum()) < LATELY_NEEDED:
        count = int(min(late.sum(), (~late).sum()))
        return replace(blank, needs=needs(LATELY_NEEDED, "messages in the last four weeks, and before", count))
    draws = _differences(heard, own, late, hot[own], name=f"heat_lately {number}")
    finding = _directed(blank, draws, count=int((hot[own] & late).sum()), out_of=int(late.sum()))
    finding = finding if finding.value is None else replace(finding, since=heard.at(int(heard.time[own[late]][0])))
    words = "hotter than usual, in the last four weeks", "as always or calmer, in the last four weeks"
    more = finding.value is not None and finding.value > 0
    hits, misses = own[late & hot[own]], own[late & ~hot[own]]
    return with_evidence(
        heard, finding, hits=(hits, words[0]) if more else (misses, words[1]), misses=(misses, words[1]) if more else (hits, words[0])
    )


def _differences(heard: Heard, own: Ints, late: Flags, hot: Flags, *, name: str) -> Reals:
    """Return the share of hot messages lately less the share before, 1 + DRAWS, sittings reweighed."""
    block = blocks_of(heard.sitting[own], most=BLOCKS)
    size = int(block.max()) + 1
    table = np.stack([np.bincount(block, weights=flags, minlength=size) for flags in (late & hot, late, ~late & hot, ~late)], axis=1)
    weights = np.vstack([np.ones(size), heard.random(name).standard_exponential((DRAWS, size))])
    hot_late, all_late, hot_before, all_before = (weights @ table).T
    differences: Reals = hot_late / all_late - hot_before / all_before
    return differences


def _directed(blank: Finding, draws: Reals, *, count: int, out_of: int) -> Finding:
    """Return a difference as a finding, told only where its direction is sure."""
    low, high = interval(draws)
    up = float((draws[1:] > 0).mean())
    if max(up, 1 - up) < SURE[blank.measure] or low <= 0 <= high or high - low > WIDEST:
        return replace(blank, needs=f"a clearer difference; {blank.n} so far")
    says: Says = "clearly"
    value = min(max(float(draws[0]), low), high)
    return replace(blank, value=round(value, PLACES), low=round(low, PLACES), high=round(high, PLACES), n=count, out_of=out_of, says=says)
