"""Heat: everybody against their own usual messages; a direction only where it is as good as sure."""

from dataclasses import replace

import numpy as np
import pytest

from conversation import every_day, from_arrays, only, talk
from nearer.columns import Texts
from nearer.records import EMOTION_INDEX, Finding, Relationship
from nearer.relate._heard import Heard
from nearer.relate.heat import answers, hotter, intensity, measure


def warm(
    heat: np.ndarray[tuple[int], np.dtype[np.float64]], *, who: np.ndarray[tuple[int], np.dtype[np.int64]], gap: int = 3
) -> Relationship:
    """Return Ana's (0) and Ben's (1) messages, `gap` minutes apart with a night after every tenth, that read this hot."""
    minute = np.cumsum(np.where(np.arange(len(who)) % 10 == 0, 600, gap)).astype(np.int64)
    relationship = from_arrays(who, minute, {})
    senses = relationship.messages.senses
    assert senses is not None
    emotions = np.zeros_like(senses.emotions)
    emotions[:, EMOTION_INDEX["anger"]] = heat
    return replace(relationship, messages=relationship.messages.with_senses(replace(senses, emotions=emotions)))


def chat(*, meets: float, seed: int = 1, size: int = 4000, late: float = 0.0) -> Relationship:
    """Ana and Ben in turn; one of eight messages of Ana's is hot, Ben's answer to it with probability `meets`, others one of eleven."""
    random = np.random.default_rng(seed)
    who = (np.arange(size) % 2).astype(np.int64)
    hot = (who == 0) & (random.random(size) < 0.125)
    after = np.append(False, hot[:-1]) & (who == 1)
    hot |= after & (random.random(size) < meets)
    hot |= ~after & (who == 1) & (random.random(size) < 0.09)
    hot |= (np.arange(size) > size * 0.85) & (random.random(size) < late)
    return warm(np.where(hot, 0.7, 0.0) + random.random(size) * 0.2, who=who)


def told(relationship: Relationship, name: str, person: str = "Ben") -> Finding:
    return only(measure(Heard(relationship)), name, person)


def test_hotter_than_usual_is_above_nine_of_ten_of_ones_own() -> None:
    who = np.repeat([0, 1], 100)
    heat = np.concatenate([np.arange(100) / 200, 0.5 + np.arange(100) / 200])
    heard = Heard(warm(heat, who=who))
    mask = hotter(heard, intensity(heard))
    assert np.flatnonzero(mask).tolist() == [*range(90, 100), *range(190, 200)]


@pytest.mark.parametrize(
    ("text", "heat"),
    [
        ("no", 0.4),
        ("no!!", 0.5),
        ("no!?", 0.5),
        ("no!", 0.4),
        ("LEAVE ME alone", 0.5),
        ("NASA called", 0.4),
        ("I am so tired of it", 0.5),
        ("x" * 1_000 + "!!", 0.4),
    ],
)
def test_a_quarter_more_with_capitals_marks_or_strong_words(text: str, heat: float) -> None:
    relationship = warm(np.array([0.4, 0.0]), who=np.array([0, 1]))
    relationship = replace(relationship, messages=replace(relationship.messages, text=Texts.of([text, "ok"])))
    assert intensity(Heard(relationship))[0] == pytest.approx(heat)


def test_loud_words_without_a_hard_feeling_are_not_hot_and_nothing_is_above_one() -> None:
    relationship = warm(np.array([0.09, 0.95]), who=np.array([0, 1]))
    relationship = replace(relationship, messages=replace(relationship.messages, text=Texts.of(["YES YES!!", "no!!"])))
    assert intensity(Heard(relationship)).tolist() == pytest.approx([0.09, 1.0])


def test_an_answer_is_the_first_three_lines_within_a_sitting_after_the_others_last_three() -> None:
    text = "\n".join(
        [
            "2026-03-01 09:00 Ana: a",
            *(f"09:0{minute} Ana: b" for minute in range(1, 5)),
            *(f"09:1{minute} Ben: c" for minute in range(5)),
            "2026-03-01 13:14 Ana: d",
            "13:15 Ben: e",
        ]
    )
    heard = Heard(talk(text))
    hot = np.zeros(12, dtype=np.bool_)
    hot[1] = True
    starts, prompted, answered = answers(heard, hot, 1)
    assert (starts.tolist(), prompted.tolist(), answered.tolist()) == ([5, 11], [False, False], [False, False])
    hot[2] = hot[7] = True
    assert answers(heard, hot, 1)[1].tolist() == [True, False]
    assert answers(heard, hot, 1)[2].tolist() == [True, False]
    hot[7], hot[8] = False, True
    assert answers(heard, hot, 1)[2].tolist() == [False, False]
    assert answers(heard, hot, 0)[0].tolist() == []


def test_heat_that_meets_heat_is_told_by_how_much_more_often() -> None:
    found = told(chat(meets=0.5), "heat_answered")
    assert found.value is not None
    assert 0.2 < found.value < 0.5
    assert (found.says, found.person, found.toward) == ("clearly", "Ben", "Ana")
    assert "an answer from Ben hotter than usual" in found.evidence[-1].why
    assert [row["setting"].split()[2] for row in found.sensitivity] == ["nine", "nineteen"]
    assert found.out_of > 100


def test_where_heat_meets_nothing_no_direction_is_told() -> None:
    findings = [told(chat(meets=0.09, seed=seed), "heat_answered") for seed in range(12)]
    assert sum(finding.value is not None for finding in findings) <= 1
    assert any("a clearer difference" in finding.needs for finding in findings)


def test_thirty_answered_hot_messages_are_needed() -> None:
    assert "30 answered messages hotter than usual" in told(chat(meets=0.5, size=300), "heat_answered").needs


def test_hotter_weeks_are_told_and_steady_ones_are_not() -> None:
    hotter_now = told(chat(meets=0.09, late=0.3), "heat_lately")
    assert hotter_now.value is not None
    assert hotter_now.value > 0.1
    assert hotter_now.evidence[-1].why == "hotter than usual, in the last four weeks"
    assert told(chat(meets=0.09), "heat_lately").value is None
    assert "100 messages in the last four weeks" in told(chat(meets=0.09, size=150), "heat_lately").needs


def test_labels_without_feelings_and_empty_chats_say_what_they_need() -> None:
    for text in (every_day(40, "09:00 Ana: hi\n09:01 Ben: hi"), "09:00 Ana: hi"):
        findings = list(measure(Heard(talk(text, people=("Ana", "Ben")))))
        assert len(findings) == 4
        assert {finding.needs for finding in findings} == {"messages in which feelings were heard (nearer sense); none so far"}
