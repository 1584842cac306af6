"""Plans are plain data that are checked when they are made: presets, words, and both sides of every bound."""

import pytest

from nearer.errors import UnknownName, UsageError
from nearer.simulate import Plan, example_plan, load_plan, plan_names, plan_of
from nearer.simulate._plan import MAX_DAYS, MAX_MESSAGES, SHAPES, SHARES, Drift, Habits, Quarrels, Ritual

PRESETS = ("big", "brand", "drifting", "example", "nights", "null", "quiet", "warm")


def test_the_presets_are_there_and_each_is_a_plan() -> None:
    assert plan_names() == PRESETS
    assert all(isinstance(load_plan(name), Plan) for name in PRESETS)
    assert example_plan() == load_plan("example")


def test_an_unknown_preset_names_the_known_ones() -> None:
    with pytest.raises(UnknownName, match="warm"):
        load_plan("stormy")


def test_the_two_of_the_null_plan_are_exchangeable() -> None:
    plan = load_plan("null")
    assert plan.habits[0] == plan.habits[1]
    assert (plan.opens, plan.quarrels.presses, plan.rituals, plan.drift) == (0.5, 0.5, (), None)


def test_the_big_plan_is_a_million_messages() -> None:
    plan = load_plan("big")
    assert plan.days * plan.messages_per_day >= 1_000_000


def test_the_words_of_a_file_become_a_plan() -> None:
    plan = plan_of(
        {
            "says": "for people",
            "days": 10,
            "habits": [{"voice": "few"}, {"accessible": 0.5}],
            "rituals": [{"what": "night", "giver": 1, "at": "22:00"}],
            "quarrels": {"number": 1, "shapes": {"repair": 1.0}},
            "drift": {"since": 4},
        },
    )
    assert plan.habits == (Habits(voice="few"), Habits(accessible=0.5))
    assert plan.rituals == (Ritual("night", 1, "22:00"),)
    assert plan.quarrels == Quarrels(1, {"repair": 1.0})
    assert plan.drift == Drift(4)


@pytest.mark.parametrize(
    "data",
    [
        {"weeks": 3},
        {"habits": [{"mood": "good"}, {}]},
        {"rituals": [{"what": "night", "giver": 1, "at": "22:00", "hours": 2}]},
        {"quarrels": {"count": 2}},
        {"drift": {"since": 1, "until": 2}},
    ],
)
def test_a_word_no_plan_has_is_named(data: dict[str, object]) -> None:
    with pytest.raises(UnknownName, match="word of a plan"):
        plan_of(data)


@pytest.mark.parametrize(
    "name", [share for share in SHARES if share in Habits.__slots__ and share not in {"kept", "late", "broken", "open"}]
)
def test_shares_lie_between_0_and_1(name: str) -> None:
    for fine in (0.0, 1.0):
        assert getattr(plan_of({"habits": [{name: fine}, {}]}).habits[0], name) == fine
    for wrong in (-0.01, 1.01):
        with pytest.raises(UsageError, match=name):
            plan_of({"habits": [{}, {name: wrong}]})


@pytest.mark.parametrize("name", ["opens", "logistics"])
def test_shares_of_the_whole_lie_between_0_and_1(name: str) -> None:
    for fine in (0.0, 1.0):
        assert getattr(plan_of({name: fine}), name) == fine
    for wrong in (-0.1, 1.1):
        with pytest.raises(UsageError, match=name):
            plan_of({name: wrong})


def test_what_becomes_of_promises_sums_to_one() -> None:
    _ = Plan(habits=(Habits(kept=1.0, late=0.0, broken=0.0, open=0.0), Habits()))
    with pytest.raises(UsageError, match="sum to 1"):
        Plan(habits=(Habits(kept=0.9), Habits()))


def test_rates_are_numbers_from_0_on() -> None:
    _ = Plan(habits=(Habits(seeks=0.0), Habits()))
    for wrong in (-1.0, float("inf"), float("nan")):
        with pytest.raises(UsageError, match="seeks"):
            Plan(habits=(Habits(seeks=wrong), Habits()))


def test_an_answer_takes_some_time() -> None:
    with pytest.raises(UsageError, match="reply_minutes"):
        Plan(habits=(Habits(reply_minutes=0.0), Habits()))


@pytest.mark.parametrize("clock", ["24:00", "7", "07:60", "noon", "-1:00"])
def test_a_clock_time_is_one(clock: str) -> None:
    _ = Plan(habits=(Habits(wakes="23:59"), Habits(wakes="00:00")))
    with pytest.raises(UsageError, match="clock time"):
        Plan(habits=(Habits(wakes=clock), Habits()))
    with pytest.raises(UsageError, match="clock time"):
        Plan(rituals=(Ritual("night", 0, clock),))


def test_a_ritual_has_a_known_name_and_a_giver() -> None:
    with pytest.raises(UnknownName, match="morning"):
        Plan(rituals=(Ritual("noon", 0, "12:00"),))
    with pytest.raises(UsageError, match="giver"):
        Plan(rituals=(Ritual("night", 2, "22:00"),))


def test_quarrels_have_known_shapes_with_a_weight() -> None:
    _ = Plan(quarrels=Quarrels(0, {}))
    _ = Plan(quarrels=Quarrels(1, dict.fromkeys(SHAPES, 0.25)))
    with pytest.raises(UnknownName, match="bad_guy"):
        Plan(quarrels=Quarrels(1, {"tango": 1.0}))
    with pytest.raises(UsageError, match="shape"):
        Plan(quarrels=Quarrels(1, {"repair": 0.0}))


def test_a_story_is_neither_empty_nor_endless() -> None:
    _ = Plan(days=1)
    _ = Plan(days=MAX_DAYS, messages_per_day=1.0)
    for wrong in (0, MAX_DAYS + 1):
        with pytest.raises(UsageError, match="days"):
            Plan(days=wrong, messages_per_day=1.0)
    _ = Plan(days=1_000, messages_per_day=MAX_MESSAGES / 1_000)
    with pytest.raises(UsageError, match="messages_per_day"):
        Plan(days=1_000, messages_per_day=MAX_MESSAGES / 1_000 + 1)
