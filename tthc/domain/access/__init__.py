"""Who may see and do what: the one place where a role and a unit become rights.

Two questions, in this order:

1. *Is the case there for the reader?* `Scope` says which units' cases exist for them: a case is
   in scope of the unit that received it, of the competent one, and of every unit that was
   competent before it was passed on. Beyond the scope there is no such case (404).
2. *May they do it?* `check` says what a role may do, given how the case relates to the actor's own
   units: the receiving unit receives, returns and changes dates; the competent one resolves and
   signs. What is not allowed is refused in a sentence (403).

Which units are a person's is worked out in the database, by lineage, at the date (`reach`): own
units, with what they inherited, and for `Reach.SUBTREE` all below as well.
"""

from tthc.domain.access.actors import Actor, Scope
from tthc.domain.access.permissions import Permission
from tthc.domain.access.refusals import (
    check,
    check_appraisal,
    check_unit,
    check_whole,
    check_world,
    may_appraise,
)
from tthc.domain.access.relations import EVERY_RELATION, Relation
from tthc.domain.access.roles import REACH, ROLE_NAMES, Reach, Role
from tthc.domain.access.rules import ACTS, ROOMS, Rule, may

__all__ = [
    "ACTS",
    "EVERY_RELATION",
    "REACH",
    "ROLE_NAMES",
    "ROOMS",
    "Actor",
    "Permission",
    "Reach",
    "Relation",
    "Role",
    "Rule",
    "Scope",
    "check",
    "check_appraisal",
    "check_unit",
    "check_whole",
    "check_world",
    "may",
    "may_appraise",
]
