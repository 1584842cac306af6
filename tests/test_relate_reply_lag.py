import numpy as np
import pytest

from conversation import every_day, only, talk
from nearer.relate import relate
from nearer.relate._heard import HOUR, MINUTE, WITHIN, Heard
from nearer.relate.reply_lag import night_of, replies, waking

DAY = """
09:00 Ana: look #bid_connect
09:05 Ben: yes
10:00 Ana: bins
10:20 Ben: done
11:00 Ana: bread
11:20 Ben: bought
12:00 Ana: keys
12:20 Ben: found
"""


def test_a_bid_is_answered_four_times_as_fast() -> None:
    found = only(relate(talk(every_day(40, DAY))), "reply_lag", "Ben")
    assert found.value == pytest.approx(np.log(5 / 20), abs=0.05)
    assert (found.says, found.n, found.out_of) == ("clearly", 40, 160)
    assert found.evidence[0].why == "answered faster than usual"


@pytest.mark.parametrize(("days", "needs"), [(24, "30 answered bids; 24 so far"), (29, "30 answered bids; 29 so far")])
def test_thirty_answered_bids_are_needed(days: int, needs: str) -> None:
    assert only(relate(talk(every_day(days, DAY))), "reply_lag", "Ben").needs == needs


def test_a_hundred_replies_are_needed() -> None:
    text = every_day(99, "09:00 Ana: look #bid_connect\n09:05 Ben: yes")
    assert only(relate(talk(text)), "reply_lag", "Ben").needs == "100 replies; 99 so far"


def test_the_night_is_the_quietest_seven_hours_of_their_own_day() -> None:
    script = "\n".join(f"{hour:02d}:30 Ben: on shift" for hour in range(17))
    heard = Heard(talk(every_day(5, script), people=("Ana", "Ben")))
    assert night_of(heard, 1) == 17


def test_sleep_is_no_waiting() -> None:
    evening, morning = 22 * HOUR, (24 + 8) * HOUR
    asked, answered = waking(np.array([evening, morning]), night=23).tolist()
    assert (answered - asked) / HOUR == 3


def test_a_lag_runs_from_the_last_line_of_the_turn() -> None:
    text = every_day(30, "09:00 Ana: look #bid_connect\n09:10 Ana: there\n09:14 Ben: yes\n12:00 Ana: so\n12:04 Ben: so")
    heard = Heard(talk(text))
    found = replies(heard, 1, within=WITHIN)
    assert set((heard.time[found.positions] - heard.time[found.positions - 1]).tolist()) == {4 * MINUTE}
    assert found.after_bid.tolist() == [True, False] * 30
    assert np.abs(found.lag).max() == pytest.approx(0)
