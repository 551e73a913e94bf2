"""How many cases an inspection draws from each stratum."""

from collections.abc import Hashable, Mapping
from typing import TypeVar

Stratum = TypeVar("Stratum", bound=Hashable)


def allocate(sizes: Mapping[Stratum, int], wanted: int) -> dict[Stratum, int]:
    """A sample's cases by stratum, in proportion to their sizes by largest remainders.

    Where the sample is large enough, every stratum gives one at least, so that no small commune
    or sector is never looked at. Equal remainders go by the order given.
    """
    sizes = {stratum: size for stratum, size in sizes.items() if size}
    wanted = min(wanted, sum(sizes.values()))
    least = 1 if wanted >= len(sizes) else 0
    taken = dict.fromkeys(sizes, least)
    left = wanted - sum(taken.values())
    room = {stratum: size - least for stratum, size in sizes.items()}
    whole = sum(room.values())
    if not whole:
        return taken
    for stratum, size in room.items():
        taken[stratum] += left * size // whole
    rest = wanted - sum(taken.values())
    by_remainder = sorted(room, key=lambda stratum: -(left * room[stratum] % whole))
    for stratum in by_remainder[:rest]:
        taken[stratum] += 1
    return taken
