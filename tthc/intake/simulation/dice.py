"""Draws that depend on nothing but a seed, a purpose and a case's number.

So a case's life is the same whatever the batches, the machine's cores or the order of the draws.
"""

from hashlib import sha256

import polars as pl

GOLDEN = 0x9E3779B97F4A7C15  # the odd constants of splitmix64, a published 64-bit mixer
FIRST, SECOND = 0xBF58476D1CE4E5B9, 0x94D049BB133111EB
BITS = 53  # what a float holds exactly


def _number(value: int) -> pl.Expr:
    return pl.lit(value, dtype=pl.UInt64)


def _mixed(word: pl.Expr) -> pl.Expr:
    for shift, factor in ((30, FIRST), (27, SECOND)):
        word = (word ^ (word // _number(1 << shift))) * _number(factor)
    return word ^ (word // _number(1 << 31))


class Dice:
    """One seed's draws over the column `number` of a frame (UInt64, a case's number)."""

    def __init__(self, seed: int) -> None:
        self.seed = seed

    def _start(self, purpose: str) -> int:
        digest = sha256(f"{self.seed}:{purpose}".encode()).digest()
        return int.from_bytes(digest[:8])

    def roll(self, purpose: str) -> pl.Expr:
        """A number in [0, 1), evenly spread; another purpose is another draw."""
        word = _mixed(pl.col("number") * _number(GOLDEN) + _number(self._start(purpose)))
        return (word // _number(1 << (64 - BITS))).cast(pl.Float64) / float(1 << BITS)

    def chance(self, purpose: str, share: float | pl.Expr) -> pl.Expr:
        """Whether something befalls the case, with that probability."""
        return self.roll(purpose) < share

    def normal(self, purpose: str) -> pl.Expr:
        """A number of the standard normal distribution, by Box and Muller."""
        radius = (-2.0 * (1.0 - self.roll(purpose)).log()).sqrt()
        return radius * (2.0 * 3.141592653589793 * self.roll(f"{purpose}, angle")).cos()

    def spread(self, purpose: str, median: float | pl.Expr, sigma: float) -> pl.Expr:
        """A positive number, lognormal: half of them below the median."""
        return median * (self.normal(purpose) * sigma).exp()
