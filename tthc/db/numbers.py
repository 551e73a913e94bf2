"""The books in which a unit numbers what it issues: for each form and year, the last number given.

The row is held until the transaction ends, so a number is given once; and what is given back before
that end leaves no gap.
"""

from typing import NamedTuple

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

_NEXT = """
WITH issuer AS ({issuer}), given AS (
  INSERT INTO form_numbers (unit_id, form, year, last) SELECT id, :form, :year, 1 FROM issuer
  ON CONFLICT (unit_id, form, year) DO UPDATE SET last = form_numbers.last + 1
  RETURNING unit_id, form, year, last
)
SELECT given.*, u.kind FROM given JOIN units u ON u.id = given.unit_id
"""
_BY_COMPETENT = text(
    _NEXT.format(issuer="SELECT competent_unit_id AS id FROM cases WHERE code = :code")
)
_BY_SHOP = text(_NEXT.format(issuer="SELECT receiving_unit_id AS id FROM cases WHERE code = :code"))
_BY_UNIT = text(_NEXT.format(issuer="SELECT CAST(:unit_id AS integer) AS id"))
_BACK = text("""
UPDATE form_numbers SET last = last - 1
WHERE unit_id = :unit_id AND form = :form AND year = :year AND last = :last
""")


class Given(NamedTuple):
    """A number from a unit's book, and the unit's kind."""

    unit_id: int
    form: str
    year: int
    last: int
    unit_kind: str


async def next_number(
    connection: AsyncConnection, code: str, form: str, year: int, *, by_shop: bool
) -> Given | None:
    """The next number in the book of a case's shop, or else of its competent unit; None where the
    reader sees no such case.
    """
    asked = {"code": code, "form": form, "year": year}
    row = (await connection.execute(_BY_SHOP if by_shop else _BY_COMPETENT, asked)).one_or_none()
    return Given(*row) if row else None


async def next_number_of(connection: AsyncConnection, unit_id: int, form: str, year: int) -> Given:
    """The next number in a unit's book."""
    asked = {"unit_id": unit_id, "form": form, "year": year}
    return Given(*(await connection.execute(_BY_UNIT, asked)).one())


async def give_back(connection: AsyncConnection, given: Given) -> None:
    """A number that is not used after all, before anybody else could draw."""
    asked = given._asdict()
    del asked["unit_kind"]
    await connection.execute(_BACK, asked)
