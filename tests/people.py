"""People who are signed in, by the sign-in page that everybody uses.

    async with living_app(server) as app, signed_in(app, role="clerk", unit="00004") as client:
        await client.get("/")                                   # pages
        await client.post("/api/v1/cases", json=…)              # the API, with its form key

`open_account` makes the account alone, for a real server or browser; `enter` signs in there.
"""

import re
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from secrets import token_hex

import httpx
from litestar import Litestar
from sqlalchemy.ext.asyncio import AsyncEngine

from tests.law.lives import UNIT
from tests.site import client_of
from tthc.db.engine import connect_night
from tthc.db.server import Server
from tthc.rules.blocks import blocks as peers
from tthc.service.accounts import WHOLE_WORLD
from tthc.service.accounts import open_account as open_in
from tthc.web.cookies import form_key

PASSWORD = "ngựa gỗ bốn chân"


@asynccontextmanager
async def signed_in(
    app: Litestar,
    *,
    role: str = "auditor",
    unit: str | None = None,
    simulated: bool = False,
    login: str | None = None,
    blocks: Sequence[str] | None = None,
) -> AsyncIterator[httpx.AsyncClient]:
    """A client of somebody with a role; at the usual commune where the role needs a unit, of every
    block where it appraises.
    """
    login = await open_account(
        app.state.server, role=role, unit=unit, simulated=simulated, login=login, blocks=blocks
    )
    async with client_of(app) as client:
        await enter(client, login)
        yield client


async def session_of(app: Litestar, *, simulated: bool = False, role: str = "auditor") -> str:
    """The secret of somebody's session, for the cookie of a browser."""
    async with signed_in(app, role=role, simulated=simulated) as client:
        return str(client.cookies["tthc"])


async def open_account(
    server: Server,
    *,
    role: str = "auditor",
    unit: str | None = None,
    simulated: bool = False,
    login: str | None = None,
    blocks: Sequence[str] | None = None,
) -> str:
    """An account's login; its password is PASSWORD."""
    engine = connect_night(server)
    try:
        return await _open(engine, role, unit, blocks, simulated=simulated, login=login)
    finally:
        await engine.dispose()


async def enter(
    client: httpx.AsyncClient, login: str, password: str = PASSWORD, *, tiep: str = "/"
) -> httpx.Response:
    """Sign in as a person does; the client's calls of the API then bear their form key."""
    key = key_on((await client.get("/dang-nhap")).text)
    answer = await client.post(
        "/dang-nhap",
        data={"form_key": key, "login": login, "password": password, "tiep": tiep},
    )
    if secret := client.cookies.get("tthc"):
        client.headers["X-Form-Key"] = form_key(secret)
    return answer


def key_on(page: str) -> str:
    """The key of a page's first form."""
    (key, *_) = re.findall(r'name="form_key" value="([0-9a-f]{64})"', page)
    return str(key)


async def _open(
    engine: AsyncEngine,
    role: str,
    unit: str | None,
    blocks: Sequence[str] | None,
    *,
    simulated: bool,
    login: str | None,
) -> str:
    login = login or f"{role}.{token_hex(4)}"
    if unit is None and role not in WHOLE_WORLD:
        unit = UNIT
    async with engine.begin() as connection:
        await open_in(
            connection,
            login,
            name=f"Người thử {role}",
            role=role,
            unit=unit,
            created_by="thử",
            simulated=simulated,
            blocks=(tuple(peers()) if role == "appraiser" else ()) if blocks is None else blocks,
            password=PASSWORD,
        )
    return login
