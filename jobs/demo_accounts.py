"""Accounts to try the demo with: one a role in the simulated world, and one in the real log's.

They share a password that is made on this machine and lies beside the embedded database, readable
to its owner alone; `tthc user password` gives another.
"""

from pathlib import Path

from rich.table import Table
from sqlalchemy.ext.asyncio import AsyncConnection

from tthc.cli.database import change_ledger
from tthc.cli.tables import console
from tthc.domain.access import ROLE_NAMES, Role
from tthc.domain.errors import InputError
from tthc.rules.blocks import blocks
from tthc.service.accounts import open_account, show_accounts
from tthc.service.passwords import make_password
from tthc.settings import Settings

PASSWORD_FILE = "demo-password"  # noqa: S105  # its name, not one
# where most open cases are both received and solved, and the province above
PLACES = """
SELECT u.code AS here, r.code AS above FROM cases c
JOIN units u ON u.id = c.competent_unit_id AND u.valid_to IS NULL
JOIN units r ON r.id = coalesce(u.root_id, u.id)
WHERE c.simulated AND c.resolved_at IS NULL AND c.ended_at IS NULL
GROUP BY u.code, r.code
ORDER BY count(*) FILTER (WHERE c.receiving_unit_id = u.id) DESC, count(*) DESC, u.code LIMIT 1"""
HERE, ABOVE, WHOLE = "here", "above", "whole"
# login → role, where, world
ACCOUNTS = {
    "tiepnhan": (Role.CLERK, HERE, True),
    "giaiquyet": (Role.OFFICER, HERE, True),
    "lanhdao": (Role.LEADER, HERE, True),
    "theodoi": (Role.OFFICIAL, ABOVE, True),
    "kiemtra": (Role.AUDITOR, WHOLE, True),
    "thamdinh": (Role.APPRAISER, ABOVE, True),
    "quantri": (Role.ADMIN, WHOLE, True),
    "kiemtra.that": (Role.AUDITOR, WHOLE, False),
}


def offer_accounts(settings: Settings) -> None:
    """Open those that are missing, and print how to sign in."""
    file = settings.data_dir / PASSWORD_FILE
    password = _shared_password(file)
    listed = change_ledger(lambda connection: _open_missing(connection, password))
    table = Table(title="Tài khoản để thử")
    for heading in ("Tên đăng nhập", "Vai trò", "Đơn vị", "Số liệu"):
        table.add_column(heading, no_wrap=True)
    for login, (role, _, simulated) in ACCOUNTS.items():
        unit = listed.get(login) or "mọi đơn vị"
        table.add_row(login, ROLE_NAMES[role], unit, "mô phỏng" if simulated else "thật")
    console().print(table)
    console().print(f"Mật khẩu chung, chỉ để thử trên máy này: {password}", highlight=False)


async def _open_missing(connection: AsyncConnection, password: str) -> dict[str, str | None]:
    """The unit of each account."""
    there = {each["login"]: each["unit"] for each in await show_accounts(connection)}
    places = (await connection.exec_driver_sql(PLACES)).mappings().one_or_none()
    if places is None:
        raise InputError("Sổ mô phỏng chưa có hồ sơ nào: hãy chạy `tthc simulate` trước.")
    units = {HERE: places["here"], ABOVE: places["above"], WHOLE: None}
    for login, (role, where, simulated) in ACCOUNTS.items():
        if login not in there:
            await open_account(
                connection,
                login,
                name="Tài khoản thử",
                role=role,
                unit=units[where],
                created_by="make demo",
                simulated=simulated,
                blocks=tuple(blocks()) if role is Role.APPRAISER else (),
                password=password,
            )
            there[login] = units[where]
    return there


def _shared_password(file: Path) -> str:
    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True)
        file.touch(mode=0o600)
        file.write_text(make_password(), encoding="utf-8")
    return file.read_text(encoding="utf-8")
