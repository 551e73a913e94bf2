"""Units as a ranking sees them: the tree, and dated blocks of peers."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from tthc.domain.access import Scope
from tthc.domain.catalog import Unit, in_force
from tthc.rules.blocks import Block, blocks

PROVINCES = "provinces"
_DATED = text("""
SELECT b.unit_id, b.block FROM unit_blocks b JOIN units u ON u.id = b.unit_id
WHERE u.simulated = :simulated AND b.valid_from <= :on
  AND (b.valid_to IS NULL OR b.valid_to > :on)
""")
_UNITS = text("""
SELECT id, code, name, kind, level, parent_id, coalesce(root_id, id), valid_from, valid_to
FROM units WHERE coalesce(root_id, id) IN
  (SELECT coalesce(root_id, id) FROM units WHERE id = ANY (:ids) AND simulated = :simulated)
""")
_SUCCESSIONS = text("""
SELECT s.predecessor_id, s.successor_id FROM unit_successors s
JOIN units u ON u.id = s.predecessor_id AND u.simulated = :simulated
""")


@dataclass(frozen=True, slots=True)
class Tree:
    """All the units of some provinces, and the block of each that is in force on a date."""

    on: date
    units: Mapping[int, Unit]
    block_of: Mapping[int, str]

    def above(self, unit_id: int) -> list[int]:
        """A unit and all above it."""
        chain: list[int] = []
        at: int | None = unit_id
        while at is not None and at not in chain:
            chain.append(at)
            at = self.units[at].parent_id if at in self.units else None
        return chain

    def members(self, block: str, root: int) -> list[Unit]:
        """The units of a block that are in force, within one province; provinces have no limit."""
        limited = block != PROVINCES
        return [
            self.units[unit_id]
            for unit_id, name in self.block_of.items()
            if name == block and (not limited or self.units[unit_id].root_id == root)
        ]


async def load_tree(
    connection: AsyncConnection, scope: Scope, on: date, unit_ids: Iterable[int]
) -> Tree:
    """Every unit of the provinces of these units, and the blocks as they are on a date.

    A unit with dated rows is in the block that they name; any other in that of its kind and level.
    """
    asked = {"ids": list(unit_ids), "simulated": scope.simulated}
    units = [Unit(*row) for row in await connection.execute(_UNITS, asked)]
    given = {"simulated": scope.simulated, "on": on}
    dated = {row.unit_id: row.block for row in await connection.execute(_DATED, given)}
    natural = list(blocks().values())
    found = {}
    for unit in units:
        if in_force(unit.valid_from, unit.valid_to, on):
            block = dated.get(unit.id) or _natural(natural, unit)
            if block:
                found[unit.id] = block
    return Tree(on, {unit.id: unit for unit in units}, found)


async def load_successions(connection: AsyncConnection, scope: Scope) -> list[tuple[int, int]]:
    """Who passed to whom in the reader's world: (predecessor, successor)."""
    rows = await connection.execute(_SUCCESSIONS, {"simulated": scope.simulated})
    return [(row.predecessor_id, row.successor_id) for row in rows]


def _natural(natural: list[Block], unit: Unit) -> str | None:
    if unit.kind == "imported" and unit.root_id == unit.id:
        return None  # the top of a log's units stands for no agency
    for block in natural:
        if unit.level == block.level and unit.kind in block.kinds:
            return block.id
    return None
