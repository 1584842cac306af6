from conversation import every_day, only, talk
from nearer.relate import relate

QUARREL = """
18:00 Ana: you never help #blame
18:05 Ben: you are no better #blame #defend
18:10 Ana: this is on you #blame
18:15 Ben: no, on you #blame
20:15 Ben: I shouted, I am sorry #apologise[quality=full]
21:15 Ana: come here #comfort
"""


def test_hours_from_the_last_hard_word_to_the_first_warm_one() -> None:
    found = relate(talk(every_day(8, QUARREL, step=7)))
    ben, ana = only(found, "reconnection", "Ben"), only(found, "reconnection", "Ana")
    assert (ben.value, ben.n, ben.out_of, ben.says) == (2.0, 8, 8, "clearly")
    assert ana.value == 3.0
    assert len(ben.evidence) == 5


def test_a_quarrel_without_a_warm_word_is_not_yet() -> None:
    cold = "\n".join(QUARREL.strip().splitlines()[:4])
    text = every_day(7, QUARREL, step=7) + "\n" + every_day(2, cold, since="2026-06-01", step=3)
    found = only(relate(talk(text)), "reconnection", "Ben")
    assert (found.n, found.out_of, found.value) == (7, 9, 2.0)
    assert len(found.against) == 2


def test_six_quarrels_are_needed() -> None:
    assert only(relate(talk(every_day(5, QUARREL, step=7))), "reconnection", "Ben").needs == "6 quarrels; 5 so far"
    assert only(relate(talk(every_day(6, QUARREL, step=7))), "reconnection", "Ben").value == 2.0
