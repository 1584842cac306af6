"""Ana says how Ben feels; what came before it is known."""

import numpy as np
import pytest

from conversation import an_ear, every_day, from_arrays, only, talk
from nearer.columns import Texts
from nearer.records import EarErrors, Finding, Relationship
from nearer.relate._assuming import statements
from nearer.relate._heard import Heard
from nearer.relate.asking import before, measure

BARE = "20:00 Ben: hi\n20:05 Ana: you're angry with me"
ASKED = "20:00 Ana: how was it for you today? #curious_question\n20:02 Ben: long\n20:05 Ana: so you're just tired"
SAID = "20:00 Ben: I feel awful #disclose_feeling\n20:05 Ana: you feel guilty then"


def told(relationship: Relationship, *, errors: EarErrors | None = None) -> list[Finding]:
    """Return what the measure tells."""
    return list(measure(Heard(relationship, errors=errors)))


# --------------------------------------------------------------------------------------------------------------------- by words


@pytest.mark.parametrize(
    "text",
    [
        "you're angry",
        "You\u2019re just mad at me",
        "I know you are upset",
        "you don't care about us",
        "YOU HATE HER",
        "you just wanted to win",
        "you dont care",
    ],
)
def test_what_says_how_the_other_feels(text: str) -> None:
    assert statements(Texts.of([text])).all()


@pytest.mark.parametrize(
    "text",
    [
        *("are you angry", "you're angry?", "if you're angry, say so", "do you hate me", "hope you feel happy", "why you're sad"),
        *("you are so patient", "bayou are sad", "thank you", "you're madly early", "you are at home", ""),
    ],
)
def test_what_does_not(text: str) -> None:
    assert not statements(Texts.of([text])).any()


def test_texts_that_lie_side_by_side_do_not_run_into_each_other() -> None:
    texts = Texts.of(["if", "you're angry", "ly", "do", "you hate me", "you're", " angry", "you feel sad"])
    assert statements(texts).tolist() == [False, True, False, False, True, False, False, True]
    assert statements(texts[1:3]).tolist() == [True, False]
    assert statements(Texts.of([])).tolist() == []


# ------------------------------------------------------------------------------------------------------------------- by what came before


def test_a_statement_after_a_question_or_after_the_others_own_word_was_asked_for() -> None:
    text = "\n".join((every_day(10, BARE), every_day(9, ASKED, since="2026-05-01"), every_day(6, SAID, since="2026-06-01")))
    found = only(told(talk(text, people=("Ana", "Ben"))), "asking", "Ana")
    assert (found.n, found.out_of, found.toward) == (15, 25, "Ben")
    assert found.value == pytest.approx(16 / 27, abs=1e-3)
    assert [evidence.id for evidence in found.against] == ["m16", "m18", "m20"]


def test_yesterdays_question_is_another_sitting_and_the_fourth_message_back_too_far() -> None:
    yesterday = "08:00 Ana: how are you? #curious_question\n20:00 Ben: hi\n20:05 Ana: you're angry"
    far = "20:00 Ana: how are you? #curious_question\n20:01 Ana: one\n20:02 Ana: two\n20:03 Ana: three\n20:05 Ana: you're angry"
    near = "20:00 Ana: how are you? #curious_question\n20:01 Ana: one\n20:02 Ana: two\n20:05 Ana: you're angry"
    for script, count in ((yesterday, 0), (far, 0), (near, 25)):
        found = only(told(talk(every_day(25, script) + "\n2026-09-01 09:00 Ben: hi")), "asking", "Ana")
        assert (found.n, found.out_of) == (count, 25), script


def test_what_gives_back_what_was_told_is_no_statement() -> None:
    script = "20:00 Ben: hi\n20:05 Ana: you're angry, of course you are #validate"
    assert only(told(talk(every_day(25, script))), "asking", "Ana").needs == "20 statements about the other's feelings; 0 so far"


def test_nineteen_statements_are_too_few() -> None:
    few, enough = (only(told(talk(every_day(days, ASKED))), "asking", "Ana") for days in (19, 20))
    assert (few.value, few.needs) == (None, "20 statements about the other's feelings; 19 so far")
    assert enough.value is not None


def test_before_counts_the_messages_it_looked_at() -> None:
    relationship = talk("20:00 Ana: a\n20:01 Ben: b\n20:02 Ana: c\n20:03 Ana: d\n20:04 Ana: e #curious_question\n20:05 Ben: f")
    heard = Heard(relationship)
    found, lines = before(heard, np.array([0, 1, 4, 5]), heard.sure("curious_question"), by=0)
    assert found.tolist() == [0, 0, 0, 1]
    assert lines.tolist() == [0, 1, 3, 3]


# ---------------------------------------------------------------------------------------------------------------------- questions a week


def test_questions_a_week() -> None:
    script = "20:00 Ana: how was it? #curious_question\n20:01 Ben: good\n20:02 Ana: ok\n20:03 Ana: night"
    found = only(told(talk(every_day(70, script, since="2026-03-02"))), "asking_questions", "Ana")
    assert found.value == pytest.approx(7)
    assert found.evidence[-1].why == "asks"


def test_a_noisy_ear_covers_the_questions_that_were_planted() -> None:
    ear, covered = an_ear(0.85, 0.99), []
    for seed in range(12):
        random = np.random.default_rng([seed, 1])
        who, asks = random.integers(0, 2, 4000), random.random(4000) < 0.1
        relationship = from_arrays(who, np.arange(4000) * 300, {"curious_question": asks}, errors=ear, seed=seed)
        found = only(told(relationship, errors=ear), "asking_questions", "Ana")
        weekly = 0.1 * 0.5 * 7 * 24 / 5
        covered.append(found.low is not None and found.high is not None and found.low <= weekly <= found.high)
    assert np.mean(covered) >= 0.75
