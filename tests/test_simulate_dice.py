"""Chance in blocks: the same numbers for the same seed, and the shares that were asked for."""

from itertools import pairwise

import numpy as np
import pytest

from nearer.simulate._dice import BLOCK, MANY, Deck, Dice


def dice(seed: int = 1) -> Dice:
    return Dice(np.random.default_rng(seed))


def test_the_same_seed_gives_the_same_numbers_across_blocks() -> None:
    first, second, other = dice(), dice(), dice(2)
    numbers = [first.unit() for _ in range(BLOCK + 5)]
    assert numbers == [second.unit() for _ in range(BLOCK + 5)]
    assert numbers != [other.unit() for _ in range(BLOCK + 5)]
    assert all(0 <= number < 1 for number in numbers)


def test_never_and_always() -> None:
    drawn = dice()
    assert not any(drawn.chance(0.0) for _ in range(1000))
    assert all(drawn.chance(1.0) for _ in range(1000))


@pytest.mark.parametrize("mean", [0.0, 0.3, 4.0, MANY - 1, MANY, 80.0])
def test_counts_have_the_mean_and_spread_of_a_poisson(mean: float) -> None:
    drawn = dice()
    counts = np.array([drawn.count(mean) for _ in range(4_000)])
    assert counts.min() >= 0
    assert abs(counts.mean() - mean) <= 0.1 + 0.06 * mean**0.5
    assert abs(counts.var() - mean) <= 0.1 + 0.1 * mean


def test_names_come_with_their_weights() -> None:
    drawn = dice()
    names = [drawn.weighted({"a": 3.0, "b": 1.0, "c": 0.0}) for _ in range(4_000)]
    assert abs(names.count("a") / 4_000 - 0.75) < 0.03
    assert "c" not in names


def test_a_deck_deals_everything_once_before_anything_twice() -> None:
    deck = Deck(7, dice=dice())
    rounds = [[deck.deal() for _ in range(7)] for _ in range(50)]
    assert all(sorted(dealt) == list(range(7)) for dealt in rounds)
    assert all(a != b for a, b in pairwise(number for dealt in rounds for number in dealt))
    assert len({tuple(dealt) for dealt in rounds}) > 40


def test_a_deck_of_one_deals_it_again_and_again() -> None:
    deck = Deck(1, dice=dice())
    assert [deck.deal() for _ in range(3)] == [0, 0, 0]


def test_between_below_and_pick_stay_inside() -> None:
    drawn = dice()
    assert all(2.0 <= drawn.between(2.0, 3.0) < 3.0 for _ in range(500))
    assert {drawn.below(3) for _ in range(200)} == {0, 1, 2}
    assert {drawn.pick("xyz") for _ in range(200)} == {"x", "y", "z"}
