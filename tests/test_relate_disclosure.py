"""Ana and Ben tell each other how they feel; how often, how deep and of what is known."""

from dataclasses import replace

import numpy as np
import pytest

from conversation import an_ear, every_day, from_arrays, only, talk
from nearer.records import EMOTION_INDEX, Ear, EarErrors, Finding, Relationship
from nearer.relate._heard import Heard
from nearer.relate._subjects import subject_names, subjects_in
from nearer.relate.disclosure import measure

SOFT = "20:00 Ana: {} #disclose_feeling\n20:05 Ben: hm"
GLAD = "20:00 Ana: {} #disclose_feeling[valence=pos]\n20:05 Ben: hm"
BENS = "20:00 Ben: I feel low #disclose_feeling\n20:05 Ana: hm"


def told(relationship: Relationship, *, errors: EarErrors | None = None) -> list[Finding]:
    """Return what the measure tells."""
    return list(measure(Heard(relationship, errors=errors)))


# -------------------------------------------------------------------------------------------------------------------------- balance


def test_the_balance_is_each_ones_share_of_what_both_tell() -> None:
    found = told(talk(every_day(60, SOFT.format("I feel low")) + "\n" + every_day(40, BENS, since="2026-09-01")))
    for person, count in (("Ana", 60), ("Ben", 40)):
        one = only(found, "disclosure_balance", person)
        assert (one.n, one.out_of) == (count, 100)
        assert one.value == pytest.approx((count + 1) / 102, abs=1e-3)


def test_each_of_the_two_must_have_told_twenty_times() -> None:
    few, enough = (
        only(told(talk(every_day(60, SOFT.format("low")) + "\n" + every_day(days, BENS, since="2026-09-01"))), "disclosure_balance", "Ana")
        for days in (19, 20)
    )
    assert (few.value, few.needs) == (None, "20 tellings of a feeling by each of you; 19 so far")
    assert enough.value is not None


def test_the_balance_is_corrected_for_what_the_ear_mishears() -> None:
    """Ben writes three times as much and tells as seldom: what is misheard in his many messages is taken out."""
    ear, covered = an_ear(0.85, 0.97), []
    for seed in range(12):
        random = np.random.default_rng([seed, 1])
        who = (random.random(6000) < 0.75).astype(np.int64)
        tells = random.random(6000) < np.where(who == 0, 0.12, 0.04)
        relationship = from_arrays(who, np.arange(6000) * 300, {"disclose_feeling": tells}, errors=ear, seed=seed)
        found = only(told(relationship, errors=ear), "disclosure_balance", "Ana")
        covered.append(found.low is not None and found.high is not None and found.low <= 0.5 <= found.high)
    assert np.mean(covered) >= 0.75


# ---------------------------------------------------------------------------------------------------------------------------- depth


def test_depth_is_the_share_of_soft_feelings_and_wishes_for_comfort() -> None:
    lines = (
        every_day(12, SOFT.format("I feel left out")),
        every_day(6, "20:00 Ana: stay with me #bid_comfort\n20:05 Ben: yes", since="2026-05-01"),
        every_day(8, GLAD.format("I am so glad"), since="2026-06-01"),
        every_day(4, "20:00 Ana: I am furious #disclose_feeling[forms=hard]\n20:05 Ben: hm", since="2026-07-01"),
    )
    found = only(told(talk("\n".join(lines))), "disclosure_depth", "Ana")
    assert (found.n, found.out_of) == (18, 30)
    assert found.value == pytest.approx(19 / 32, abs=1e-3)
    assert {evidence.why for evidence in found.against} == {"a glad or an angry feeling"}


def test_several_messages_in_a_row_are_one_telling_and_the_next_day_another() -> None:
    day = "20:00 Ana: I feel low #disclose_feeling\n20:01 Ana: so low #disclose_feeling"
    assert only(told(talk(every_day(20, day) + "\n2026-08-01 09:00 Ben: hi")), "disclosure_depth", "Ana").out_of == 20


def test_nineteen_tellings_are_too_few() -> None:
    found = told(talk(every_day(19, SOFT.format("low"))))
    assert {only(found, f"disclosure_{name}", "Ana").needs for name in ("depth", "breadth")} == {"20 tellings of a feeling; 19 so far"}


def test_an_ear_says_by_its_emotions_what_is_soft() -> None:
    """Twenty feelings heard as sad and ten heard as angry; the words of the labels say nothing."""
    relationship = talk(every_day(30, SOFT.format("I feel it")))
    senses = relationship.messages.senses
    assert senses is not None
    emotions = senses.emotions.copy()
    emotions[:40, EMOTION_INDEX["sadness"]] = 0.8
    emotions[40:, EMOTION_INDEX["anger"]] = 0.8
    heard = replace(senses, emotions=emotions, ear=Ear("swift", "1", "0"))
    found = only(told(replace(relationship, messages=relationship.messages.with_senses(heard))), "disclosure_depth", "Ana")
    assert (found.n, found.out_of) == (20, 30)


# -------------------------------------------------------------------------------------------------------------------------- breadth


def test_subjects_are_found_by_whole_words_also_in_two() -> None:
    assert len(subject_names()) == 12
    found = subjects_in(["My BOSS and the rent", "years ago, in the hospital", "bosses bossy rental", "who I am"])
    assert [[name for name, is_in in zip(subject_names(), row, strict=True) if is_in] for row in found] == [
        ["work", "money"],
        ["body", "past"],
        [],
        ["self"],
    ]


def test_breadth_is_what_twenty_tellings_are_expected_to_touch() -> None:
    """Half of the tellings are about work, a quarter about money, the others about none of the twelve."""
    lines = (
        every_day(40, SOFT.format("the boss makes me feel small")),
        every_day(20, SOFT.format("the rent frightens me"), since="2026-06-01"),
        every_day(20, SOFT.format("I feel small"), since="2026-08-01"),
    )
    found = only(told(talk("\n".join(lines))), "disclosure_breadth", "Ana")
    assert (found.n, found.out_of) == (2, 12)
    assert found.value == pytest.approx((2 - 0.5**20 - 0.75**20) / 12, abs=1e-3)
    assert len(found.evidence) == 2


def test_a_subject_named_in_the_message_before_counts_and_one_of_another_sitting_does_not() -> None:
    before = every_day(25, "20:00 Ana: the boss again\n20:01 Ana: I feel small #disclose_feeling\n20:05 Ben: hm")
    apart = every_day(25, "08:00 Ana: the boss again\n20:01 Ana: I feel small #disclose_feeling\n20:05 Ben: hm")
    assert [only(told(talk(text)), "disclosure_breadth", "Ana").n for text in (before, apart)] == [1, 0]


# ----------------------------------------------------------------------------------------------------------------------------- pace


def _paced(seed: int, first: float, last: float, *, days: int = 300) -> Relationship:
    """Ana tells a feeling every second day; the share of wishes for comfort goes from `first` to `last`."""
    random = np.random.default_rng([seed, 1])
    is_deep = random.random(days) < np.linspace(first, last, days)
    since = [str(np.datetime64("2026-01-01") + day) for day in range(days)]
    return talk("\n".join(every_day(1, (SOFT if is_deep[day] else GLAD).format("so"), since=since[day]) for day in range(0, days, 2)))


def test_what_goes_deeper_is_told_and_what_becomes_lighter_too() -> None:
    rising, falling = (only(told(_paced(1, *ends)), "disclosure_pace", "Ana") for ends in ((0.1, 0.9), (0.9, 0.1)))
    assert rising.unit == "more deep tellings a quarter"
    assert falling.unit == "fewer deep tellings a quarter"
    assert rising.low is not None
    assert falling.high is not None
    assert rising.low > 0 > falling.high
    assert rising.value == pytest.approx(0.8 * 91 / 300, abs=0.08)


def test_what_does_not_change_is_hardly_ever_said_to() -> None:
    told_of = [only(told(_paced(seed, 0.5, 0.5)), "disclosure_pace", "Ana").value is not None for seed in range(30)]
    assert sum(told_of) <= 3


def test_seven_weeks_or_twenty_nine_tellings_are_too_short() -> None:
    every, weeks = talk(every_day(50, SOFT.format("low"))), talk(every_day(29, SOFT.format("low"), step=3))
    assert only(told(every), "disclosure_pace", "Ana").needs == "30 tellings of a feeling over 8 weeks; 50 over 7 weeks so far"
    assert only(told(weeks), "disclosure_pace", "Ana").needs == "30 tellings of a feeling over 8 weeks; 29 over 12 weeks so far"


def test_only_deep_tellings_have_no_pace() -> None:
    assert "a clearer change" in only(told(talk(every_day(100, SOFT.format("low")))), "disclosure_pace", "Ana").needs
