"""Comforting and good news: somebody turns to the other with a hurt or a joy, and is met or missed (episodes.md; constructs 7.1, 7.12).

Comforting opens with bid_comfort, or with disclose_feeling of a soft feeling; it is met by comfort or validate in the other's next three
messages. Good news is met by celebrate or a question that follows it up. Missed is only said where something speaks for it: advice alone,
turning away, a joke at the other's cost, a bare word, or no answer in 24 hours. An answer that says neither leaves the shape "none".
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import partial

from nearer.records import EMOTION_INDEX, WHAT_INDEX
from nearer.relate._episodes_draft import Draft, grow, whole
from nearer.relate._episodes_thread import DAY, OPENERS, Thread

CARE_GAP = DAY
"""A gap of more than 24 hours ends a comforting or a good-news exchange (episodes.md)."""
TAIL = 16
"""At most this many messages after the last bid still belong to it [C]."""
BARE_WORDS = 2
"""An answer of at most this many words with no act in it is a bare word [C]."""

HARD_FEELINGS = ("anger", "annoyance", "disapproval", "disgust")
SOFT_FEELINGS = ("sadness", "grief", "fear", "nervousness", "disappointment", "embarrassment", "remorse")
"""The hard and the soft negative emotions of constructs 6."""


@dataclass(frozen=True, slots=True)
class Care:
    """How one kind of turning to the other is counted: data, so that comforting and good news share one road.

    `turning` are the acts of the one who turns to the other, `answering` the acts of the other that keep the exchange going."""

    what: str
    turns: str
    answers: str
    fits: tuple[str, ...]
    misses: tuple[str, ...]
    turning: tuple[str, ...]
    answering: tuple[str, ...]
    bare_misses: bool
    first_decides: bool
    """Whether a miss before the first fitting answer counts: a joy is met at once, comfort may come third."""


COMFORTING = Care(
    what="comforting",
    turns="seeks",
    answers="gives",
    fits=("comfort", "validate"),
    misses=("advise", "turn_away", "contempt"),
    turning=("bid_comfort", "disclose_feeling", "request_need", "appreciate", "complain", "withdraw"),
    answering=("comfort", "validate", "advise", "turn_away", "defend", "apologise", "own_reactivity"),
    bare_misses=False,
    first_decides=False,
)
GOOD_NEWS = Care(
    what="good_news",
    turns="tells",
    answers="answers",
    fits=("celebrate", "curious_question"),
    misses=("turn_away",),
    turning=("good_news", "bid_connect", "disclose_feeling", "appreciate", "humour", "request_need", "complain"),
    answering=(
        *("celebrate", "curious_question", "appreciate", "humour", "validate", "comfort", "plan_ritual", "bid_connect"),
        *("turn_away", "advise", "defend"),
    ),
    bare_misses=True,
    first_decides=True,
)
SHAPE_MET = {"comforting": "comfort_met", "good_news": "good_news_met"}
SHAPE_MISSED = {"comforting": "comfort_missed", "good_news": "good_news_missed"}


def find_comforting(thread: Thread) -> Iterator[Draft]:
    """Yield each comforting, one seeker at a time."""
    bids = [position for position in thread.with_any("bid_comfort", "disclose_feeling") if _is_bid(thread, position)]
    yield from _find(thread, bids, COMFORTING)


def find_good_news(thread: Thread) -> Iterator[Draft]:
    """Yield each exchange over good news, one teller at a time."""
    yield from _find(thread, thread.with_any("good_news"), GOOD_NEWS)


def _find(thread: Thread, bids: Sequence[int], care: Care) -> Iterator[Draft]:
    """Grow a run from each bid that lies in no earlier run of its writer; where the other opens up too, the talk has changed sides."""
    covered = [-1, -1]
    sides: tuple[list[int], list[int]] = ([], [])
    for position in sorted({*bids, *thread.with_any("bid_comfort", "disclose_feeling")}):
        sides[thread.writers()[position]].append(position)
    for position in bids:
        person = thread.writers()[position]
        if position <= covered[person]:
            continue
        turned = bisect_right(sides[1 - person], position)
        stop = sides[1 - person][turned : turned + 1]
        last = grow(thread, position, belongs=partial(_belongs, thread, care=care, person=person), gap=CARE_GAP, stop=stop)
        last = min(last, _last_bid(bids, last) + TAIL)
        covered[person] = last
        chain = [own for own in bids[bisect_left(bids, position) : bisect_right(bids, last)] if thread.writers()[own] == person]
        roles = {care.turns: thread.people[person], care.answers: thread.people[1 - person]}
        yield Draft(care.what, _shape(thread, chain, care), whole(position, last), roles)


def _last_bid(bids: Sequence[int], last: int) -> int:
    return bids[bisect_right(bids, last) - 1]


def _belongs(thread: Thread, position: int, *, care: Care, person: int) -> bool:
    return thread.has(position, *(care.turning if thread.writers()[position] == person else care.answering))


def is_told_in_a_quarrel(thread: Thread, draft: Draft, fought: Collection[int]) -> bool:
    """Say whether a comforting is only a feeling told inside a quarrel: that is a move of the quarrel, not a bid for comfort."""
    opening = draft.positions[0]
    return draft.what == "comforting" and opening in fought and not thread.has(opening, "bid_comfort")


def _is_bid(thread: Thread, position: int) -> bool:
    """Say whether a message seeks comfort. A feeling told while charging the other, to one who then says sorry, is a hurt, not a bid."""
    if thread.has(position, *OPENERS):
        return False
    if thread.has(position, "bid_comfort"):
        return True
    answers = thread.next_by(position, 1 - thread.writers()[position], within=CARE_GAP)
    return is_soft(thread, position) and not any(thread.has(answer, "apologise") for answer in answers)


def is_soft(thread: Thread, position: int) -> bool:
    """Say whether a disclosed feeling is a soft one: not marked hard or glad; by the emotions where the ear gave them."""
    kinds = thread.words_of(position, "disclose_feeling", "forms")
    valence = thread.words_of(position, "disclose_feeling", "valence")
    if kinds == {"hard"} or "pos" in valence:
        return False
    senses = thread.messages.senses
    if senses is None or senses.ear is None:
        return True
    scores = senses.emotions[int(thread.rows[position])]
    hard = max(float(scores[EMOTION_INDEX[name]]) for name in HARD_FEELINGS)
    return hard <= max(float(scores[EMOTION_INDEX[name]]) for name in SOFT_FEELINGS)


def _shape(thread: Thread, chain: Sequence[int], care: Care) -> str:
    """The first bid that can be told decides when it was met; else the majority: a poor answer after a fitting one undoes nothing."""
    told = [met for met in (_is_met(thread, position, care) for position in chain) if met is not None]
    if not told:
        return "none"
    return SHAPE_MET[care.what] if told[0] or 2 * sum(told) >= len(told) else SHAPE_MISSED[care.what]


def _is_met(thread: Thread, position: int, care: Care) -> bool | None:
    """Say whether a bid was met by the other's next three messages; None where it can't be told."""
    other = 1 - thread.writers()[position]
    answers = thread.next_by(position, other, within=CARE_GAP)
    if not answers:
        return False if thread.times()[-1] - thread.times()[position] > CARE_GAP else None
    for answer in answers:
        if thread.has(answer, *care.fits):
            return True
        if care.first_decides and _is_missed(thread, answer, care):
            return False
    return False if any(_is_missed(thread, answer, care) for answer in answers) else None


def _is_missed(thread: Thread, answer: int, care: Care) -> bool:
    if thread.has(answer, *care.misses) or "at_expense" in thread.words_of(answer, "humour", "aim"):
        return True
    row = int(thread.rows[answer])
    is_text = int(thread.messages.what[row]) == WHAT_INDEX["text"]
    return care.bare_misses and is_text and not thread.acts(answer) and len(thread.messages.text[row].split()) <= BARE_WORDS
