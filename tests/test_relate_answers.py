"""What was answered to what was told, and how often an ear errs in answers."""

from collections.abc import Iterable
from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from conversation import an_ear, from_arrays, talk
from nearer.records import ACT_INDEX, EarErrors, HeldOut
from nearer.relate._answers import DISTRESS, TOO_FEW, Ask, ask, held_answers, room, shows, tellings
from nearer.relate._heard import DAY, HOUR, Heard
from nearer.relate._shares import TOO_WIDE

FEEL = ("disclose_feeling",)


def _told(text: str, *, within: int = DAY, number: int = 1, unheard: tuple[str, ...] = ()) -> list[int]:
    heard = Heard(talk(text, people=("Ana", "Ben"), unheard=unheard))
    return [int(position) for position in tellings(heard, number, heard.sure(*DISTRESS), within=within)]


def test_a_telling_is_named_by_its_last_told_message() -> None:
    text = """
        20:00 Ana: I feel low #disclose_feeling
        20:01 Ana: stay with me #bid_comfort
        20:02 Ana: please
        20:05 Ben: I am here
    """
    assert _told(text) == [1]


def test_another_sitting_or_another_answer_is_another_telling() -> None:
    text = """
        08:00 Ana: I feel low #disclose_feeling
        13:00 Ana: still low #disclose_feeling
        13:05 Ben: I am here
        13:06 Ana: and scared #disclose_feeling
        13:07 Ben: of what?
    """
    assert _told(text) == [0, 1, 3]


@pytest.mark.parametrize(("within", "count"), [(HOUR, 1), (HOUR - 1, 0)])
def test_an_answer_at_the_very_end_of_its_time_still_comes(within: int, count: int) -> None:
    assert len(_told("20:00 Ana: I feel low #disclose_feeling\n21:00 Ben: I am here", within=within)) == count


def test_no_answer_or_one_that_was_not_heard_makes_no_telling() -> None:
    assert _told("20:00 Ana: I feel low #disclose_feeling") == []
    assert _told("20:00 Ana: I feel low #disclose_feeling\n20:05 Ben: voice", unheard=("voice",)) == []
    assert _told("20:00 Ben: I feel low #disclose_feeling\n20:05 Ana: I am here") == []


def test_a_passage_in_which_the_analysis_stopped_is_neither_told_nor_answered() -> None:
    relationship = talk(
        "20:00 Ana: I feel low #disclose_feeling\n20:05 Ben: I am here #comfort\n20:06 Ana: so low #bid_comfort\n20:07 Ben: here"
    )
    senses = relationship.messages.senses
    assert senses is not None
    stopped = replace(senses, care={1: "crisis", 2: "crisis"}, heard=np.array([True, False, False, True]))
    heard = Heard(replace(relationship, messages=relationship.messages.with_senses(stopped)))
    assert tellings(heard, 1, heard.sure(*DISTRESS), within=DAY).tolist() == []


def test_the_first_three_messages_in_a_row_are_the_answer() -> None:
    lines = "20:00 Ana: I feel low #disclose_feeling\n20:01 Ben: a\n20:02 Ben: b\n20:03 Ben: c #comfort\n20:04 Ben: d #advise"
    heard = Heard(talk(lines))
    told = tellings(heard, 1, heard.sure(*DISTRESS), within=DAY)
    assert [shows(heard, told, act).tolist() for act in ("comfort", "advise")] == [[True], [False]]
    assert shows(heard, told[:0], "comfort").tolist() == []


# ------------------------------------------------------------------------------------------------------------------ errors in answers


def _held(rows: list[tuple[int, str, str, str]]) -> HeldOut:
    """Messages as (person, true, shown, counted) acts; each pair is a dialogue, eight hands write them."""

    def masks(acts: Iterable[str]) -> NDArray[np.uint32]:
        return np.array([sum(1 << ACT_INDEX[act] for act in said.split()) for said in acts], dtype=np.uint32)

    number = np.arange(len(rows), dtype=np.int32)
    person = np.array([row[0] for row in rows], dtype=np.int32)
    true, shown, counted = masks(row[1] for row in rows), masks(row[2] for row in rows), masks(row[3] for row in rows)
    hand = np.random.default_rng(0).integers(0, 8, len(rows)).astype(np.int32)[number // 2]
    return HeldOut(true, shown, counted, hand, np.zeros_like(number), number // 2, person, settings=("partner",))


def _chat(held: HeldOut) -> Heard:
    ear: EarErrors = replace(an_ear(0.8, 0.9), held_out=held)
    return Heard(from_arrays(np.array([0, 1]), np.array([0, 5]), {"disclose_feeling": np.array([True, False])}, errors=ear), errors=ear)


TOLD = (0, "disclose_feeling", "disclose_feeling", "disclose_feeling")
PLAIN = (0, "", "", "")


def test_held_out_answers_are_those_to_what_was_told_by_the_other_in_the_same_dialogue() -> None:
    held = _held([TOLD, (1, "comfort", "", "comfort"), PLAIN, (1, "comfort", "comfort", "comfort"), TOLD, (0, "comfort", "", "")])
    true, found, (first, _) = held_answers(held, Ask(("comfort",)), FEEL)
    assert (true.tolist(), found.tolist(), first.tolist()) == ([True], [False], [1])
    assert held_answers(held, Ask(("comfort",), counted=True), FEEL)[1].tolist() == [True]


def test_errors_are_those_in_answers_not_those_of_all_messages() -> None:
    """After a feeling the ear hears comfort in every third answer without it, elsewhere never; all true ones are found."""
    rows = [TOLD, (1, "comfort", "comfort", "comfort"), TOLD, (1, "", "", "comfort"), *[TOLD, (1, "", "", "")] * 2] * 200
    rows += [PLAIN, (1, "", "", "")] * 2000
    asked = ask(_chat(_held(rows)), "comfort", told=FEEL)
    assert not asked.counted
    assert asked.errors is not None
    assert asked.errors.specificity[0] > 0.98
    only_counted = [row if row[0] == 0 else (row[0], row[1], "", row[3]) for row in rows]
    asked = ask(_chat(_held(only_counted)), "comfort", told=FEEL)
    assert asked.counted
    assert asked.errors is not None
    assert asked.errors.specificity[0] == pytest.approx(2 / 3, abs=0.03)


def test_where_even_the_better_point_is_not_surely_worth_enough_nothing_is_told() -> None:
    rows = [TOLD, (1, "comfort", "", "comfort"), TOLD, (1, "", "", "comfort"), TOLD, (1, "", "", "")] * 2
    rows += [TOLD, (1, "comfort", "", ""), TOLD, (1, "", "", "")] * 12
    rows += [TOLD, (1, "comfort", "", "comfort")] * 10
    asked = ask(_chat(_held(rows)), "comfort", told=FEEL)
    assert "40 is the most" in asked.needs
    assert room(asked) > TOO_WIDE


def test_turning_away_is_asked_only_where_it_is_shown() -> None:
    rows = [TOLD, (1, "turn_away", "", "turn_away"), TOLD, (1, "", "", "")] * 200
    assert "hardly ever shown" in ask(_chat(_held(rows)), "turn_away", told=FEEL).needs
    shown = [TOLD, (1, "turn_away", "turn_away", "turn_away"), TOLD, (1, "", "", "")] * 200
    asked = ask(_chat(_held(shown)), "turn_away", told=FEEL)
    assert (asked.counted, asked.needs) == (False, "")
    assert room(asked) < 0.1


@pytest.mark.parametrize(("true", "false", "are_few"), [(15, 15, False), (14, 15, True), (15, 14, True)])
def test_with_few_held_out_answers_nothing_is_told_whatever_all_messages_say(true: int, false: int, *, are_few: bool) -> None:
    rows = [TOLD, (1, "comfort", "comfort", "comfort")] * true + [TOLD, (1, "", "", "")] * false
    rows += [PLAIN, (1, "comfort", "comfort", "comfort"), PLAIN, (1, "", "", "")] * 400
    assert (ask(_chat(_held(rows)), "comfort", told=FEEL).needs == TOO_FEW) == are_few


def test_what_an_answer_may_not_hold_beside_it_is_part_of_the_question() -> None:
    """Every other comfort goes with a turning away that the ear never shows: heard as a fitting answer, it is none."""
    blind = [TOLD, (1, "comfort turn_away", "comfort", "comfort"), TOLD, (1, "comfort", "comfort", "comfort")] * 200
    asked = ask(_chat(_held(blind)), "comfort", told=FEEL, without=("turn_away",))
    assert asked.needs
    shown = [TOLD, (1, "comfort turn_away", "comfort turn_away", "comfort"), TOLD, (1, "comfort", "comfort", "comfort")] * 200
    asked = ask(_chat(_held(shown)), "comfort", told=FEEL, without=("turn_away",))
    assert asked.needs == ""
    heard = Heard(talk("20:00 Ana: low #disclose_feeling\n20:01 Ben: here #comfort\n20:02 Ben: so what #turn_away"))
    told = tellings(heard, 1, heard.sure(*FEEL), within=DAY)
    assert (Ask(("comfort",)).of(heard, told).tolist(), asked.of(heard, told).tolist()) == ([True], [False])


def test_labels_are_asked_without_errors() -> None:
    asked = ask(Heard(talk("20:00 Ana: low #disclose_feeling\n20:01 Ben: here #comfort")), "comfort", told=FEEL)
    assert (asked.errors, asked.counted) == (None, False)


def test_few_hands_leave_more_room_for_another_than_many_messages_would() -> None:
    rows = [*[TOLD, (1, "comfort", "comfort", "comfort")] * 3, TOLD, (1, "comfort", "", ""), TOLD, (1, "", "", "")] * 400
    asked = ask(_chat(_held(rows)), "comfort", told=FEEL)
    assert asked.errors is not None
    low, high = np.percentile(asked.errors.sensitivity[1:], (5, 95))
    assert high - low > 0.2
