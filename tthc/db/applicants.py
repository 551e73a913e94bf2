"""Applicants: read one by one, and forgotten."""

from sqlalchemy.ext.asyncio import AsyncConnection

from tthc.domain.applicant import FIELDS, Applicant, read_applicant

_READ = f"SELECT {', '.join(FIELDS)} FROM applicants WHERE case_id = $1"
_FORGET = "SELECT forget_person($1)"
_FORGET_CLAIMS = """
UPDATE portal_claims SET identity = NULL, remark = $3
WHERE simulated = $1 AND case_code = $2 AND identity IS NOT NULL RETURNING id"""


async def read(connection: AsyncConnection, case_id: int) -> Applicant:
    """The applicant of a case; nothing of it where nothing is known, or no longer."""
    row = (await connection.exec_driver_sql(_READ, (case_id,))).mappings().one_or_none()
    return read_applicant(dict(row)) if row else Applicant()


async def forget(connection: AsyncConnection, case_id: int) -> None:
    """Take identity and free words away; the case's chain must say that they are erased."""
    await connection.exec_driver_sql(_FORGET, (case_id,))


async def forget_claims(
    connection: AsyncConnection, code: str, remark: str, *, simulated: bool
) -> int:
    """Take the identity from claims that wait for a case which never came; how many there were."""
    rows = await connection.exec_driver_sql(_FORGET_CLAIMS, (simulated, code, remark))
    return len(rows.all())
