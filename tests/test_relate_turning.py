import pytest

from conversation import every_day, only, talk
from nearer.relate import relate

DAY = "09:00 Ana: look #bid_connect\n09:05 Ben: {}"
TEXT = "\n".join(
    (
        every_day(30, DAY.format("wow")),
        every_day(12, DAY.format("so what #turn_away[forms=minimise,ignore]"), since="2026-05-01"),
        every_day(5, DAY.format("you never stop #blame"), since="2026-06-01"),
        every_day(3, DAY.format("it will fail #turn_away[forms=joy_kill,ignore]"), since="2026-07-01"),
    )
)


def test_three_shares_of_one_whole() -> None:
    found = relate(talk(TEXT))
    shares = {turn: only(found, f"turning_{turn}", "Ben") for turn in ("toward", "away", "against")}
    assert {turn: share.n for turn, share in shares.items()} == {"toward": 30, "away": 12, "against": 8}
    assert {share.out_of for share in shares.values()} == {50}
    assert sum(share.value or 0 for share in shares.values()) == pytest.approx(1, abs=0.04)


def test_no_answer_is_turning_away() -> None:
    text = every_day(40, "09:00 Ana: look #bid_connect", step=2) + "\n2026-08-01 09:00 Ben: hi"
    assert only(relate(talk(text)), "turning_away", "Ben").n == 40


def test_thirty_bids_are_needed() -> None:
    assert only(relate(talk(every_day(29, DAY.format("wow")))), "turning_toward", "Ben").needs == "30 bids; 29 so far"
