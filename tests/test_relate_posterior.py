import numpy as np
import pytest
from scipy.stats import beta, gamma

from nearer.relate._bootstrap import draw_cells, interval
from nearer.relate._posterior import beta_interval, dirichlet_intervals, gamma_interval, says_direction, says_level


def test_beta_interval_is_the_posterior_of_a_flat_prior() -> None:
    mean, low, high = beta_interval(18, 12)
    assert mean == pytest.approx(19 / 32)
    assert beta.cdf([low, high], 19, 13).tolist() == pytest.approx([0.05, 0.95])


def test_dirichlet_shares_sum_to_one_and_each_is_a_beta() -> None:
    shares = dirichlet_intervals((20, 8, 2))
    assert sum(mean for mean, _, _ in shares) == pytest.approx(1)
    assert list(shares[0][1:]) == pytest.approx(beta.ppf([0.05, 0.95], 21, 12).tolist())


def test_gamma_interval_holds_the_rate() -> None:
    value, low, high = gamma_interval(12, 6)
    assert value == 2
    assert gamma.cdf(low * 6, 12.5) == pytest.approx(0.05)
    assert gamma.cdf(high * 6, 12.5) == pytest.approx(0.95)


@pytest.mark.parametrize(
    ("probability", "word"),
    [
        (0.975, "clearly"),
        (0.974, "probably"),
        (0.80, "probably"),
        (0.799, "cannot_tell"),
        (0.5, "cannot_tell"),
        (0.02, "clearly"),
        (0.03, "probably"),
    ],
)
def test_words_of_a_direction(probability: float, word: str) -> None:
    assert says_direction(probability) == word


@pytest.mark.parametrize(
    ("width", "word"), [(0.2, "clearly"), (0.21, "probably"), (0.4, "probably"), (0.41, "cannot_tell"), (np.inf, "cannot_tell")]
)
def test_words_of_a_level(width: float, word: str) -> None:
    assert says_level(0.0, width) == word


def test_one_unit_a_sitting_gives_the_beta_itself() -> None:
    cell = np.array([1] * 18 + [0] * 12)
    cells = draw_cells(cell, np.arange(30), np.ones(2), random=np.random.default_rng(1))
    shares = cells[:, 1] / cells.sum(axis=1)
    assert shares[0] == pytest.approx(19 / 32)
    assert interval(shares) == pytest.approx(beta_interval(18, 12)[1:], abs=0.015)


def test_units_that_hang_together_widen_the_interval() -> None:
    cell, random = np.repeat([0, 1, 1, 0, 1, 0], 20), np.random.default_rng
    alone = draw_cells(cell, np.arange(120), np.ones(2), random=random(1))
    together = draw_cells(cell, np.repeat(np.arange(6), 20), np.ones(2), random=random(1))
    widths = [np.ptp(interval(cells[:, 1] / cells.sum(axis=1))) for cells in (alone, together)]
    assert widths[1] > 2 * widths[0]


def test_many_sittings_are_joined_into_blocks_without_losing_any() -> None:
    cells = draw_cells(np.ones(5000, dtype=np.int64), np.arange(5000), np.array([0.1, 1.0]), random=np.random.default_rng(1))
    assert cells[0].tolist() == [0.1, 5001.0]
    assert cells[1:, 1].mean() == pytest.approx(5001, rel=0.01)
