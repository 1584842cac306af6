import numpy as np
import pytest

from conversation import talk
from nearer.relate._heard import HOUR, MINUTE, Heard, blocks_of


def test_a_gap_of_four_hours_begins_a_sitting() -> None:
    """
    2026-03-01 09:00 Ana: morning
    12:59 Ben: hi
    16:59 Ana: home
    """
    heard = Heard(talk(test_a_gap_of_four_hours_begins_a_sitting.__doc__ or ""))
    assert heard.sitting.tolist() == [0, 0, 1]
    assert heard.openings().tolist() == [0, 2]
    assert heard.sittings(2 * HOUR).tolist() == [0, 1, 2]


def test_lines_two_minutes_apart_are_a_burst() -> None:
    """
    09:00 Ana: one
    09:02 Ana: two
    09:05 Ana: three
    09:05 Ben: four
    """
    assert Heard(talk(test_lines_two_minutes_apart_are_a_burst.__doc__ or "")).bursts.tolist() == [0, 0, 1, 2]


def test_a_reply_is_the_next_of_the_other_and_its_first_three_lines() -> None:
    """
    09:00 Ana: look #bid_connect
    09:01 Ana: there
    09:10 Ben: oh
    09:11 Ben: yes
    09:12 Ben: nice
    09:13 Ben: really #celebrate
    """
    heard = Heard(talk(test_a_reply_is_the_next_of_the_other_and_its_first_three_lines.__doc__ or ""))
    assert heard.reply.tolist() == [2, 2, -1, -1, -1, -1]
    assert (heard.lag[:2] // MINUTE).tolist() == [10, 9]
    assert heard.reply_lines.tolist() == [3, 3, 0, 0, 0, 0]
    assert not heard.in_reply(heard.act("celebrate")).any()
    assert heard.act("bid_connect").tolist() == [True] + [False] * 5


def test_the_local_clock_knows_summer_time() -> None:
    """
    2026-03-29 01:30 Ana: winter
    2026-03-29 03:30 Ben: summer
    """
    heard = Heard(talk(test_the_local_clock_knows_summer_time.__doc__ or "", tz="Europe/Berlin"))
    assert heard.hour.tolist() == [1, 3]
    assert heard.weekday.tolist() == [6, 6]
    assert np.diff(heard.time).tolist() == [HOUR]


def test_conversations_are_read_together_in_order_of_time() -> None:
    """
    one| 2026-03-01 09:00 Ana: first
    one| 2026-03-01 11:00 Ana: third
    two| 2026-03-01 10:00 Ben: second
    """
    heard = Heard(talk(test_conversations_are_read_together_in_order_of_time.__doc__ or ""))
    assert heard.ids([0, 1, 2]) == ["m1", "m3", "m2"]


def test_what_was_not_heard_shows_no_act() -> None:
    heard = Heard(talk("09:00 Ana: quiet #complain", people=("Ana", "Ben"), unheard=("quiet",)))
    assert not heard.act("complain").any()
    assert not heard.heard.any()


GROUP = """
group| 2026-03-01 09:00 Chloe: hi all
group| 09:01 Ana: Ben, are you there?
group| 09:02 Ana: anybody else?
group| 09:03 Ben: @Ana yes
group| 09:04 Ben: Anastasia too
"""


def test_in_a_group_only_what_names_the_other_counts() -> None:
    heard = Heard(talk(GROUP, people=("Ana", "Ben", "Chloe")))
    assert heard.ids(range(len(heard.rows))) == ["m2", "m4"]
    assert not heard.group_only


def test_a_group_in_which_nobody_is_addressed() -> None:
    heard = Heard(talk("09:00 Chloe: hi\n09:01 Ana: hello\n09:02 Ben: hello", people=("Ana", "Ben", "Chloe")))
    assert heard.group_only
    assert len(heard.rows) == 0


@pytest.mark.parametrize(("most", "blocks"), [(3, [0, 0, 1, 2]), (2, [0, 0, 0, 1]), (9, [0, 0, 1, 2])])
def test_blocks_keep_the_order(most: int, blocks: list[int]) -> None:
    assert blocks_of(np.array([4, 4, 7, 9]), most=most).tolist() == blocks


def test_each_measure_draws_its_own_numbers_and_always_the_same() -> None:
    heard = Heard(talk("09:00 Ana: hi\n09:01 Ben: hi"), seed=3)
    assert heard.random("a").random() == heard.random("a").random() != heard.random("b").random()
