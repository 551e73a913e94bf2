"""Who asks: what they are, what they may see, and for which units they act."""

from collections.abc import Iterable
from dataclasses import dataclass

from tthc.domain.access.relations import EVERY_RELATION, Relation
from tthc.domain.access.roles import REACH, Reach, Role


@dataclass(frozen=True, slots=True)
class Scope:
    """The reader's part of the ledger. Every read model takes one as its first argument.

    `simulated`: the world; real and simulated cases never share a figure. `unit_ids`: the units
    whose cases may be read; None means all of that world. `asked_unit_ids`: of which units the
    reader asks, on the axis of the figure or list; None means all that they may read.
    """

    simulated: bool
    unit_ids: tuple[int, ...] | None = None
    asked_unit_ids: tuple[int, ...] | None = None


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts: the name that the ledger keeps, what they may see, and what they are.

    `own_unit_ids`: the units that they act for, with what those inherited; None means all.
    `blocks`: what an appraiser was given to appraise, in the provinces `root_ids`; None means all.
    """

    name: str
    scope: Scope
    role: Role = Role.PROGRAM
    unit_id: int | None = None
    own_unit_ids: tuple[int, ...] | None = None
    blocks: tuple[str, ...] = ()
    root_ids: tuple[int, ...] | None = None

    @property
    def counted(self) -> Scope:
        """Of whose cases they may see counts that were made before: who sees no case sees the
        counts of their whole world.
        """
        return Scope(self.scope.simulated) if REACH[self.role] is Reach.NONE else self.scope

    def relation(
        self, receiving_unit_id: int, competent_unit_id: int, passed_on_by: Iterable[int] = ()
    ) -> Relation:
        """How a case relates to the actor's own units."""
        own = self.own_unit_ids
        if own is None:
            return EVERY_RELATION
        found = Relation.NONE
        if receiving_unit_id in own:
            found |= Relation.RECEIVING
        if competent_unit_id in own:
            found |= Relation.COMPETENT
        if any(each in own for each in passed_on_by):
            found |= Relation.PASSED_ON
        return found
