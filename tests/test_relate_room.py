from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import orjson
import pytest

from conversation import an_ear, every_day, from_arrays, only, talk
from nearer.columns import Messages
from nearer.records import ACTS, EarErrors, Flags, Ints, Relationship
from nearer.relate import episodes, measures, relate
from nearer.relate._finding import WEEKS_NEEDED
from nearer.relate._heard import Heard
from nearer.relate.accessible import measure as accessible
from nearer.relate.answered_bids import measure as answered_bids
from nearer.relate.responsive import measure as responsive
from nearer.relate.talk_mix import measure as talk_mix

BIDS, ANSWERED, FIT = 0.4, 0.75, 0.6
REPLICATES = 40


def _planted(seed: int, *, errors: EarErrors | None = None, exchanges: int = 800) -> Relationship:
    """Ana writes every day; BIDS of it are bids, ANSWERED of those are answered, FIT of the answers fit. Ben answers half of the rest."""
    random = np.random.default_rng([seed, 1])
    bid = random.random(exchanges) < BIDS
    answered = random.random(exchanges) < np.where(bid, ANSWERED, 0.5)
    fit = random.random(exchanges) < np.where(bid, FIT, 0.1)
    asked = np.arange(exchanges) * 2 * 24 * 60
    order = np.argsort(np.concatenate([asked, asked[answered] + 20]), kind="stable")
    who = np.concatenate([np.zeros(exchanges), np.ones(answered.sum())]).astype(np.int64)[order]
    minute = np.concatenate([asked, asked[answered] + 20])[order]
    acts: Mapping[str, Flags] = {
        "bid_comfort": np.concatenate([bid, np.zeros(answered.sum(), dtype=np.bool_)])[order],
        "comfort": np.concatenate([np.zeros(exchanges, dtype=np.bool_), fit[answered]])[order],
    }
    return from_arrays(who, minute, acts, errors=errors, seed=seed)


def _exchangeable(seed: int, *, errors: EarErrors | None = None) -> Relationship:
    """Two people alike in everything."""
    random = np.random.default_rng([seed, 1])
    count = 1500
    minute: Ints = np.cumsum(np.where(random.random(count) < 0.1, 600, 3)).astype(np.int64)
    who: Ints = np.where(random.random(count) < 0.5, 1, 0)
    return from_arrays(who, minute, {act: random.random(count) < 0.04 for act in ACTS}, errors=errors, seed=seed)


def test_every_measure_says_what_it_is_and_what_it_needs() -> None:
    for name, part in measures().items():
        assert part.__doc__, name
        assert "Constructs" in part.__doc__ or "constructs" in part.__doc__, name
        assert set(part.NEEDS) <= set(ACTS), name


def test_the_same_seed_gives_the_same_bytes_and_another_does_not() -> None:
    first, second, other = (
        orjson.dumps(relate(_planted(1, errors=an_ear(0.7, 0.97)), errors=an_ear(0.7, 0.97), seed=s)) for s in (5, 5, 6)
    )
    assert first == second != other


def test_findings_come_by_the_name_of_their_measure() -> None:
    found = relate(_planted(1))
    assert [finding.measure for finding in found][:4] == ["accessible", "accessible", "answered_bids", "answered_bids"]
    assert {finding.measure for finding in found} >= {"openings", "turning_toward", "reply_lag", "contact", "hours", "talk_mix"}


def test_what_cannot_be_told_has_a_need_and_no_value_and_what_is_told_has_an_interval() -> None:
    for finding in [*relate(_planted(1)), *relate(talk("09:00 Ana: hi\n09:01 Ben: hi"))]:
        if finding.says == "cannot_tell":
            assert (finding.value, finding.evidence) == (None, ()), finding.measure
            assert finding.needs, finding.measure
        else:
            assert finding.value is not None
            assert finding.low is not None
            assert finding.high is not None
            assert finding.low <= finding.value <= finding.high, finding


def test_labels_give_back_what_was_planted() -> None:
    heard = Heard(_planted(3))
    found = only(accessible(heard), "accessible", "Ben")
    assert found.value == pytest.approx(ANSWERED, abs=0.06)
    assert only(responsive(heard), "responsive", "Ben").value == pytest.approx(FIT, abs=0.08)


@pytest.mark.parametrize(("sensitivity", "specificity"), [(0.75, 0.97)])
def test_a_noisy_ear_still_covers_what_was_planted(sensitivity: float, specificity: float) -> None:
    errors = an_ear(sensitivity, specificity)
    covered, told = 0, 0
    for seed in range(REPLICATES):
        found = only(accessible(Heard(_planted(seed, errors=errors), errors=errors)), "accessible", "Ben")
        if found.value is not None and found.low is not None and found.high is not None:
            told += 1
            covered += found.low <= ANSWERED <= found.high
    assert told > REPLICATES * 0.9
    assert covered / told >= 0.8


def test_two_people_alike_are_hardly_ever_clearly_unlike() -> None:
    directed = [
        finding.says
        for seed in range(REPLICATES)
        for name in ("openings", "reply_lag")
        for finding in measures()[name].measure(Heard(_exchangeable(seed)))
        if finding.measure in {"openings_difference", "reply_lag"}
    ]
    assert len(directed) == 3 * REPLICATES
    assert directed.count("clearly") / len(directed) <= 0.05


def test_an_ear_below_the_floor_says_nothing() -> None:
    deaf, good = an_ear(0.5, 0.75), an_ear(0.7, 0.98)
    assert "0.30 is the least" in only(talk_mix(Heard(_planted(1, errors=deaf), errors=deaf)), "talk_mix").needs
    assert only(talk_mix(Heard(_planted(1, errors=good), errors=good)), "talk_mix").value is not None


def test_a_silent_answer_is_not_met_even_with_a_noisy_ear() -> None:
    errors = an_ear(0.75, 0.98)
    found = only(answered_bids(Heard(_planted(1, errors=errors), errors=errors)), "answered_bids", "Ben")
    assert found.value == pytest.approx(ANSWERED, abs=0.12)


def test_without_senses_only_times_are_told() -> None:
    relationship = talk(every_day(60, "09:00 Ana: hi\n09:05 Ben: hi"))
    deaf = replace(relationship, messages=replace(relationship.messages, senses=None))
    found = relate(deaf)
    assert only(found, "openings", "Ana").value is not None
    assert only(found, "accessible", "Ana").needs == "messages that were heard (nearer sense); none so far"


def test_a_group_without_addresses_says_so() -> None:
    text = every_day(40, "09:00 Chloe: hi\n09:01 Ana: hello\n09:02 Ben: hello")
    found = relate(talk(text, people=("Ana", "Ben", "Chloe")))
    assert "in this group" in only(found, "accessible", "Ana").needs
    assert "in this group" in only(found, "openings", "Ana").needs


def test_nobody_and_one_alone_give_no_finding_and_no_fault() -> None:
    assert relate(Relationship(kind="partner", people=(), messages=Messages.none())) == []
    assert relate(talk("09:00 Ana: hello?")) == []
    assert episodes(Relationship(kind="partner", people=(), messages=Messages.none())) == []


def test_a_pair_of_whom_one_never_wrote_is_no_fault() -> None:
    assert all(finding.says == "cannot_tell" for finding in relate(talk("09:00 Ana: hello?", people=("Ana", "Ben"))))


def test_the_series_follows_the_rule_of_the_value() -> None:
    found = only(accessible(Heard(_planted(3, exchanges=2000))), "accessible", "Ben")
    assert len(found.series) > WEEKS_NEEDED
    assert all((point.value is None) == (point.low is None) for point in found.series)
    assert any(point.value is not None for point in found.series)
