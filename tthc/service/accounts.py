"""The accounts of people: opened, listed, given a new password, ended."""

import re
from collections.abc import Sequence
from typing import Any

from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from tthc import clock
from tthc.db import accounts, sessions
from tthc.db.accounts import Account, NewAccount
from tthc.db.traces import leave_trace
from tthc.domain.access import ROLE_NAMES, Role
from tthc.domain.errors import ForbiddenError, InputError, NotFoundError
from tthc.domain.lifecycle import required
from tthc.domain.traces import Trace
from tthc.rules.blocks import blocks as peers
from tthc.service.attempts import forgive_attempts
from tthc.service.case_document import instant
from tthc.service.passwords import check_password, hash_password, make_password
from tthc.settings import SignInLimits

LOGIN = re.compile(r"[a-z0-9][a-z0-9._-]{1,62}")
ROLES = {role.value: words for role, words in ROLE_NAMES.items() if role is not Role.PROGRAM}
BEYOND = (
    "Tài khoản này ở ngoài phạm vi bạn quản trị, hoặc vai trò này xem quá phạm vi ấy: hãy nhờ quản "
    "trị của cả tỉnh."
)
WHOLE_WORLD = ("official", "auditor", "appraiser", "admin")  # may have no unit: they see all


async def open_account(
    connection: AsyncConnection,
    login: str,
    *,
    name: str,
    role: str,
    unit: str | None,
    created_by: str,
    simulated: bool = False,
    blocks: Sequence[str] = (),
    password: str | None = None,
) -> str:
    """A new account; the answer is its password, which is kept nowhere.

    `unit` is a code of the account's world, None the whole of it; `blocks` are those that an
    appraiser appraises. Unless told, the password is made here and must be changed at the first
    sign-in, as somebody else has seen it. Raises InputError, NotFoundError, ForbiddenError where
    an administrator has no say.
    """
    login = _login(login)
    _check_place(role, unit)
    account = NewAccount(
        login,
        required(name, "họ và tên của người dùng"),
        role,
        simulated,
        await find_unit(connection, unit, simulated=simulated),
        _blocks(role, blocks),
        created_by,
    )
    secret = make_password() if password is None else check_password(password, login)
    kept = await hash_password(secret)
    try:
        opened = await accounts.add_account(
            connection, account, kept, must_change=password is None, now=clock.now()
        )
    except IntegrityError as error:
        raise InputError(f"Đã có tài khoản “{login}”: hãy chọn tên đăng nhập khác.") from error
    if not opened:
        raise ForbiddenError(BEYOND)
    details = {"account": login, "role": role} | ({"unit": unit} if unit else {})
    details |= {"blocks": " ".join(account.blocks)} if account.blocks else {}
    await leave_trace(connection, Trace(created_by, "account_opened", simulated, details))
    return secret


async def find_unit(
    connection: AsyncConnection, code: str | None, *, simulated: bool
) -> int | None:
    """The unit of a code, in one world; None stays None. Raises NotFoundError."""
    if code is None:
        return None
    found = await accounts.find_unit(connection, code, simulated=simulated)
    if found is None:
        world = "mô phỏng" if simulated else "thật"
        raise NotFoundError(f"Không có đơn vị “{code}” trong số liệu {world}: hãy xem lại mã.")
    return found


async def show_accounts(connection: AsyncConnection) -> list[dict[str, Any]]:
    """Every account that ever was and that who asks may manage."""
    return [
        {
            "login": row["login"],
            "name": row["name"],
            "role": row["role"],
            "unit": row["unit"],
            "unit_name": row["unit_name"],
            "sessions": row["alive"],
            "blocks": row["blocks"],
            "world": "simulated" if row["simulated"] else "real",
            "must_change": row["must_change"],
            "created_by": row["created_by"],
            **{
                name: instant(row[name])
                for name in ("created_at", "password_at", "deactivated_at", "last_used_at")
            },
        }
        for row in await accounts.list_accounts(connection, clock.now())
    ]


async def give_new_password(
    connection: AsyncConnection, limits: SignInLimits, login: str, *, by: str
) -> str:
    """A new first password for somebody who lost theirs; their sessions end, tries begin anew."""
    account = await accounts.find_account(connection, _login(login))
    if account is None or not account.active:
        raise _no_account(login)
    secret = make_password()
    kept = await hash_password(secret)
    if not await accounts.give_password(connection, account.login, kept, clock.now()):
        raise _no_account(login)
    await forgive_attempts(connection, limits, account.login)
    await _tell(connection, by, "password_given", account)
    return secret


async def change_account(
    connection: AsyncConnection,
    login: str,
    *,
    role: str,
    unit: str | None,
    blocks: Sequence[str] = (),
    by: str,
) -> None:
    """Another role, unit or blocks, from the next request on. Raises as `open_account` does."""
    account = await accounts.find_account(connection, _login(login))
    if account is None or not account.active:
        raise _no_account(login)
    _check_place(role, unit)
    unit_id = await find_unit(connection, unit, simulated=account.simulated)
    given = _blocks(role, blocks)
    if not await accounts.change_account(connection, account.login, role, unit_id, given):
        raise ForbiddenError(BEYOND)
    details = {"account": account.login, "role": role} | ({"unit": unit} if unit else {})
    details |= {"blocks": " ".join(given)} if given else {}
    await leave_trace(connection, Trace(by, "account_changed", account.simulated, details))


async def deactivate_account(connection: AsyncConnection, login: str, *, by: str) -> None:
    """End an account and its sessions at once; what it did stays in the ledger."""
    account = await accounts.find_account(connection, _login(login))
    ended = account and await accounts.deactivate_account(connection, account.login, clock.now())
    if account is None or not ended:
        raise _no_account(login)
    await _tell(connection, by, "account_ended", account)


async def show_sessions(connection: AsyncConnection, login: str) -> list[dict[str, Any]]:
    """The sessions of an account that are not over by age."""
    if await accounts.find_account(connection, _login(login)) is None:
        raise _no_account(login)
    moments = ("created_at", "last_used_at", "expires_at", "ended_at")
    return [
        {"alive": row["alive"], **{name: instant(row[name]) for name in moments}}
        for row in await sessions.list_sessions(connection, _login(login), clock.now())
    ]


async def revoke_sessions(connection: AsyncConnection, login: str, *, by: str) -> int:
    """End every session of an account, and say how many there were."""
    account = await accounts.find_account(connection, _login(login))
    if account is None:
        raise _no_account(login)
    await _tell(connection, by, "sessions_ended", account)
    return await sessions.end_sessions(connection, account.login, clock.now())


async def _tell(connection: AsyncConnection, by: str, kind: str, account: Account) -> None:
    await leave_trace(connection, Trace(by, kind, account.simulated, {"account": account.login}))


def _check_place(role: str, unit: str | None) -> None:
    """Raises InputError for an unknown role, or one that needs a unit and has none."""
    if role not in ROLES:
        raise InputError(f"Vai trò phải chọn trong: {', '.join(ROLES)}.")
    if unit is None and role not in WHOLE_WORLD:
        raise InputError(f"Vai trò {ROLES[role]} phải thuộc một đơn vị: hãy cho mã đơn vị.")


def _blocks(role: str, blocks: Sequence[str]) -> list[str]:
    """The blocks of a role, in the order of the rules. Raises InputError."""
    known = {each.id: each.label for each in peers().values()}
    if role != Role.APPRAISER:
        if blocks:
            raise InputError("Chỉ vai trò thẩm định mới được giao khối.")
        return []
    if not blocks or not set(blocks) <= set(known):
        raise InputError(
            "Người thẩm định phải được giao ít nhất một khối trong: "
            f"{', '.join(f'{name} ({label})' for name, label in known.items())}."
        )
    return [name for name in known if name in blocks]


def _login(typed: str) -> str:
    login = typed.strip().lower()
    if not LOGIN.fullmatch(login):
        raise InputError(
            "Tên đăng nhập gồm 2 đến 63 chữ cái không dấu, chữ số, dấu chấm, gạch ngang hoặc "
            "gạch dưới."
        )
    return login


def _no_account(login: str) -> NotFoundError:
    return NotFoundError(
        f"Không có tài khoản “{login}” đang dùng trong phạm vi của bạn: hãy xem lại danh sách tài "
        "khoản."
    )
