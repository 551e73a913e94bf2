"""How a case relates to the units of who asks."""

from enum import Flag, auto


class Relation(Flag):
    """How a case relates to the actor's own units; several at once, or none."""

    NONE = 0
    RECEIVING = auto()
    COMPETENT = auto()
    PASSED_ON = auto()  # competent once, and passed it on


EVERY_RELATION = Relation.RECEIVING | Relation.COMPETENT | Relation.PASSED_ON
