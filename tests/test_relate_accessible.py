import pytest
from scipy.stats import beta

from conversation import every_day, only, talk
from nearer.relate import relate

MET = every_day(
    30,
    """
09:00 Ana: look at this sky #bid_connect
09:30 Ben: yes
""",
)
MISSED = every_day(10, "09:00 Ana: and this one #bid_connect", since="2026-03-31", step=2) + "\n2026-06-01 09:00 Ben: I was away"


def test_of_forty_bids_thirty_were_answered() -> None:
    found = only(relate(talk(MET + "\n" + MISSED)), "accessible", "Ben")
    assert (found.toward, found.n, found.out_of) == ("Ana", 30, 40)
    assert found.value == pytest.approx(31 / 42, abs=1e-4)
    assert [found.low, found.high] == pytest.approx(beta.ppf([0.05, 0.95], 31, 11).tolist(), abs=0.02)
    assert found.says == "probably"
    assert len(found.evidence) == 5
    assert [evidence.id for evidence in found.against] == ["m68", "m69", "m70"]
    assert [row["setting"] for row in found.sensitivity] == [f"a reply within {hours} hours" for hours in (6, 24, 72)]


def test_twenty_nine_bids_are_too_few() -> None:
    text = every_day(29, "09:00 Ana: look #bid_connect\n09:30 Ben: yes")
    found = only(relate(talk(text)), "accessible", "Ben")
    assert (found.says, found.value, found.needs) == ("cannot_tell", None, "30 bids; 29 so far")


def test_an_answer_within_a_day_counts_and_one_later_does_not() -> None:
    on_time, late = (every_day(40, f"09:00 Ana: look #bid_connect\n{clock} Ben: yes", step=3) for clock in ("23:59", "10:00"))
    assert only(relate(talk(on_time)), "accessible", "Ben").n == 40
    shifted = "\n".join(
        line if "Ana" in line else line.replace(line[:10], f"{line[:8]}{int(line[8:10]) + 1:02d}")
        for line in late.splitlines()
        if int(line[8:10]) < 28
    )
    assert only(relate(talk(shifted)), "accessible", "Ben").n == 0


def test_a_bid_of_the_last_day_waits() -> None:
    end = "\n2026-04-05 09:00 Ana: still there? #bid_connect"
    found = only(relate(talk(every_day(35, "09:00 Ana: look #bid_connect\n09:30 Ben: yes") + end)), "accessible", "Ben")
    assert found.out_of == 35
