"""The books in which a unit numbers what it issues: for each form and year, the last number given.

The row is held until the transaction ends, so a number is given once and none is left out.
"""

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

_NEXT = """
WITH issuer AS ({issuer}), given AS (
  INSERT INTO form_numbers (unit_id, form, year, last) SELECT id, :form, :year, 1 FROM issuer
  ON CONFLICT (unit_id, form, year) DO UPDATE SET last = form_numbers.last + 1
  RETURNING unit_id, last
)
SELECT given.last, u.kind FROM given JOIN units u ON u.id = given.unit_id
"""
_BY_COMPETENT = text(
    _NEXT.format(issuer="SELECT competent_unit_id AS id FROM cases WHERE code = :code")
)
_BY_SHOP = text(_NEXT.format(issuer="SELECT receiving_unit_id AS id FROM cases WHERE code = :code"))
_BY_UNIT = text(_NEXT.format(issuer="SELECT CAST(:unit_id AS integer) AS id"))


async def next_number(
    connection: AsyncConnection, code: str, form: str, year: int, *, by_shop: bool
) -> tuple[int, str] | None:
    """The next number in the book of a case's shop, or else of its competent unit, and that
    unit's kind; None where the reader sees no such case.
    """
    asked = {"code": code, "form": form, "year": year}
    row = (await connection.execute(_BY_SHOP if by_shop else _BY_COMPETENT, asked)).one_or_none()
    return (int(row.last), str(row.kind)) if row else None


async def next_number_of(
    connection: AsyncConnection, unit_id: int, form: str, year: int
) -> tuple[int, str]:
    """The next number in a unit's book, and the unit's kind."""
    asked = {"unit_id": unit_id, "form": form, "year": year}
    row = (await connection.execute(_BY_UNIT, asked)).one()
    return int(row.last), str(row.kind)
