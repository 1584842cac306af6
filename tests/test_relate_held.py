"""Held-out messages by runs: answers to what was told, and what opens a dialogue."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from nearer.records import ACT_INDEX, HeldOut
from nearer.relate._held import HELD_NEEDED, answers, errors_in, holds, openings

FEEL = ("disclose_feeling",)
Line = tuple[int, int, str]


def held_out(lines: Sequence[Line]) -> HeldOut:
    """Return lines of (dialogue, person, acts), heard without a fault, by one hand."""
    masks: NDArray[np.uint32] = np.array([sum(1 << ACT_INDEX[act] for act in line[2].split()) for line in lines], dtype=np.uint32)
    dialogue, person = (np.array([line[column] for line in lines], dtype=np.int32) for column in (0, 1))
    nothing = np.zeros(len(lines), dtype=np.int32)
    return HeldOut(masks, masks, masks, nothing, nothing, dialogue, person, settings=("partner",))


TALK: tuple[Line, ...] = (
    (0, 0, "disclose_feeling"),
    (0, 0, ""),
    (0, 1, ""),
    (0, 1, ""),
    (0, 1, ""),
    (0, 1, "comfort"),
    (0, 0, ""),
    (1, 1, "disclose_feeling"),
    (2, 0, "comfort"),
    (2, 1, "comfort"),
)


def test_an_answer_is_the_first_three_lines_of_the_other_in_the_same_dialogue() -> None:
    first, end = answers(held_out(TALK), FEEL)
    assert (first.tolist(), end.tolist()) == ([2], [5])
    assert holds(held_out(TALK).truth, ("comfort",), (first, end)).tolist() == [False]


def test_what_opens_a_dialogue_of_two_is_an_opening_and_a_line_alone_is_none() -> None:
    first, end = openings(held_out(TALK))
    assert (first.tolist(), end.tolist()) == ([0, 8], [2, 9])
    assert holds(held_out(TALK).truth, ("comfort",), (first, end)).tolist() == [False, True]


def test_of_no_messages_there_are_no_runs() -> None:
    empty = held_out([])
    assert [len(runs[0]) for runs in (answers(empty, FEEL), openings(empty))] == [0, 0]
    assert [len(runs[0]) for runs in (answers(held_out(TALK[:1]), FEEL), openings(held_out(TALK[:1])))] == [0, 0]


@pytest.mark.parametrize(
    ("true", "false", "is_known"), [(HELD_NEEDED, HELD_NEEDED, True), (HELD_NEEDED - 1, 99, False), (99, HELD_NEEDED - 1, False)]
)
def test_errors_need_enough_runs_with_and_without(true: int, false: int, *, is_known: bool) -> None:
    held = held_out([(number, 0, "comfort" if number < true else "") for number in range(true + false)])
    runs = (np.arange(len(held)), np.arange(len(held)) + 1)
    found = holds(held.shown, ("comfort",), runs)
    assert (errors_in(held, runs, true=found, found=found, random=np.random.default_rng(0)) is not None) == is_known


def test_the_settings_own_runs_are_taken_where_there_are_enough_of_them() -> None:
    """Friends' comforts are never found, partners' always."""
    count = 4 * HELD_NEEDED
    held = held_out([(number, 0, "comfort" if number % 2 else "") for number in range(count)])
    friends = np.arange(count) < count // 2
    held = replace(
        held, shown=np.where(friends, 0, held.truth).astype(np.uint32), setting=friends.astype(np.int32), settings=("partner", "friend")
    )
    runs = (np.arange(count), np.arange(count) + 1)
    true, found = (holds(masks, ("comfort",), runs) for masks in (held.truth, held.shown))
    told = {}
    for setting in ("partner", "friend", "brand"):
        errors = errors_in(held, runs, true=true, found=found, random=np.random.default_rng(0), setting=setting)
        assert errors is not None
        told[setting] = float(errors.sensitivity[0])
    assert (told["friend"] < 0.1, told["partner"] > 0.9) == (True, True)
    assert told["brand"] == pytest.approx(0.5, abs=0.1)
