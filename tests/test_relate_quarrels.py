"""Quarrels over a whole relationship: how many, how they ended, and when a cycle may be named."""

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from labelled_chat import chat, message, together
from nearer.records import Finding, Message, Relationship
from nearer.relate._cycles import Turns, cycles, turns_of
from nearer.relate._episodes_thread import threads
from nearer.relate.quarrels import measure

REPAIRED = (
    ("Ana", "you forgot me at the station #complain"),
    ("Ben", "the meeting ran over #defend"),
    ("Ana", "it always does #blame"),
    ("Ben", "you are right, I let you stand there. I am sorry #apologise[quality=full]"),
    ("Ana", "thank you #appreciate #forgive[decision=accept]"),
)
PRESSED = (
    ("Ana", "you did not call #complain"),
    ("Ben", "leave it #withdraw"),
    ("Ana", "say something #request_need"),
    ("Ben", "no #withdraw"),
    ("Ana", "this is always you #blame"),
    ("Ben", "bye #withdraw"),
    ("Ana", "I am cold too"),
    ("Ben", "there is soup"),
)
PRESSED_AND_LEFT = (
    ("Ana", "you did not call #complain"),
    ("Ben", "leave it #withdraw"),
    ("Ana", "I made tea"),
    ("Ben", "good"),
    ("Ana", "say something #request_need"),
    ("Ben", "no #withdraw"),
    ("Ana", "it is getting dark"),
    ("Ben", "yes"),
    ("Ana", "this is always you #blame"),
    ("Ben", "bye #withdraw"),
)


def weeks(*quarrels: tuple[tuple[str, str], ...]) -> Relationship:
    """One quarrel a week, a line a minute."""
    messages: list[Message] = []
    for week, lines in enumerate(quarrels):
        at = datetime(2026, 1, 5, 19, tzinfo=UTC) + timedelta(weeks=week)
        messages += [message(f"m{len(messages) + n}", who, at + timedelta(minutes=n), text) for n, (who, text) in enumerate(lines)]
    return together(messages)


def of(relationship: Relationship, name: str) -> Finding:
    [finding] = [finding for finding in measure(relationship) if finding.measure == name]
    return finding


def test_how_often_and_how_they_ended() -> None:
    relationship = weeks(*[REPAIRED] * 9, PRESSED)
    often, repaired = of(relationship, "quarrels"), of(relationship, "quarrels_repaired")
    assert (often.n, often.out_of, often.says) == (10, 2, "clearly")
    assert often.low is not None
    assert often.value is not None
    assert often.high is not None
    assert often.low < often.value < often.high
    assert [point.label for point in often.series] == ["repair"] * 9 + ["protest_polka"]
    assert (repaired.n, repaired.out_of, repaired.value) == (9, 10, round(10 / 12, 4))
    assert repaired.against[0].why.startswith("here it began; one pressed")


def test_five_quarrels_cannot_tell_and_six_can_and_both_are_drawn() -> None:
    five, six = weeks(*[REPAIRED] * 5), weeks(*[REPAIRED] * 6)
    assert of(five, "quarrels").needs == "6 quarrels; 5 so far"
    assert of(five, "quarrels_repaired").needs == "6 quarrels; 5 so far"
    assert len(of(five, "quarrels").series) == 5
    assert of(six, "quarrels").value is not None
    assert of(six, "quarrels_repaired").value == round(7 / 8, 4)


def test_no_quarrels_no_findings() -> None:
    assert list(measure(chat("2026-03-01 09:00 Ana: hi #greet_part\n09:01 Ben: hi #greet_part"))) == []


def test_a_cycle_is_named_from_twelve_quarrels_on() -> None:
    eleven = of(weeks(*[PRESSED] * 11), "quarrel_cycle")
    assert (eleven.says, eleven.value, eleven.needs) == ("cannot_tell", None, "12 quarrels; 11 so far")
    twelve = weeks(*[PRESSED_AND_LEFT] * 12)
    told = of(twelve, "quarrel_cycle")
    assert (told.unit, told.person, told.toward) == ("protest_polka", "Ana", "Ben")
    assert told.value is not None
    assert len(told.sensitivity) == 3


def test_quarrels_without_order_have_no_cycle() -> None:
    finding = of(weeks(*[REPAIRED] * 14), "quarrel_cycle")
    assert (finding.says, finding.value) == ("cannot_tell", None)
    assert "none does in 14 quarrels" in finding.needs


def test_same_seed_same_findings() -> None:
    relationship = weeks(*[PRESSED] * 12)
    assert list(measure(relationship, seed=5)) == list(measure(relationship, seed=5))


def test_silence_after_a_demand_is_a_withdrawing_turn() -> None:
    thread = next(
        iter(
            threads(
                chat("""
                    2026-03-01 09:00 Ana: say something #request_need
                    09:01 Ana: please
                    11:00 Ben: what #defend
                    11:01 Ana: talk to me #request_need
                    13:00 Ana: hello
                """),
            ),
        ),
    )
    turns = turns_of([(thread, range(5))])
    assert turns.who.tolist() == [0, 1, 0, 1]
    assert turns.moves.tolist() == [[False, True, False], [False, False, True], [False, True, False], [False, False, True]]


def couple(kind: str, random: np.random.Generator, *, quarrels: int = 12) -> Turns:
    """Turns with a planted way of answering: P(attack), P(demand), P(withdraw) after what the other just did."""
    which, who, moves = [], [], []
    for quarrel in range(quarrels):
        before, first = [False] * 3, int(random.integers(0, 2))
        for turn in range(int(random.integers(8, 16))):
            person = (first + turn) % 2
            attack = {"bad_guy": 0.9 if before[0] else 0.1, "none": 0.3}.get(kind, 0.1)
            demand = {"protest_polka": (0.5, 0.1)[person], "none": 0.3}.get(kind, 0.15)
            leave = {"protest_polka": (0.0, 0.6 if before[1] else 0.1)[person], "none": 0.15}.get(kind, 0.05)
            before = (random.random(3) < (attack, demand, leave)).tolist()
            which.append(quarrel)
            who.append(person)
            moves.append(before)
    return Turns(np.array(which), np.array(who), np.array(moves, dtype=np.bool_))


def named(kind: str, *, tries: int) -> list[str]:
    random = np.random.default_rng(11)
    found = (cycles(couple(kind, random), seed=seed) for seed in range(tries))
    return [next((cycle.name for cycle in told if cycle.is_named), "none") for told in found]


@pytest.mark.parametrize("kind", ["bad_guy", "protest_polka"])
def test_a_planted_cycle_is_named_in_four_of_five(kind: str) -> None:
    assert named(kind, tries=15).count(kind) >= 12


def test_couples_without_a_cycle_are_seldom_given_one() -> None:
    assert named("none", tries=40).count("none") >= 37


@pytest.mark.slow
def test_at_most_one_in_twenty_couples_without_a_cycle_is_given_one() -> None:
    assert named("none", tries=500).count("none") >= 475
