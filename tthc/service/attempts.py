"""How often a password may be tried: counted in the database that all processes share.

Kept under digests, as people type passwords into the wrong field.
"""

import hashlib

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from tthc import clock
from tthc.db import accounts
from tthc.domain.errors import TooManyError
from tthc.settings import SignInLimits


async def count_attempt(
    engine: AsyncEngine, limits: SignInLimits, login: str, address: str
) -> None:
    """Take one try of a login and one of an address, kept whatever follows. Raises TooManyError.

    The address first, so that a barred one can't use up the tries of a login.
    """
    async with engine.connect() as connection:
        await connection.execution_options(isolation_level="AUTOCOMMIT")
        for key, allowed in (
            (_key("address", address), limits.tries_from_address),
            (_key("login", login), limits.tries),
        ):
            if not await accounts.count_attempt(
                connection, key, allowed, limits.window, clock.now()
            ):
                minutes = int(limits.window.total_seconds() // 60)
                raise TooManyError(
                    f"Đã thử quá nhiều lần: hãy đợi {minutes} phút rồi thử lại, hoặc nhờ người "
                    "quản trị đặt lại mật khẩu."
                )


async def forgive_attempts(
    connection: AsyncConnection, limits: SignInLimits, login: str, address: str | None = None
) -> None:
    """Begin anew for a login that proved itself; where it came from has one try back."""
    await accounts.forget_attempts(connection, _key("login", login), limits.window, clock.now())
    if address is not None:
        await accounts.give_back_attempt(connection, _key("address", address))


def _key(kind: str, of: str) -> bytes:
    return hashlib.sha256(f"{kind}\n{of}".encode(errors="surrogatepass")).digest()
