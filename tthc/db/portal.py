"""The claims of the national portal's senders, each kept once, and those that wait."""

import json
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy.ext.asyncio import AsyncConnection

from tthc.db.json_values import checked
from tthc.domain.applicant import FIELDS, Applicant

_LOCK = "SELECT pg_advisory_xact_lock(hashtextextended('portal ' || $1::text, 5))"
_KEEP = """
INSERT INTO portal_claims (case_code, simulated, service, sender, actor, digest, claim, identity,
  recorded_at)
VALUES ($1, $2, $3, $4, $5, $6, $7::text::json, $8::text::json, $9)
ON CONFLICT ON CONSTRAINT portal_claims_content DO NOTHING RETURNING id"""
_OF_CASE = """
SELECT id, service, sender, digest, claim::text, identity::text, waits, waived
FROM portal_claims WHERE simulated = $1 AND case_code = $2 ORDER BY id"""
_SETTLE = "UPDATE portal_claims SET waits = $2, remark = $3 WHERE id = $1"
_WAITING = """
SELECT id, case_code, service, sender, actor, recorded_at, waits
FROM portal_claims WHERE waits IS NOT NULL AND simulated = $1 AND id > $2 ORDER BY id LIMIT $3"""
_COUNT_WAITING = """
SELECT count(*) FROM portal_claims WHERE waits IS NOT NULL AND simulated = $1"""
_WAIVE = """
UPDATE portal_claims SET waived = true, released_by = $3
WHERE id = $1 AND simulated = $2 AND waits IS NOT NULL RETURNING case_code"""
_UNITS = """
SELECT code FROM units
WHERE simulated = $1 AND (code = $2 OR name = $2)
  AND (valid_from IS NULL OR valid_from <= $3::date) AND (valid_to IS NULL OR $3 < valid_to)
ORDER BY code = $2 DESC LIMIT 3"""
_TOLD = "SELECT told::text, erased_at IS NOT NULL AS erased FROM applicants WHERE case_id = $1"
_PERSON = ", ".join(FIELDS)
_TELL = f"""
INSERT INTO applicants (case_id, told, {_PERSON})
SELECT $1, $2::text::json, {", ".join(f"a.{name}" for name in FIELDS)}
FROM jsonb_populate_record(NULL::applicants, $3::text::jsonb) AS a
ON CONFLICT (case_id) DO UPDATE SET told = excluded.told,
  {", ".join(f"{name} = coalesce(excluded.{name}, applicants.{name})" for name in FIELDS)}
WHERE applicants.erased_at IS NULL"""
_LISTS = """
SELECT claim->'DanhSachGiayToKetQua' AS results, claim->'DanhSachLePhi' AS fees
FROM portal_claims
WHERE simulated = $1 AND case_code = $2 AND service = 'DongBoHoSoMC' AND waits IS NULL
ORDER BY id"""
_FORGET = "UPDATE portal_claims SET identity = NULL WHERE id = $1"


class ClaimRow(NamedTuple):
    """One case of one message, as it is kept."""

    id: int
    service: str
    sender: str
    digest: bytes
    claim: str
    identity: str | None
    waits: str | None
    waived: bool


async def hold_case(connection: AsyncConnection, code: str) -> None:
    """Nobody else places claims of this case until the transaction ends."""
    await connection.exec_driver_sql(_LOCK, (code,))


async def keep_claim(
    connection: AsyncConnection,
    *,
    code: str,
    simulated: bool,
    service: str,
    sender: str,
    actor: str,
    digest: bytes,
    facts: Mapping[str, Any],
    identity: Mapping[str, Any],
    now: datetime,
) -> int | None:
    """The claim's number; None where the same was sent before. Raises InputError."""
    texts = [json.dumps(each, ensure_ascii=False) if each else None for each in (facts, identity)]
    for text in (*texts, code, sender):
        checked(text or "")
    values = (code, simulated, service, sender, actor, digest, *texts, now)
    return (await connection.exec_driver_sql(_KEEP, values)).scalar_one_or_none()


async def claims_of(connection: AsyncConnection, code: str, *, simulated: bool) -> list[ClaimRow]:
    rows = await connection.exec_driver_sql(_OF_CASE, (simulated, code))
    return [ClaimRow._make(row) for row in rows]


async def settle(
    connection: AsyncConnection, claim_id: int, *, waits: str | None, remark: str | None
) -> None:
    """Why a claim waits, or what was made of it."""
    await connection.exec_driver_sql(_SETTLE, (claim_id, waits, remark))


async def list_waiting(
    connection: AsyncConnection, *, simulated: bool, after: int, limit: int
) -> list[dict[str, Any]]:
    """The claims that wait, without identity."""
    rows = await connection.exec_driver_sql(_WAITING, (simulated, after, limit))
    return [dict(row) for row in rows.mappings()]


async def count_waiting(connection: AsyncConnection, *, simulated: bool) -> int:
    found = await connection.exec_driver_sql(_COUNT_WAITING, (simulated,))
    return int(found.scalar_one())


async def waive(
    connection: AsyncConnection, claim_id: int, *, simulated: bool, by: str
) -> str | None:
    """Let a claim's missing due date pass; the code of its case, None where it does not wait."""
    found = await connection.exec_driver_sql(_WAIVE, (claim_id, simulated, by))
    return found.scalar_one_or_none()


async def unit_codes(
    connection: AsyncConnection, said: str, on: date, *, simulated: bool
) -> list[str]:
    """The units in force that a code or a full name may mean, the code's own first."""
    rows = await connection.exec_driver_sql(_UNITS, (simulated, said, on))
    return [row[0] for row in rows]


async def lists_of(
    connection: AsyncConnection, code: str, *, simulated: bool
) -> list[tuple[list[Any], list[Any]]]:
    """The results and fees that each placed claim of a case lists, as they were sent."""
    rows = await connection.exec_driver_sql(_LISTS, (simulated, code))
    return [(_listed(row.results), _listed(row.fees)) for row in rows]


async def told_of(connection: AsyncConnection, case_id: int) -> dict[str, Any] | None:
    """What senders said of the applicant, by claim; None where the person is erased."""
    row = (await connection.exec_driver_sql(_TOLD, (case_id,))).mappings().one_or_none()
    if row is None:
        return {}
    return None if row["erased"] else dict(json.loads(row["told"] or "{}"))


async def tell(
    connection: AsyncConnection,
    case_id: int,
    applicant: Applicant,
    told: Mapping[str, Any] | None,
    claims: list[int],
) -> None:
    """Move what claims say of a person to the applicant; the claims keep none of it.

    `told` is None where the person is erased: then nobody keeps it.
    """
    if told is not None:
        said, person = (json.dumps(each, ensure_ascii=False) for each in (told, applicant.said()))
        await connection.exec_driver_sql(_TELL, (case_id, said, person))
    for claim_id in claims:
        await connection.exec_driver_sql(_FORGET, (claim_id,))


def _listed(sent: Any) -> list[Any]:  # noqa: ANN401  # whatever was sent
    found = json.loads(sent) if isinstance(sent, str) else sent
    return found if isinstance(found, list) else []
