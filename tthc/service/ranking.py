"""Places of units under several definitions, with the volume that each place stands on."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from tthc.service.tallies import Figure


@dataclass(frozen=True, slots=True)
class Placed:
    """A unit's places among its peers, by definition; None where it has too few cases to be
    ranked, or no data. `of` is how many were ranked.
    """

    places: Mapping[str, int | None]
    of: Mapping[str, int]

    @property
    def spread(self) -> int:
        """By how many places the choice of definition moves the unit."""
        known = [place for place in self.places.values() if place is not None]
        return max(known) - min(known) if known else 0

    def climbed(self, before: "Placed | None", name: str) -> int | None:
        """By how many places a unit rose by a definition; None where it has only one of the two."""
        now, then = self.places[name], before.places.get(name) if before else None
        return None if now is None or then is None else then - now


def rank_units(
    figures: Mapping[int, Mapping[str, Figure]], names: Sequence[str], least: int
) -> dict[int, Placed]:
    """Peers ranked by each definition, the highest rate first; equal rates share a place.

    A rate on fewer than `least` cases is shown but not ranked: one case must not shame a commune.
    """
    places = {name: _places(figures, name, least) for name in names}
    of = {name: len(found) for name, found in places.items()}
    return {unit: Placed({name: places[name].get(unit) for name in names}, of) for unit in figures}


def _places(figures: Mapping[int, Mapping[str, Figure]], name: str, least: int) -> dict[int, int]:
    rates = {}
    for unit, own in figures.items():
        found = own.get(name)
        if found and found.percent is not None and found.denominator >= least:
            rates[unit] = Fraction(found.numerator, found.denominator)
    first: dict[Fraction, int] = {}  # equal rates share the first of their places
    for place, rate in enumerate(sorted(rates.values(), reverse=True), start=1):
        first.setdefault(rate, place)
    return {unit: first[rate] for unit, rate in rates.items()}
