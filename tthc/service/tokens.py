"""Tokens for programs: given, shown once, listed, revoked, recognised."""

import hashlib
import secrets
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from tthc import clock
from tthc.db import tokens
from tthc.db.tokens import Token
from tthc.db.traces import leave_trace
from tthc.domain.errors import ForbiddenError, InputError, NotFoundError
from tthc.domain.lifecycle import required
from tthc.domain.traces import Trace
from tthc.service.accounts import find_unit
from tthc.service.case_document import instant

# what a token may be for → in words
SCOPES = {
    "figures": "đọc số liệu, không đọc hồ sơ",
    "read": "đọc hồ sơ",
    "write": "ghi hồ sơ",
    "portal": "gửi dữ liệu đồng bộ của Cổng Dịch vụ công quốc gia",
}


async def give_token(
    connection: AsyncConnection,
    label: str,
    scopes: Sequence[str],
    *,
    by: str,
    actor: str | None = None,
    simulated: bool = False,
    unit: str | None = None,
    expires_at: datetime | None = None,
) -> str:
    """A new token, 256 random bits; only its digest is kept, so this is the only time to read it.

    `actor` is the name that the ledger keeps for what it does; the label, unless told. `unit`, a
    code, holds it to that unit and those below. `by`: who gives it.
    """
    label = required(label, "tên của khóa truy cập")
    unknown = sorted(set(scopes) - set(SCOPES))
    if unknown or not scopes:
        raise InputError(f"Quyền của khóa phải chọn trong: {', '.join(SCOPES)}.")
    now = clock.now()
    if expires_at is not None and expires_at <= now:
        raise InputError("Hạn dùng của khóa đã qua: hãy chọn một thời điểm sau bây giờ.")
    secret = secrets.token_urlsafe(32)
    unit_id = await find_unit(connection, unit, simulated=simulated)
    token = Token(label, actor or label, simulated, sorted(set(scopes)), unit_id)
    try:
        given = await tokens.add_token(connection, digest(secret), token, now, expires_at)
    except IntegrityError as error:
        raise InputError(
            f"Đã có khóa tên “{label}” đang dùng: hãy thu hồi khóa đó hoặc chọn tên khác."
        ) from error
    if not given:
        raise ForbiddenError("Khóa này ở ngoài phạm vi bạn quản trị: hãy nhờ quản trị của cả tỉnh.")
    details = {"token": label, "scopes": " ".join(token.scopes)} | ({"unit": unit} if unit else {})
    await leave_trace(connection, Trace(by, "token_given", simulated, details))
    return secret


async def recognise(connection: AsyncConnection, secret: str) -> Token | None:
    """The token behind a secret; None where it is unknown, over or revoked."""
    return await tokens.use_token(connection, digest(secret), clock.now())


async def show_tokens(connection: AsyncConnection) -> list[dict[str, Any]]:
    return [
        {
            "label": row["label"],
            "actor": row["actor"],
            "world": "simulated" if row["simulated"] else "real",
            "scopes": row["scopes"],
            "unit": row["unit"],
            **{
                name: instant(row[name])
                for name in ("created_at", "expires_at", "revoked_at", "last_used_at")
            },
        }
        for row in await tokens.list_tokens(connection)
    ]


async def revoke_token(connection: AsyncConnection, label: str, *, by: str) -> None:
    """End a token at once. Raises NotFoundError."""
    world = await tokens.revoke_token(connection, label, clock.now())
    if world is None:
        raise NotFoundError(f"Không có khóa “{label}” đang dùng: hãy xem danh sách khóa.")
    await leave_trace(connection, Trace(by, "token_revoked", world, {"token": label}))


def digest(secret: str) -> bytes:
    return hashlib.sha256(secret.encode(errors="surrogatepass")).digest()
