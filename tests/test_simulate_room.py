"""A simulated relationship: the same for the same seed, in order, labelled, and believable in its times."""

import hashlib
import subprocess
import sys
from collections import Counter
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import numpy as np
import pytest

from nearer.errors import UnknownName, UsageError
from nearer.records import ACT_INDEX, WHAT_INDEX
from nearer.sense._due import due
from nearer.simulate import EXAMPLE_SEED, Plan, Simulated, example, example_plan, load_plan, plan_names, simulate
from nearer.simulate._plan import Habits, Quarrels, Ritual

WEEKS = 7


def digest(made: Simulated) -> str:
    messages = made.relationship.messages
    return hashlib.sha256(messages.text.data + messages.time.tobytes() + repr(made.truth).encode()).hexdigest()


@pytest.fixture(scope="module")
def year() -> Simulated:
    return example()


def busy(**more: Any) -> Plan:
    """A plan in which everything happens within weeks."""
    habits = Habits(seeks=3.0, news=3.0, appreciates=3.0, promises=4.0, due_days=1.0, kept=0.4, late=0.2, broken=0.2, open=0.2)
    rituals = (Ritual("morning", 0, "07:00"), Ritual("night", 1, "22:30"), Ritual("weekly", 0, "18:00"))
    shapes = {"protest_polka": 1.0, "bad_guy": 1.0, "freeze_flee": 1.0, "repair": 1.0}
    plan = Plan(habits=(habits, habits), days=60, messages_per_day=20.0, rituals=rituals, quarrels=Quarrels(12, shapes), calls=2.0)
    return replace(plan, **more)


# ------------------------------------------------------------------------------------------------------------------- same seed, same bytes


def test_the_same_seed_makes_the_same_messages_and_truth() -> None:
    assert digest(simulate(busy(), seed=5)) == digest(simulate(busy(), seed=5))
    assert digest(simulate(busy(), seed=5)) != digest(simulate(busy(), seed=6))


def test_another_process_with_another_hash_seed_makes_the_same_messages() -> None:
    script = (
        "import hashlib; from nearer.simulate import *; s = simulate(load_plan('quiet'), seed=3); m = s.relationship.messages;"
        "print(hashlib.sha256(m.text.data + m.time.tobytes() + repr(s.truth).encode()).hexdigest())"
    )
    told = subprocess.run([sys.executable, "-c", script], env={"PYTHONHASHSEED": "77"}, capture_output=True, check=True, text=True)
    assert told.stdout.strip() == digest(simulate(load_plan("quiet"), seed=3))


# ------------------------------------------------------------------------------------------------------------------------- what is made


def test_the_example_is_a_year_of_about_five_thousand_messages(year: Simulated) -> None:
    messages = year.relationship.messages
    assert year.relationship.people == ("Ana", "Ben")
    assert 4_500 <= len(messages) <= 5_500
    assert (messages[-1].time - messages[0].time) > timedelta(days=360)
    assert year.truth["seed"] == EXAMPLE_SEED


def test_messages_are_in_order_at_whole_minutes_with_ids_of_their_own(year: Simulated) -> None:
    messages = year.relationship.messages
    assert (np.diff(messages.time) >= 0).all()
    assert (messages.time % 60_000_000 == 0).all()
    assert len(set(messages.ids)) == len(messages)


def test_labels_are_true_acts_and_no_ear_heard_them(year: Simulated) -> None:
    senses = year.relationship.messages.senses
    assert senses is not None
    assert senses.ear is None
    assert ((senses.acts == 1.0) == senses.acts_shown).all()
    text = year.relationship.messages.what == WHAT_INDEX["text"]
    assert (senses.heard == text).all()
    assert not senses.acts_shown[~text].any()


def test_every_act_is_there_in_a_stormy_year() -> None:
    senses = simulate(busy(days=200, quarrels=Quarrels(40, {"bad_guy": 1.0, "repair": 1.0})), seed=1).relationship.messages.senses
    assert senses is not None
    assert [act for act, column in ACT_INDEX.items() if not senses.acts_shown[:, column].any()] == ["withdraw"]


def test_without_labels_nothing_was_heard(year: Simulated) -> None:
    plain = year.without_labels()
    assert plain.messages.senses is None
    assert plain.messages.text == year.relationship.messages.text


def test_a_share_of_the_messages_does_nothing(year: Simulated) -> None:
    assert abs(year.truth["without_act"] / year.truth["messages"] - example_plan().logistics) < 0.02


def test_long_lines_hardly_repeat(year: Simulated) -> None:
    long = [text for text in year.relationship.messages.text if len(text.split()) >= 8]
    assert len(long) > 1_000
    assert max(Counter(long).values()) <= 12
    assert len(set(long)) > 0.45 * len(long)


def test_nobody_speaks_of_what_no_slot_filled(year: Simulated) -> None:
    assert not any("{" in text or "}" in text or text != text.strip() for text in year.relationship.messages.text)


def test_the_names_are_those_that_were_given() -> None:
    made = simulate(busy(), seed=1, people=("Chloe", "Ben"))
    assert made.relationship.people == ("Chloe", "Ben")
    assert all("{" not in text for text in made.relationship.messages.text)


def test_a_friend_of_the_two_is_neither_of_them() -> None:
    words = " ".join(simulate(busy(days=120), seed=1, people=("Chloe", "Ben")).relationship.messages.text)
    assert "Ana" in words


def test_the_promised_time_is_the_one_the_words_name(year: Simulated) -> None:
    """The label says what a reader of the words would say, in the story's own zone."""
    messages = year.relationship.messages
    assert messages.senses is not None
    checked = 0
    for row in np.flatnonzero(messages.senses.acts_shown[:, ACT_INDEX["promise"]]).tolist():
        message, given = messages[row], messages.senses.attributes[row]["promise"]["due"]
        found = due(message.text, said=message.time)
        assert (found.isoformat() if found else None) == given, message.text
        checked += given is not None
    assert checked > 30


def test_a_pause_says_when_it_ends_and_is_kept() -> None:
    made = simulate(busy(quarrels=Quarrels(20, {"repair": 1.0})), seed=2)
    messages = made.relationship.messages
    assert messages.senses is not None
    returns = {row: given["own_reactivity"]["returns"] for row, given in messages.senses.attributes.items() if "own_reactivity" in given}
    assert returns
    for row, back in returns.items():
        end = datetime.fromisoformat(back)
        assert f"{end:%H:%M}" in messages[row].text
        assert messages[row + 1].time >= end


def test_nobody_writes_in_their_sleep_but_by_the_end_of_an_exchange() -> None:
    made = simulate(load_plan("nights"), seed=4)
    hours = [(message.person, message.time.hour) for message in made.relationship.messages]
    asleep = {"Ana": {0, 1, 2, 3, 4, 5}, "Ben": {9, 10, 11, 12, 13, 14}}
    wrong = sum(hour in asleep[person] for person, hour in hours)
    assert wrong < 0.01 * len(hours)


@pytest.mark.parametrize(("start", "days"), [(date(2025, 3, 28), 5), (date(2025, 10, 24), 5)])
def test_order_survives_the_nights_on_which_the_clocks_change(start: date, days: int) -> None:
    plan = busy(days=days, messages_per_day=60.0, habits=(Habits(wakes="18:00"), Habits(wakes="17:00")), quarrels=Quarrels(0))
    messages = simulate(plan, seed=3, start=start).relationship.messages
    assert (np.diff(messages.time) >= 0).all()
    assert {message.time.utcoffset() for message in messages} == {timedelta(hours=1), timedelta(hours=2)}
    small = [message for message in messages if message.time.hour in {1, 2, 3}]
    assert small


@pytest.mark.parametrize("voice", ["quick", "careful", "dry", "second", "few"])
def test_every_voice_has_words_for_everything(voice: str) -> None:
    for other in ("careful", voice):
        habits = busy().habits
        plan = busy(habits=(replace(habits[0], voice=voice), replace(habits[1], voice=other)), calls_seen=True)
        assert len(simulate(plan, seed=1).relationship.messages) > 500


def test_a_customer_and_delta_speak_their_own_words() -> None:
    made = simulate(load_plan("brand"), seed=1, people=("Ana", "Delta"), kind="brand")
    words = " ".join(made.relationship.messages.text)
    assert made.relationship.kind == "brand"
    assert "Moss" not in words
    assert {promise["person"] for promise in made.truth["promises"]} == {"Ana", "Delta"}


def test_every_preset_but_the_big_one_can_be_told() -> None:
    for name in plan_names():
        if name != "big":
            plan = load_plan(name)
            assert len(simulate(plan, seed=1).relationship.messages) > 0.6 * plan.days * plan.messages_per_day, name


def test_one_day_and_no_habits_at_all() -> None:
    idle = Habits(engaged=0.0, seeks=0.0, news=0.0, appreciates=0.0, promises=0.0)
    made = simulate(Plan(habits=(idle, idle), days=1, quarrels=Quarrels(0)), seed=1)
    assert made.truth["promises"] == made.truth["quarrels"] == []
    nothing = simulate(Plan(habits=(idle, idle), days=3, sittings=0.0, quarrels=Quarrels(0)), seed=1)
    assert len(nothing.relationship.messages) == 0
    assert nothing.truth["directions"][0]["opened"] == {"part": 0, "whole": 0}


# --------------------------------------------------------------------------------------------------------------------------- what is refused


@pytest.mark.parametrize("people", [("Ana",), ("Ana", "Ana"), ("Ana", ""), ("Ana", "Ben", "Chloe")])
def test_two_people_with_different_names(people: tuple[str, ...]) -> None:
    with pytest.raises(UsageError, match="two people"):
        simulate(busy(), seed=1, people=people)


def test_an_unknown_voice_and_a_voice_without_words_are_named() -> None:
    with pytest.raises(UnknownName, match="dry"):
        simulate(busy(habits=(Habits(voice="pirate"), Habits())), seed=1)
    with pytest.raises(UsageError, match="agent"):
        simulate(busy(habits=(Habits(voice="agent", engaged=5.0), Habits())), seed=1)


@pytest.mark.slow
def test_a_million_messages_in_a_minute_and_a_gibibyte() -> None:
    script = (
        "import resource, time; from nearer.simulate import *; s = simulate(load_plan('big'), seed=1);"
        "print(s.truth['messages'], time.process_time(), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)"
    )
    told = subprocess.run([sys.executable, "-c", script], capture_output=True, check=True, text=True)
    messages, seconds, kibibytes = map(float, told.stdout.split())
    assert messages >= 1_000_000
    assert seconds < 60
    assert kibibytes < 1 << 20
