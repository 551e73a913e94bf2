"""Who gets the morning's notice of a unit. Off until an address is given and a mail server set."""

from email.errors import HeaderParseError
from email.headerregistry import Address
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from tthc import clock
from tthc.db import notices
from tthc.db.catalogue import unit_by_code
from tthc.domain.errors import InputError, NotFoundError
from tthc.service.case_document import instant


async def give_address(connection: AsyncConnection, unit: str, address: str) -> None:
    """From the next night on the unit's notice goes there too. Raises InputError, NotFoundError."""
    now = clock.now()
    found = await unit_by_code(connection, unit, clock.local_date(now), simulated=False)
    await notices.add_address(connection, found.id, _read_address(address), now)


async def end_address(connection: AsyncConnection, unit: str, address: str) -> None:
    """No further notice goes there. Raises NotFoundError."""
    now = clock.now()
    found = await unit_by_code(connection, unit, clock.local_date(now), simulated=False)
    if not await notices.end_address(connection, found.id, _read_address(address), now):
        raise NotFoundError(
            f"Đơn vị “{unit}” không có địa chỉ “{address}”: xem `tthc notice list`."
        )


async def show_addresses(connection: AsyncConnection) -> list[dict[str, Any]]:
    return [
        {
            "unit": row["code"],
            "unit_name": row["name"],
            "address": row["address"],
            "since": instant(row["given_at"]),
            "last_sent_at": instant(row["last_sent_at"]),
            "waiting": row["waiting"],
        }
        for row in await notices.list_addresses(connection)
    ]


def _read_address(text: str) -> str:
    try:
        address = Address(addr_spec=text.strip())
    except (HeaderParseError, ValueError, IndexError):
        address = None
    if address is None or not address.domain or not text.isascii():
        raise InputError(f"“{text}” không phải là địa chỉ thư điện tử, ví dụ: motcua@xa.gov.vn.")
    return address.addr_spec.lower()
