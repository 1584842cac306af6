import numpy as np
import pytest

from nearer.relate._survival import kaplan_meier, median_wait


def test_the_curve_by_hand() -> None:
    times, came = np.array([1.0, 2.0, 2.0, 3.0, 4.0, 5.0]), np.array([True, True, False, True, False, True])
    moments, left = kaplan_meier(times, came)
    assert moments.tolist() == [1, 2, 3, 5]
    assert left.tolist() == pytest.approx([5 / 6, 5 / 6 * 4 / 5, 5 / 6 * 4 / 5 * 2 / 3, 0])


def test_without_censoring_it_is_the_plain_share_still_waiting() -> None:
    times = np.array([4.0, 1.0, 2.0, 2.0])
    moments, left = kaplan_meier(times, np.ones(4, dtype=np.bool_))
    assert (moments.tolist(), left.tolist()) == ([1, 2, 4], pytest.approx([0.75, 0.25, 0]))


def test_a_weight_of_two_is_a_case_twice() -> None:
    times, came = np.array([1.0, 2.0, 3.0]), np.array([True, False, True])
    _, weighed = kaplan_meier(times, came, np.array([[2.0, 1.0, 1.0]]))
    _, twice = kaplan_meier(np.array([1.0, 1.0, 2.0, 3.0]), np.array([True, True, False, True]))
    assert weighed[0].tolist() == pytest.approx(twice.tolist())


def test_the_median_wait_and_its_interval() -> None:
    random = np.random.default_rng(1)
    value, low, high = median_wait(random.exponential(10, 200), np.ones(200, dtype=np.bool_), random=random)
    assert low < value < high
    assert low < 10 * np.log(2) < high


def test_a_wait_that_mostly_never_ended_has_no_median() -> None:
    came = np.array([True, True, False, False, False, False])
    assert median_wait(np.arange(1.0, 7.0), came, random=np.random.default_rng(1))[0] == np.inf


def test_nothing_ever_came() -> None:
    assert median_wait(np.ones(6), np.zeros(6, dtype=np.bool_), random=np.random.default_rng(1)) == (np.inf, np.inf, np.inf)
