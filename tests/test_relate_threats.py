"""Words about ending it: of both together, heard almost without error, and silent where help comes first."""

from dataclasses import replace

from conversation import an_ear, every_day, only, talk
from nearer.records import EarErrors, Relationship
from nearer.relate._heard import Heard
from nearer.relate.threats import measure
from quarrel_ears import MOVES, an_ear_for_quarrels, heard_by

QUARREL = """
18:00 Ana: you never help #blame
18:02 Ben: that is not what happened #defend
18:04 Ana: this is on you #blame
"""
THREAT = QUARREL + "18:06 Ana: keep this up and I'm gone #threaten_leave"


def some(threats: int, others: int) -> Relationship:
    parts = [every_day(threats, THREAT, step=7)] if threats else []
    return talk("\n".join([*parts, every_day(others, QUARREL, since="2026-09-01", step=7)]))


def with_care(relationship: Relationship, kind: str) -> Relationship:
    senses = relationship.messages.senses
    assert senses is not None
    return replace(relationship, messages=relationship.messages.with_senses(replace(senses, care={0: kind})))


def test_the_share_of_quarrels_is_of_both_together() -> None:
    found = only(measure(Heard(some(4, 12))), "threats")
    assert (found.person, found.n, found.out_of) == (None, 4, 16)
    assert found.evidence[-1].why == "speaks of ending it"
    assert found.against[-1].why == "a quarrel without such a word"
    assert len(found.sensitivity) == 3


def test_one_such_word_or_fewer_than_six_quarrels_say_nothing_at_all() -> None:
    assert list(measure(Heard(some(1, 12)))) == []
    assert list(measure(Heard(some(2, 3)))) == []
    assert only(measure(Heard(some(2, 12))), "threats").n == 2
    assert list(measure(Heard(talk("09:00 Ana: hi\n09:01 Ben: hi")))) == []


def test_words_of_violence_or_crisis_anywhere_silence_it() -> None:
    for kind in ("violence", "crisis"):
        assert list(measure(Heard(with_care(some(4, 12), kind)))) == []


def test_outside_a_quarrel_it_is_not_counted() -> None:
    alone = every_day(20, "09:00 Ana: I'm gone #threaten_leave\n09:01 Ben: hm\n09:05 Ana: milk")
    assert list(measure(Heard(talk(alone)))) == []


def told(errors: EarErrors) -> bool:
    return bool(list(measure(Heard(heard_by(some(8, 30), errors), errors=errors))))


def test_an_ear_must_be_nearly_always_right() -> None:
    assert not told(an_ear(0.9, 0.9))
    held_out_without_threats = an_ear_for_quarrels()
    assert not told(held_out_without_threats)
    assert told(an_ear_for_quarrels(moves=(*MOVES[:-2], "threaten_leave", "threaten_leave")))


def test_an_ear_nobody_measured_says_nothing() -> None:
    assert list(measure(Heard(heard_by(some(8, 30), an_ear(0.9, 0.99)), errors=None))) == []
