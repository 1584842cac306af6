"""Quarrels: a complaint or an attack that is answered in kind, and how it ended (episodes.md; constructs 7.2, 7.9).

A quarrel opens with complain, blame, contempt or threaten_leave toward the other, met by defend, blame, contempt, turn_away, withdraw or
silence, with two hard moves in all. It ends at a gap of six hours. Never a quarrel: play (humour around it), a grumble that is met by care
or put right at once, a hollow apology alone, distress that was met badly. The shapes are tried in the codebook's order.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import pairwise

from nearer.relate._episodes_draft import Draft, grow, whole
from nearer.relate._episodes_thread import ATTACKS, HARD, HOUR, OPENERS, SITTING_GAP, Thread

QUARREL_GAP = 6 * HOUR
"""A gap of more than six hours ends a quarrel (episodes.md)."""
HARD_WITHIN = 10
"""Two hard moves belong together when they lie within ten messages (constructs 7.0)."""
HARD_NEEDED = 2
PRESSES_NEEDED = 2
ATTACKS_NEEDED = 2
SILENCE = 3
"""Silence is a move after three of that person's usual waking reply times (episodes.md)."""
SILENT_TO = 2
"""... while the other sends two messages or more."""
AFTERMATH = 20
"""At most this many messages after the last hard move still belong to the quarrel [C]."""
PRELUDE = 5
COLD_WORDS = 10
"""A cold answer has at most this many words [C]."""

ANSWERS = (*HARD, "turn_away")
PRESSES = ("complain", "blame", "request_need")
RETREATS = ("withdraw", "turn_away")
REPAIRS = ("own_reactivity", "apologise", "comfort", "validate", "request_need")
WARM = ("own_reactivity", "apologise", "comfort", "validate", "appreciate", "celebrate", "curious_question", "humour", "forgive")
CLOSING = (*WARM, "disclose_feeling", "request_need", "promise", "promise_ref", "bid_comfort", "turn_away", "plan_ritual")
LEADING = ("promise_ref", "turn_away", "curious_question", "disclose_feeling", "request_need")


def find_quarrels(thread: Thread, missed: Sequence[Draft]) -> Iterator[Draft]:
    """Yield the quarrels of a thread. `missed` are its comforting and good-news episodes that were met badly: no quarrel opens there."""
    hard = [position for position in thread.with_any(*HARD) if not thread.has(position, "humour")]
    met_badly = {position: draft.roles.get("seeks") or draft.roles.get("tells") for draft in missed for position in draft.positions}
    for chain in _chains(thread, hard):
        start = next((position for position in chain if _is_answered(thread, position)), None)
        if start is None:
            continue
        moves = [position for position in chain if position >= start]
        if _is_quarrel(thread, moves) and not _is_met_badly(thread, moves, met_badly):
            yield _draft(thread, moves)


# --------------------------------------------------------------------------------------------------------------- what makes a quarrel


def _chains(thread: Thread, hard: Sequence[int]) -> list[list[int]]:
    """Link hard moves within ten messages with no gap between messages over six hours."""
    times = thread.times()
    linked: list[list[int]] = []
    for position in hard:
        near = bool(linked) and position - linked[-1][-1] <= HARD_WITHIN
        if near and all(times[b] - times[a] <= QUARREL_GAP for a, b in pairwise(range(linked[-1][-1], position + 1))):
            linked[-1].append(position)
        else:
            linked.append([position])
    return linked


def _is_answered(thread: Thread, position: int) -> bool:
    """Say whether a hard move met a hard answer, was one, or met silence."""
    other = 1 - thread.writers()[position]
    around = thread.next_by(position, other, within=QUARREL_GAP)
    before = thread.previous_by(position, other, within=QUARREL_GAP)
    return (
        any(thread.has(answer, *ANSWERS) for answer in around)
        or any(thread.has(charge, *HARD) for charge in before)
        or (thread.has(position, *OPENERS) and is_silent(thread, position))
    )


def is_silent(thread: Thread, position: int) -> bool:
    """Say whether the other left this message without answer for more than three usual reply times, while its writer sent two or more."""
    writer, times = thread.writers()[position], thread.times()
    answer = next(iter(thread.next_by(position, 1 - writer, count=1, within=times[-1] - times[position] + 1)), None)
    until = len(thread) - 1 if answer is None else answer
    own = thread.by(writer)
    sent = bisect_right(own, until) - bisect_left(own, position)
    return sent >= SILENT_TO and thread.waking(times[position], times[until]) > SILENCE * thread.usual_reply(1 - writer)


def _is_quarrel(thread: Thread, moves: Sequence[int]) -> bool:
    """Say whether linked hard moves are a quarrel: two at least, from both (or against silence), opened by a charge, and not play."""
    if len(moves) < HARD_NEEDED:
        return False
    first, last = max(0, moves[0] - 2), min(len(thread) - 1, moves[-1] + 2)
    play = sum(1 for position in range(first, last + 1) if thread.has(position, "humour"))
    if play >= len(moves):
        return False
    both_leave = len({thread.writers()[position] for position in moves if thread.has(position, "withdraw")}) > 1
    return both_leave or any(thread.has(position, *OPENERS) for position in moves)


def _is_met_badly(thread: Thread, moves: Sequence[int], met_badly: Mapping[int, str | None]) -> bool:
    """Say whether the hard moves began inside a comforting or good news that was met badly, and did not become a fight of their own."""
    if moves[0] not in met_badly:
        return False
    hurt = met_badly[moves[0]]
    attacks = [p for p in moves if thread.people[thread.writers()[p]] != hurt and thread.has(p, *ATTACKS)]
    return len(attacks) < ATTACKS_NEEDED


# ----------------------------------------------------------------------------------------------------------- where it begins and ends


def _draft(thread: Thread, moves: Sequence[int]) -> Draft:
    last = grow(thread, moves[-1], belongs=lambda position: thread.has(position, *CLOSING), gap=QUARREL_GAP)
    span = whole(_prelude(thread, moves[0]), min(last, moves[-1] + AFTERMATH))
    shape, roles = _shape(thread, span)
    return Draft("quarrel", shape, span, roles)


def _prelude(thread: Thread, start: int) -> int:
    """Return where the run up to the first hard move begins: the question, the reproach, the shrug before it."""
    times, first = thread.times(), start
    for position in range(start - 1, max(-1, start - 1 - PRELUDE), -1):
        if first - position > 1 or times[first] - times[position] > QUARREL_GAP or not thread.has(position, *LEADING):
            break
        first = position
    return first


# ------------------------------------------------------------------------------------------------------------------------- its shape


def _shape(thread: Thread, span: Sequence[int]) -> tuple[str, Mapping[str, str]]:
    """Return the first shape that fits, in the codebook's order of precedence, with its roles; "none" where none does."""
    for rule in (_repair, _forgiveness, _polka, _bad_guy, _freeze):
        found = rule(thread, span)
        if found is not None:
            return found
    return "none", {}


Shape = tuple[str, Mapping[str, str]] | None


def _repair(thread: Thread, span: Sequence[int]) -> Shape:
    """An attempt to stop it that the other takes up, after which no hard move follows."""
    for position in span:
        if not is_repair(thread, position):
            continue
        writer = thread.writers()[position]
        answers = [p for p in thread.next_by(position, 1 - writer, within=QUARREL_GAP) if p <= span[-1]]
        if not is_taken_up(thread, answers):
            continue
        if any(thread.has(later, *HARD) for later in range(answers[-1] + 1, span[-1] + 1)):
            continue
        mine, other = thread.people[writer], thread.people[1 - writer]
        return "repair", {"sorry": mine, "hurt": other} if thread.has(position, "apologise") else {"gives": mine, "answers": other}
    return None


def is_repair(thread: Thread, position: int) -> bool:
    """Say whether a message tries to stop the quarrel: a hollow apology or a request in a hard message does not."""
    acts = thread.acts(position)
    if acts.isdisjoint(REPAIRS) or not acts.isdisjoint(HARD):
        return False
    return not ("apologise" in acts and is_hollow(thread, position))


def is_taken_up(thread: Thread, answers: Sequence[int]) -> bool:
    """Say whether the answers take a repair up: none is hard or refuses, and one is warm or repairs in turn."""
    for position in answers:
        if thread.has(position, *ANSWERS) or "refuse" in thread.words_of(position, "forgive", "decision"):
            return False
    return any(_is_warm(thread, position) for position in answers)


def _is_warm(thread: Thread, position: int) -> bool:
    acts = thread.acts(position)
    if "apologise" in acts and is_hollow(thread, position):
        return False
    if "forgive" in acts and "defer" in thread.words_of(position, "forgive", "decision"):
        return False
    return not acts.isdisjoint(WARM)


def is_hollow(thread: Thread, position: int) -> bool:
    """Say whether an apology is conditional, deflecting or impatient (its quality, constructs 7.13)."""
    return "hollow" in thread.words_of(position, "apologise", "quality")


def forgiveness(thread: Thread, apologies: Sequence[int], answers: Sequence[int]) -> str | None:
    """Return how an apology came out: full, hollow, or None where it can't be told.

    Full: one that is not hollow, and the last word on it accepts. Hollow: hollow in the main, or refused in the end."""
    decided = [word for p in answers for word in sorted(thread.words_of(p, "forgive", "decision")) if word in {"accept", "refuse"}]
    hollow = sum(1 for p in apologies if is_hollow(thread, p))
    if decided and decided[-1] == "accept" and hollow < len(apologies):
        return "forgiveness_full"
    if "refuse" in decided or 2 * hollow >= len(apologies):
        return "forgiveness_hollow"
    return None


def _forgiveness(thread: Thread, span: Sequence[int]) -> Shape:
    """An apology that is the heart of the quarrel: apologies and their answers weigh at least half as much as the attacks around them."""
    apologies = [p for p in span if thread.has(p, "apologise") and not thread.has(p, *ATTACKS)]
    answers = [p for p in span if thread.has(p, "forgive")]
    attacks = sum(1 for p in span if thread.has(p, *ATTACKS, "threaten_leave"))
    if not apologies or 2 * (len(apologies) + len(answers)) < attacks:
        return None
    shape = forgiveness(thread, apologies, [p for p in answers if p > apologies[0]])
    writer = thread.writers()[apologies[0]]
    return (shape, {"sorry": thread.people[writer], "hurt": thread.people[1 - writer]}) if shape else None


def _polka(thread: Thread, span: Sequence[int]) -> Shape:
    """One presses, the other withdraws or goes silent, and does not attack more than that."""
    for presser in (0, 1):
        presses = [p for p in span if thread.writers()[p] == presser and thread.has(p, *PRESSES)]
        if len(presses) < PRESSES_NEEDED or _count(thread, span, presser, "withdraw") >= len(presses):
            continue
        other = 1 - presser
        left = _count(thread, span, other, "withdraw") + sum(1 for p in presses if is_silent(thread, p))
        attacks = _count(thread, span, other, *ATTACKS, "threaten_leave")
        if left and left + _count(thread, span, other, "turn_away") > attacks and _count(thread, span, other, *PRESSES) < len(presses):
            return "protest_polka", {"presses": thread.people[presser], "withdraws": thread.people[other]}
    return None


def _bad_guy(thread: Thread, span: Sequence[int]) -> Shape:
    """Both attack, each at least twice."""
    if all(_attacks(thread, span, person) >= ATTACKS_NEEDED for person in (0, 1)):
        return "bad_guy", {"attacks": "both"}
    return None


def _attacks(thread: Thread, span: Sequence[int], person: int) -> int:
    return sum(1 for p in span if thread.writers()[p] == person and is_attack(thread.acts(p)))


def is_attack(acts: Collection[str]) -> bool:
    """Say whether a message attacks: blame, contempt, or a defence that carries a charge of its own."""
    return any(act in acts for act in ATTACKS) or ("defend" in acts and "complain" in acts)


def _freeze(thread: Thread, span: Sequence[int]) -> Shape:
    """Both withdraw, or both answer cold and short and then nothing comes."""
    both = {"withdraws": "both"}
    if all(_count(thread, span, person, "withdraw") for person in (0, 1)):
        return "freeze_flee", both
    leaves = any(_count(thread, span, person, "withdraw") for person in (0, 1))
    if leaves and _falls_silent(thread, span[-1]) and all(_is_cold(thread, p) for p in span):
        return "freeze_flee", both
    return None


def _is_cold(thread: Thread, position: int) -> bool:
    words = len(thread.messages.text[int(thread.rows[position])].split())
    return words <= COLD_WORDS and not thread.has(position, *ATTACKS, "request_need")


def _falls_silent(thread: Thread, position: int) -> bool:
    times = thread.times()
    return position + 1 < len(thread) and times[position + 1] - times[position] > SITTING_GAP


def _count(thread: Thread, span: Sequence[int], person: int, *acts: str) -> int:
    return sum(1 for p in span if thread.writers()[p] == person and thread.has(p, *acts))
