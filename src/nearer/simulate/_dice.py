"""Chance, drawn in blocks from one numpy generator: plain numbers at a fraction of a microsecond each, the same for the same seed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import exp
from typing import TypeVar

import numpy as np

Thing = TypeVar("Thing")

BLOCK = 8_192
"""How many numbers are drawn at once."""
MANY = 30.0
"""From this mean on a Poisson count is drawn as a rounded normal one."""


class Dice:
    """Numbers from one generator, handed out one at a time."""

    def __init__(self, generator: np.random.Generator) -> None:
        self._generator = generator
        self._units: list[float] = []
        self._normals: list[float] = []

    def unit(self) -> float:
        """Return a number in [0, 1)."""
        if not self._units:
            self._units = self._generator.random(BLOCK).tolist()
        return self._units.pop()

    def normal(self) -> float:
        """Return a standard normal number."""
        if not self._normals:
            self._normals = self._generator.standard_normal(BLOCK).tolist()
        return self._normals.pop()

    def chance(self, share: float) -> bool:
        """Return True with that probability."""
        return self.unit() < share

    def between(self, low: float, high: float) -> float:
        """Return a number in [low, high)."""
        return low + (high - low) * self.unit()

    def below(self, count: int) -> int:
        """Return a whole number from 0 to count - 1."""
        return int(self.unit() * count)

    def pick(self, things: Sequence[Thing]) -> Thing:
        """Return one of the things."""
        return things[int(self.unit() * len(things))]

    def weighted(self, shares: Mapping[str, float]) -> str:
        """Return one of the names, each with its share (they need not sum to 1)."""
        left = self.unit() * sum(shares.values())
        for name, share in shares.items():
            left -= share
            if left < 0:
                return name
        return next(reversed(list(shares)))

    def count(self, mean: float) -> int:
        """Return a Poisson count."""
        if mean >= MANY:
            return max(0, round(mean + self.normal() * float(mean**0.5)))
        left, drawn = exp(-mean), 0
        product = self.unit()
        while product > left:
            drawn += 1
            product *= self.unit()
        return drawn

    def shuffled(self, count: int) -> list[int]:
        """Return 0 to count - 1 in a drawn order."""
        order = list(range(count))
        for last in range(count - 1, 0, -1):
            other = self.below(last + 1)
            order[last], order[other] = order[other], order[last]
        return order


class Deck:
    """The numbers below `count`, dealt in a drawn order; when all are dealt they are shuffled anew, never the same one twice in a row."""

    def __init__(self, count: int, *, dice: Dice) -> None:
        self._count, self._dice = count, dice
        self._left: list[int] = []
        self._last = -1

    def deal(self) -> int:
        """Return the next number."""
        if not self._left:
            self._left = self._dice.shuffled(self._count)
            if self._left[-1] == self._last:
                self._left.insert(0, self._left.pop())
        self._last = self._left.pop()
        return self._last
