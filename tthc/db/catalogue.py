"""Look-ups in the catalogue: a code means what was valid on the date concerned."""

from datetime import date

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from tthc.domain.catalog import (
    Procedure,
    PublishedTerm,
    TermsInForce,
    Unit,
    choose_terms,
    in_force,
)
from tthc.domain.errors import InputError, NotFoundError

UNITS = """
SELECT id, code, name, kind, level, parent_id, coalesce(root_id, id), valid_from, valid_to
FROM units WHERE simulated = :simulated
"""
PROCEDURES = """
SELECT p.id, p.code, p.name, s.name, p.levels, p.decision, p.imported, p.valid_from, p.valid_to
FROM procedures p JOIN sectors s ON s.id = p.sector_id
"""
TERMS = """
SELECT id, procedure_code, basis, case_kind, level, channel, committed_by, amount, unit, cutoff,
       published, confirmed, problem, valid_from, valid_to, source_id
FROM terms
"""
SUCCESSORS = """
SELECT n.id, n.code, n.name, n.kind, n.level, n.parent_id, coalesce(n.root_id, n.id),
       n.valid_from, n.valid_to
FROM unit_successors s JOIN units n ON n.id = s.successor_id
WHERE s.predecessor_id = :unit ORDER BY n.code
"""


async def load_units(connection: AsyncConnection, *, simulated: bool = False) -> list[Unit]:
    """Every unit of one world with its validity, for a caller that resolves many codes."""
    rows = await connection.execute(text(UNITS), {"simulated": simulated})
    return [Unit(*row) for row in rows]


async def unit_by_code(
    connection: AsyncConnection, code: str, on: date, *, simulated: bool = False
) -> Unit:
    """The unit that a code names on a date; `CODE@2025-06-30` names its own date.

    Raises NotFoundError, which says what the code names at another date.
    """
    code, on = split_code(code, on)
    rows = await connection.execute(
        text(f"{UNITS} AND code = :code ORDER BY valid_from NULLS FIRST"),
        {"simulated": simulated, "code": code},
    )
    versions = [Unit(*row) for row in rows]
    for unit in reversed(versions):
        if in_force(unit.valid_from, unit.valid_to, on):
            return unit
    known = "; ".join(f"{unit.name} {_validity(unit)}" for unit in versions)
    raise NotFoundError(
        f"Mã đơn vị “{code}” không chỉ đơn vị nào có hiệu lực ngày {on:%d/%m/%Y}"
        + (f" (mã này là: {known})." if known else ".")
    )


async def successors_of(connection: AsyncConnection, unit: Unit) -> list[Unit]:
    """The units that inherited one: several where it was divided."""
    rows = await connection.execute(text(SUCCESSORS), {"unit": unit.id})
    return [Unit(*row) for row in rows]


async def load_procedures(connection: AsyncConnection) -> list[Procedure]:
    """Every procedure with its validity, for a caller that resolves many codes."""
    rows = await connection.execute(text(PROCEDURES))
    return [Procedure(*row) for row in rows]


async def procedure_by_code(connection: AsyncConnection, code: str, on: date) -> Procedure:
    """The procedure that a code names on a date. Raises NotFoundError."""
    rows = await connection.execute(
        text(f"{PROCEDURES} WHERE p.code = :code ORDER BY p.valid_from DESC NULLS LAST"),
        {"code": code},
    )
    for row in rows:
        procedure = Procedure(*row)
        if in_force(procedure.valid_from, procedure.valid_to, on):
            return procedure
    raise NotFoundError(f"Không có thủ tục mã “{code}” có hiệu lực ngày {on:%d/%m/%Y}.")


async def load_terms(
    connection: AsyncConnection, procedure_code: str | None = None
) -> dict[str, list[PublishedTerm]]:
    """Published terms by procedure code, of all procedures or of one, whatever their date."""
    where = "" if procedure_code is None else " WHERE procedure_code = :code"
    rows = await connection.execute(
        text(f"{TERMS}{where} ORDER BY procedure_code, basis, channel, valid_from NULLS FIRST"),
        {} if procedure_code is None else {"code": procedure_code},
    )
    found: dict[str, list[PublishedTerm]] = {}
    for row in rows:
        term = PublishedTerm(*row)
        found.setdefault(term.procedure_code, []).append(term)
    return found


async def terms_for(
    connection: AsyncConnection,
    procedure_code: str,
    *,
    level: str | None,
    channel: str,
    case_kind: str | None,
    on: date,
    committed_by: str | None = None,
) -> TermsInForce:
    """The terms that hold for a case received on a date, or why there is none.

    `committed_by` is the code of the unit whose commitments bind: the competent unit's root.
    """
    terms = await load_terms(connection, procedure_code)
    return choose_terms(
        terms.get(procedure_code, []),
        level=level,
        channel=channel,
        case_kind=case_kind,
        on=on,
        committed_by=committed_by,
    )


def split_code(code: str, on: date) -> tuple[str, date]:
    """The code and date that `CODE@DATE` names, or the code and the date given."""
    bare, at, day = code.partition("@")
    if not at:
        return code, on
    try:
        return bare, date.fromisoformat(day)
    except ValueError:
        raise InputError(
            f"Mã đơn vị “{code}”: sau @ phải là ngày dạng 2025-06-30, không phải “{day}”."
        ) from None


def _validity(unit: Unit) -> str:
    start = f"từ {unit.valid_from:%d/%m/%Y}" if unit.valid_from else ""
    end = f"đến trước {unit.valid_to:%d/%m/%Y}" if unit.valid_to else ""
    return " ".join(part for part in (start, end) if part)
