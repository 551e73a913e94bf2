"""What forms print beside the case itself: authorities, persons in full, the unit's own paper."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from tthc.domain.applicant import FIELDS, Applicant, read_applicant
from tthc.domain.letterhead import authority_name, place_name

_AUTHORITIES = text("""
SELECT u.id, u.name, u.kind, p.name AS above, p.kind AS above_kind, r.name AS root
FROM units u LEFT JOIN units p ON p.id = u.parent_id LEFT JOIN units r ON r.id = u.root_id
WHERE u.id = ANY(:ids)
""")
_PERSONS = text(f"SELECT case_id, {', '.join(FIELDS)} FROM applicants WHERE case_id = ANY(:ids)")
_PAPERS = text("SELECT form, paper FROM form_papers WHERE unit_id = :unit")
_CHOOSE = text("""
INSERT INTO form_papers (unit_id, form, paper, set_by, set_at)
VALUES (:unit, :form, :paper, :by, :at)
ON CONFLICT (unit_id, form) DO UPDATE
  SET paper = excluded.paper, set_by = excluded.set_by, set_at = excluded.set_at
""")
_NAMES = text("SELECT login, name FROM accounts WHERE login = ANY(:logins)")
_KIND = text("""
SELECT name FROM case_kinds WHERE procedure_code = :procedure AND code = :kind
ORDER BY valid_from DESC NULLS LAST LIMIT 1
""")
AREAS = ("people_committee", "area")
SHOPS = ("one_stop_centre", "branch", "reception_point")  # their name says that they are one


@dataclass(frozen=True, slots=True)
class Authority:
    """A unit as its papers name it; `above` is None where nobody is named above it."""

    id: int
    name: str
    above: str | None
    place: str
    is_shop: bool


async def read_authorities(connection: AsyncConnection, ids: Iterable[int]) -> dict[int, Authority]:
    """Units by their ids."""
    rows = await connection.execute(_AUTHORITIES, {"ids": list(set(ids))})
    return {row.id: _authority(row) for row in rows}


async def read_persons(
    connection: AsyncConnection, case_ids: Collection[int]
) -> dict[int, Applicant]:
    """The persons of cases in full, by case; of those that were erased nothing."""
    rows = await connection.execute(_PERSONS, {"ids": list(case_ids)})
    return {row["case_id"]: read_applicant(dict(row)) for row in rows.mappings()}


async def read_papers(connection: AsyncConnection, unit_id: int) -> dict[str, str]:
    """Form → the paper that a unit chose."""
    rows = await connection.execute(_PAPERS, {"unit": unit_id})
    return {row.form: row.paper for row in rows}


async def choose_paper(
    connection: AsyncConnection, unit_id: int, form: str, paper: str, *, by: str, at: datetime
) -> None:
    values = {"unit": unit_id, "form": form, "paper": paper, "by": by, "at": at}
    await connection.execute(_CHOOSE, values)


async def read_names(connection: AsyncConnection, logins: Iterable[str]) -> dict[str, str]:
    """Login → name of the people among those who act; programs and others have none."""
    rows = await connection.execute(_NAMES, {"logins": list(set(logins))})
    return {row.login: row.name for row in rows}


async def read_kind_name(connection: AsyncConnection, procedure: str, kind: str) -> str:
    """The name of a case kind; its code where it has none."""
    found = await connection.execute(_KIND, {"procedure": procedure, "kind": kind})
    return str(found.scalar_one_or_none() or kind)


def _authority(row: Any) -> Authority:  # noqa: ANN401  # a row of the statement
    name = authority_name(row.name, row.kind)
    itself = row.kind in AREAS
    above = None if itself or row.above is None else authority_name(row.above, row.above_kind)
    area = row.name if itself else row.above if row.above_kind in AREAS else row.root
    return Authority(row.id, name, above, place_name(area or row.name), row.kind in SHOPS)
