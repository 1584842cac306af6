"""Episodes as a whole: weights, ids, order, runs, and what never counts as a quarrel."""

import re
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from labelled_chat import chat, heaviest, message, shapes, together
from nearer.columns import Messages
from nearer.records import ACTS, Ear, Relationship
from nearer.relate._episodes import TIES, find_episodes
from nearer.relate._episodes_thread import threads

EAR = Ear("test", "1", "0" * 64)

LATE_BUS = """
    2026-03-01 18:00 Ana: you came home late again and dinner is cold #complain
    18:02 Ben: the bus broke down, what should I have done #defend
    18:03 Ana: you always have a bus #blame[forms=always_never]
    18:04 Ben: and you always keep a list #blame[forms=always_never]
    18:20 Ben: I am getting loud. I was late and I did not call, I am sorry #own_reactivity #apologise[quality=full]
    18:22 Ana: thank you for saying it #appreciate #forgive[decision=accept]
    18:30 Ana: soup is on the stove
"""


def test_a_quarrel_holds_its_messages_and_weighs_their_share_of_what_is_not_logistic() -> None:
    episode = heaviest(LATE_BUS)
    assert (episode.what, episode.shape, episode.weight) == ("quarrel", "repair", 1.0)
    assert episode.messages == ("m1", "m2", "m3", "m4", "m5", "m6")
    assert episode.roles == {"sorry": "Ben", "hurt": "Ana"}
    assert episode.start == datetime(2026, 3, 1, 18, 0, tzinfo=UTC)
    assert episode.end == datetime(2026, 3, 1, 18, 22, tzinfo=UTC)


def test_half_the_weight_when_half_of_what_was_said_lies_elsewhere() -> None:
    found = find_episodes(chat(LATE_BUS + "\n".join(f"2026-03-05 1{hour}:00 Ana: look at the sky #bid_connect" for hour in range(6))))
    assert [(episode.what, episode.weight) for episode in found] == [("quarrel", 0.5), ("talk", 0.5)]


def test_equal_weights_come_in_the_codebooks_order() -> None:
    found = find_episodes(chat(LATE_BUS))
    ranks = [(-episode.weight, TIES.index(episode.what)) for episode in found]
    assert ranks == sorted(ranks)


def test_ids_count_in_order_of_time_within_their_conversation() -> None:
    found = sorted(find_episodes(chat(LATE_BUS)), key=lambda episode: episode.episode)
    assert [episode.episode for episode in found] == [f"home-e{number}" for number in range(1, len(found) + 1)]
    assert [episode.start for episode in found] == sorted(episode.start for episode in found)


def test_a_gap_over_six_hours_ends_a_quarrel_and_one_of_six_does_not() -> None:
    before = "2026-03-01 08:00 Ana: you forgot the bins #complain\n08:05 Ben: so did you #defend\n"
    after = "{} Ana: you never listen #blame\n{} Ben: talk to the wall #withdraw\n"
    within = find_episodes(chat(before + after.format("14:05", "14:10")))
    beyond = find_episodes(chat(before + after.format("14:06", "14:10")))
    assert sum(episode.what == "quarrel" for episode in within) == 1
    assert sum(episode.what == "quarrel" for episode in beyond) == 2


BANTER = """
    2026-03-01 12:00 Ana: you drive like a lost shopping trolley #humour[aim=at_expense]
    12:01 Ben: says the one who parked on a hedge #humour[aim=at_expense]
    12:02 Ana: the hedge started it #humour
    12:03 Ben: you are hopeless #contempt
    12:04 Ana: and proud #humour
    12:05 Ben: bring crisps, genius #humour
"""
GRUMBLE = """
    2026-03-01 12:00 Ana: the tram was late and the driver was rude #complain
    12:05 Ben: standing in that wind, no wonder you are worn out #validate
    12:06 Ana: and my umbrella broke #complain
    12:08 Ben: come in, I put the kettle on #comfort
"""
PUT_RIGHT = """
    2026-03-01 12:00 Ana: the bike is still in the hall #complain
    12:05 Ben: sorry, my fault, it goes down now #apologise[quality=full] #promise
    12:20 Ben: done #promise_ref[status=kept]
    12:21 Ana: thank you #appreciate
"""
HOLLOW_ALONE = """
    2026-03-01 12:00 Ana: I waited an hour at the gate #complain
    12:05 Ben: sorry if that bothered you #apologise[quality=hollow]
    12:10 Ana: what time is dinner
"""
MET_BADLY = """
    2026-03-01 12:00 Ana: my test came back and I am shaking #bid_comfort
    12:05 Ben: it will be nothing #turn_away[forms=minimise]
    12:06 Ana: you could just listen for once #complain
    12:07 Ben: I was trying to help #defend
    12:09 Ana: leave it #withdraw
"""


@pytest.mark.parametrize("text", [BANTER, GRUMBLE, PUT_RIGHT, HOLLOW_ALONE, MET_BADLY])
def test_never_a_quarrel(text: str) -> None:
    assert "quarrel" not in {what for what, _ in shapes(text)}


def test_the_same_hard_words_without_play_are_a_quarrel() -> None:
    assert ("quarrel", "bad_guy") in shapes(re.sub(r"#humour(\[[^\]]*\])?", "#contempt", BANTER))


def test_errands_alone_are_one_logistics() -> None:
    found = find_episodes(chat("2026-03-01 09:00 Ana: plumber at ten\n09:01 Ben: ok\n09:02 Ana: bring the key please #request_need"))
    assert [(episode.what, episode.shape, episode.weight) for episode in found] == [("talk", "logistics", 1.0)]


def test_an_errands_promise_never_outweighs_a_quarrel() -> None:
    errand = "2026-02-28 09:00 Ana: bring milk please #request_need\n09:01 Ben: I'll get milk #promise[object=milk]\n"
    errand += "".join(f"09:{minute} Ben: I'll get bread too, number {minute} #promise[object=bread{minute}]\n" for minute in range(10, 30))
    assert heaviest(errand + LATE_BUS).what == "quarrel"


def test_somebody_who_writes_alone_has_no_episodes() -> None:
    assert find_episodes(chat("2026-03-01 09:00 Ana: you never answer #blame\n09:01 Ana: hello #complain")) == []


def test_unheard_messages_have_no_episodes() -> None:
    heard = chat(LATE_BUS)
    unheard = Relationship("partner", heard.people, replace(heard.messages, senses=None))
    assert find_episodes(unheard) == []
    assert find_episodes(Relationship("partner", heard.people, Messages.none())) == []


def test_third_people_in_a_group_are_left_out() -> None:
    group = LATE_BUS.replace("18:30 Ana: soup is on the stove", "18:21 Chloe: you two are pathetic #contempt")
    assert heaviest(group).shape == "repair"
    assert heaviest(group).messages == ("m1", "m2", "m3", "m4", "m5", "m6")


def test_what_speaks_for_a_person_is_heard_at_the_open_point_and_what_speaks_against_is_not() -> None:
    text = "2026-03-01 12:00 Ana: I failed and I feel small #bid_comfort\n12:05 Ben: oh dear, come here\n12:06 Ben: try again #advise\n"
    missed = chat(text + "12:07 Ben: x", ear=EAR)
    senses = missed.messages.senses
    assert senses is not None
    senses.acts[1, ACTS.index("comfort")] = 0.3
    senses.acts[1, ACTS.index("blame")] = 0.3
    assert find_episodes(missed)[0].shape == "comfort_missed"
    assert find_episodes(missed, counted={"comfort": 0.31})[0].shape == "comfort_missed"
    assert find_episodes(missed, counted={"comfort": 0.29, "blame": 0.29})[0].shape == "comfort_met"
    assert not any(episode.what == "quarrel" for episode in find_episodes(missed, counted={"blame": 0.29}))


def test_a_message_of_crisis_opens_nothing() -> None:
    relationship = chat("2026-03-01 12:00 Ana: I feel small #bid_comfort\n12:05 Ben: try tea #advise\n12:06 Ben: x")
    senses = relationship.messages.senses
    assert senses is not None
    careful = replace(relationship, messages=relationship.messages.with_senses(replace(senses, care={0: "crisis"})))
    assert "comforting" in {episode.what for episode in find_episodes(relationship)}
    assert "comforting" not in {episode.what for episode in find_episodes(careful)}


@pytest.mark.parametrize(("between", "held"), [("", 4), (" #humour", 2)])
def test_a_run_passes_over_four_quiet_messages_or_two_busy_ones(between: str, held: int) -> None:
    def comforted(count: int) -> int:
        lines = ["2026-03-01 12:00 Ana: I feel small #bid_comfort", "12:01 Ben: I am here #comfort"]
        lines += [f"12:1{n} Ben: the kettle is on{between}" for n in range(count)]
        found = find_episodes(chat("\n".join([*lines, "12:30 Ana: thank you #appreciate"])))
        return next(len(episode.messages) for episode in found if episode.what == "comforting")

    assert comforted(held) == 3 + held
    assert comforted(held + 1) == 2


def test_two_hard_moves_belong_together_within_ten_messages() -> None:
    def quarrels(between: int) -> int:
        lines = ["2026-03-01 12:00 Ana: the bins again #complain"]
        lines += [f"12:{n + 10} Ana: and the plants" for n in range(between)]
        return sum(
            episode.what == "quarrel" for episode in find_episodes(chat("\n".join([*lines, "12:30 Ben: nag #blame", "12:31 Ana: hm"])))
        )

    assert quarrels(9) == 1
    assert quarrels(10) == 0


def test_same_input_same_episodes() -> None:
    assert find_episodes(chat(LATE_BUS)) == find_episodes(chat(LATE_BUS))


@settings(derandomize=True, max_examples=40, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["Ana", "Ben"]),
            st.lists(st.sampled_from(ACTS), max_size=2, unique=True),
            st.integers(min_value=0, max_value=2000),
        ),
        max_size=40,
    ),
)
def test_whatever_is_said_weights_are_shares_and_every_message_is_known(said: list[tuple[str, list[str], int]]) -> None:
    at, messages = datetime(2026, 3, 1, tzinfo=UTC), []
    for number, (person, acts, minutes) in enumerate(said):
        at += timedelta(minutes=minutes)
        messages.append(message(f"m{number}", person, at, "words " + " ".join(f"#{act}" for act in acts)))
    found = find_episodes(together(messages))
    ids = {entry.id for entry in messages}
    for episode in found:
        assert 0 <= episode.weight <= 1
        assert set(episode.messages) <= ids
        assert episode.messages
        assert episode.start <= episode.end
    for what in TIES:
        held = [name for episode in found if episode.what == what for name in episode.messages]
        assert len(held) == len(set(held))
    assert len({episode.episode for episode in found}) == len(found)


def test_waking_time_leaves_the_night_out() -> None:
    thread = next(iter(threads(chat("2026-03-01 22:00 Ana: hi #greet_part\n2026-03-02 08:00 Ben: hi #greet_part", tz="Europe/Berlin"))))
    start, end = thread.times()
    assert thread.waking(start, end) == 3 * 3_600_000_000


@pytest.mark.slow
def test_a_quarter_million_messages_are_read_in_seconds() -> None:
    acts = [*ACTS, *[""] * 60]
    at = datetime(2020, 1, 1, tzinfo=UTC)
    random = np.random.default_rng(7)
    picks, people = random.integers(0, len(acts), 250_000), random.integers(0, 2, 250_000)
    messages = [
        message(f"m{n}", ("Ana", "Ben")[who], at + timedelta(minutes=7 * n), f"words #{acts[pick]}" if acts[pick] else "words")
        for n, (pick, who) in enumerate(zip(picks.tolist(), people.tolist(), strict=True))
    ]
    relationship = together(messages)
    start = time.process_time()
    assert len(find_episodes(relationship)) > 1000
    assert time.process_time() - start < 20
