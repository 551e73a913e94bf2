"""What a reader may see: one world, and in it the cases of some units or of all."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Scope:
    """The reader's part of the ledger. Every read model takes one as its first argument.

    `simulated`: the world; real and simulated cases never share a figure. `unit_ids`: the units
    whose cases may be read; None means all of that world.
    """

    simulated: bool
    unit_ids: tuple[int, ...] | None = None


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts: the name that the ledger keeps, what they may see, and their role if known."""

    name: str
    scope: Scope
    role: str | None = None
