"""The units that a case may be moved to, found by name as people know them."""

from sqlalchemy.ext.asyncio import AsyncConnection

from tthc import clock
from tthc.db.queries.units import list_province
from tthc.domain.access import Actor
from tthc.domain.errors import InputError
from tthc.domain.folding import fold, holds_words

PARTED = " · "  # between the name and the code of a line


async def list_destinations(connection: AsyncConnection, actor: Actor) -> list[str]:
    """A line for every unit of the actor's province today: its name and code."""
    on = clock.local_date(clock.now())
    units = await list_province(connection, actor.unit_id, on, simulated=actor.scope.simulated)
    return [f"{name}{PARTED}{code}" for code, name in units]


async def find_destination(connection: AsyncConnection, actor: Actor, said: str) -> str:
    """The code of the unit that is meant by a line, a code, or words of one unit's name alone.

    Raises InputError where the words name none or several.
    """
    asked = said.strip()
    if not asked:
        raise InputError("Chưa chọn đơn vị nhận: hãy gõ tên rồi chọn trong danh sách.")
    units = [one.rpartition(PARTED) for one in await list_destinations(connection, actor)]
    if PARTED in asked or any(code == asked for *_, code in units):
        return asked.rpartition(PARTED)[2]
    named = [code for name, _, code in units if fold(name) == fold(asked)]
    found = named or [code for name, _, code in units if holds_words(name, asked)]
    if len(found) == 1:
        return found[0]
    if not found and " " not in asked:
        return asked  # a code of elsewhere or of another day: whoever looks it up tells
    raise InputError(
        f"Có {len(found)} đơn vị mang tên “{asked}”: hãy chọn một dòng trong danh sách."
        if found
        else f"Không có đơn vị nào của tỉnh tên là “{asked}”: hãy chọn một dòng trong danh sách."
    )
