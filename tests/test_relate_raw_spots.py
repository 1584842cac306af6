"""Raw spots: planted subjects are found, others are not; calm talk only, once in a sitting; the exact test and false discoveries."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import fisher_exact

from conversation import an_ear, every_day, from_arrays, talk
from nearer.columns import Texts
from nearer.records import EarErrors, Finding, Relationship
from nearer.relate._heard import Heard
from nearer.relate._pooled import chance_of_more, draw_shares, stand
from nearer.relate._subjects import subject_names, subjects_at, subjects_in
from nearer.relate.raw_spots import Answers, answers, measure, touches
from nearer.show._cards import may_be_shown
from nearer.show._words import load_words

WORDS = ("job", "rent", "sister", "kids", "friends", "doctor", "marriage", "kitchen", "childhood", "future", "funeral", "proud")


def year(seed: int, *, raw: tuple[int, ...] = (), base: float = 0.05, peak: float = 0.5, errors: EarErrors | None = None) -> Relationship:
    """300 sittings of Ana and Ben in turn, ten messages each; one of three brings up a subject, and Ben is sore on `raw`."""
    random, count = np.random.default_rng(seed), 3000
    who = np.arange(count) % 2
    minute = np.cumsum(np.where(np.arange(count) % 10 == 0, 600, 2))
    subject = np.where(random.random(count) < 1 / 3, random.integers(len(WORDS), size=count), -1)
    sore = np.isin(np.append(-1, subject[:-1]), raw) & (who == 1)
    hard = random.random(count) < np.where(sore, peak, base)
    relationship = from_arrays(who, minute, {"blame": hard}, errors=errors, seed=seed)
    texts = Texts.of(f"the {WORDS[number]}" if number >= 0 else "so" for number in subject.tolist())
    return replace(relationship, messages=replace(relationship.messages, text=texts))


def told(relationship: Relationship, errors: EarErrors | None = None) -> list[Finding]:
    return [finding for finding in measure(Heard(relationship, errors=errors)) if finding.value is not None]


def answered(text: str) -> Answers:
    heard = Heard(talk(text, people=("Ana", "Ben")))
    return answers(heard, 1, touches(heard))


def came_up(some: Answers) -> list[list[str]]:
    return [[subject_names()[place] for place in np.flatnonzero(row)] for row in some.first]


# ---------------------------------------------------------------------------------------------------------------- planted and not planted


def test_planted_spots_are_found_with_few_false_ones_and_only_of_the_one_who_has_them() -> None:
    found = [(finding.person, finding.unit) for seed in range(4) for finding in told(year(seed, raw=(0, 1)))]
    right = [one for one in found if one in {("Ben", "work"), ("Ben", "money")}]
    assert len(right) >= 0.7 * 8
    assert len(found) - len(right) <= 0.1 * len(found)


def test_where_every_subject_is_alike_none_is_named() -> None:
    for seed in range(4):
        relationship = year(100 + seed, base=0.12)
        assert told(relationship) == []
    assert {finding.needs.split(";")[0] for finding in measure(Heard(relationship))} == {"a clearer difference between subjects"}


def test_a_spot_says_how_much_more_often_out_of_how_many_and_quotes_what_came_up_before_what_followed() -> None:
    (found,) = told(year(1, raw=(1,)))
    assert (found.person, found.toward, found.unit) == ("Ben", "Ana", "money")
    assert found.value is not None
    assert found.low is not None
    assert found.high is not None
    assert 0.15 < found.low < found.value < found.high < 0.7
    assert 8 <= found.n < found.out_of
    assert [one.why for one in found.evidence] == ["a hard word follows", "the subject comes up", "a hard word follows"]
    assert len(found.against) == 3
    assert [row["setting"] for row in found.sensitivity] == [f"a sitting ends after {hours} hours" for hours in (2, 4, 8)]


def test_it_is_shown_to_the_one_whose_spot_it_is_and_to_the_other_only_where_both_agreed() -> None:
    relationship, words = year(1, raw=(1,)), load_words("partner")
    (found,) = told(relationship)
    assert may_be_shown(found, replace(relationship, me="Ben"), words)
    assert not may_be_shown(found, replace(relationship, me="Ana"), words)
    assert not may_be_shown(found, relationship, words)
    assert may_be_shown(found, replace(relationship, me="Ana", both=True), words)


def test_a_good_ear_tells_as_probable_and_a_bad_one_says_what_it_lacks() -> None:
    sharp, deaf = an_ear(0.9, 0.998), an_ear(0.6, 0.6)
    found = told(year(1, raw=(1,), errors=sharp), sharp)
    assert [(one.person, one.unit, one.says) for one in found] == [("Ben", "money", "probably")]
    assert all("an ear that hears" in one.needs for one in measure(Heard(year(1, raw=(1,), errors=deaf), errors=deaf)))


# -------------------------------------------------------------------------------------------------------------------- what is counted


def test_the_first_time_in_a_sitting_counts_and_what_the_other_one_brings_up() -> None:
    some = answered(
        "09:00 Ana: the rent\n09:01 Ben: the job #blame\n20:00 Ana: my boss\n20:01 Ben: ok\n20:02 Ana: the rent, my job\n20:03 Ben: ok"
    )
    assert came_up(some) == [["money"], ["work"], ["money"]]
    assert some.hard.tolist() == [True, False, False]


def test_only_calm_talk_is_looked_at() -> None:
    quiet = "\n".join(f"09:{minute:02} {('Ana', 'Ben')[minute % 2]}: so" for minute in range(2, 12))
    assert len(answered("09:00 Ana: the rent #blame\n09:01 Ben: no").start) == 0
    assert came_up(answered(f"09:00 Ana: so\n09:01 Ben: no #blame\n{quiet}\n09:12 Ana: the rent\n09:13 Ben: ok"))[-1] == ["money"]
    soon = quiet.replace("09:02 Ana: so\n09:03 Ben: so\n", "")
    assert ["money"] not in came_up(answered(f"09:00 Ana: so\n09:01 Ben: no #blame\n{soon}\n09:12 Ana: the rent\n09:13 Ben: ok"))


def test_three_lines_before_and_three_of_the_answer_are_read_within_one_sitting() -> None:
    lines = "09:00 Ana: the rent\n09:01 Ana: my job\n09:02 Ana: so\n09:03 Ana: so\n"
    assert came_up(answered(f"{lines}09:04 Ben: a\n09:05 Ben: b\n09:06 Ben: c\n09:07 Ben: d #blame")) == [["work"]]
    assert answered(f"{lines}09:04 Ben: a\n09:05 Ben: b\n09:06 Ben: c\n09:07 Ben: d #blame").hard.tolist() == [False]
    assert answered(f"{lines}09:04 Ben: a\n09:05 Ben: b\n09:06 Ben: c #blame").hard.tolist() == [True]
    assert len(answered("09:00 Ana: the rent\n13:00 Ben: no #blame").start) == 0
    assert len(answered("09:00 Ana: the rent\n12:59 Ben: no #blame").start) == 1


@pytest.mark.parametrize(("days", "missing"), [(7, "; 7 so far"), (8, "a clearer difference")])
def test_eight_times_are_needed(days: int, missing: str) -> None:
    script = "09:00 Ana: the rent\n09:01 Ben: ok\n20:00 Ana: my job\n20:01 Ben: ok"
    (ben,) = [found for found in measure(Heard(talk(every_day(days, script)))) if found.person == "Ben"]
    assert missing in ben.needs


def test_what_was_not_heard_or_never_written_says_so() -> None:
    heard = Heard(talk("09:00 Ana: the rent\n09:01 Ben: no", unheard=("the rent", "no")))
    assert all(found.value is None and "8 answers" in found.needs for found in measure(heard))
    empty = Heard(talk("09:00 Ana: hi\n09:01 Ben: hi"))
    bare = replace(empty.relationship, messages=replace(empty.messages, senses=None))
    assert all("nearer sense" in found.needs for found in measure(Heard(bare)))


# ------------------------------------------------------------------------------------------------- pooling, chance and subjects at once


def test_shares_counted_few_times_are_drawn_toward_the_others() -> None:
    hits, counts = np.array([3, 30, *[5] * 10]), np.array([4, 40, *[100] * 10])
    few, many, usual, *_ = draw_shares(hits, counts, random=np.random.default_rng(0)).mean(axis=0)
    assert 0.05 < usual < few < many < 0.75


def test_the_exact_test_is_fishers() -> None:
    for hits, count, other_hits, other_count in ((5, 8, 3, 90), (0, 8, 3, 90), (8, 8, 0, 9), (2, 30, 20, 30)):
        table = [[hits, count - hits], [other_hits, other_count - other_hits]]
        expected = fisher_exact(table, alternative="greater").pvalue
        assert chance_of_more(hits, count, other_hits=other_hits, other_count=other_count) == pytest.approx(expected)


def test_false_discoveries_are_held_as_benjamini_and_hochberg_do() -> None:
    assert stand(np.array([0.04, 0.001, 0.03, 0.9]), at=0.05).tolist() == [False, True, False, False]
    assert stand(np.array([0.03, 0.03, 0.02, 0.9]), at=0.05).tolist() == [True, True, True, False]
    assert stand(np.zeros(0), at=0.05).tolist() == []


def test_subjects_of_many_texts_at_once_are_those_of_each_text() -> None:
    texts = ["Mum", "rent", "mum’s house", "years ago", "Years-ago", "pregnancy test", "examination", "in-laws", "used to", "jobs", ""]
    texts += ["colleagues", "us", "usual", "x" * 9, "rent,rent", "trust", "the", "back then", "Sad about MONEY"]
    every = Texts.of(["job", *texts])
    rows = np.arange(1, len(every), dtype=np.int64)[::-1]
    assert subjects_at(every, rows)[::-1].tolist() == subjects_in(texts).tolist()
    assert subjects_at(every[1:], rows - 1)[::-1].tolist() == subjects_in(texts).tolist()
    assert subjects_at(Texts.of([]), rows[:0]).shape == (0, len(subject_names()))
