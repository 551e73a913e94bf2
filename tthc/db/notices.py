"""Where the notices to units go."""

from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

_ADD = """
INSERT INTO notice_addresses (unit_id, address, given_at) VALUES ($1, $2, $3)
ON CONFLICT (unit_id, address) WHERE ended_at IS NULL DO NOTHING"""
_END = """
UPDATE notice_addresses SET ended_at = $3
WHERE unit_id = $1 AND address = $2 AND ended_at IS NULL RETURNING id"""
_LIST = """
SELECT u.code, u.name, a.address, a.given_at,
  (SELECT max(sent_at) FROM notices n WHERE n.unit_id = a.unit_id AND n.address = a.address)
    AS last_sent_at,
  (SELECT count(*) FROM notices n WHERE n.unit_id = a.unit_id AND n.address = a.address
     AND n.sent_at IS NULL) AS waiting
FROM notice_addresses a JOIN units u ON u.id = a.unit_id
WHERE a.ended_at IS NULL ORDER BY u.code, a.address"""


async def add_address(
    connection: AsyncConnection, unit_id: int, address: str, now: datetime
) -> None:
    await connection.exec_driver_sql(_ADD, (unit_id, address, now))


async def end_address(
    connection: AsyncConnection, unit_id: int, address: str, now: datetime
) -> bool:
    """Whether it was there."""
    ended = await connection.exec_driver_sql(_END, (unit_id, address, now))
    return ended.one_or_none() is not None


async def list_addresses(connection: AsyncConnection) -> list[dict[str, Any]]:
    return [dict(row) for row in (await connection.exec_driver_sql(_LIST)).mappings()]
