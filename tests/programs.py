"""Programs that speak to the site with tokens, and cases they send."""

from typing import Any

import httpx

from tests.law.lives import UNIT
from tthc.db.engine import connect_night
from tthc.db.server import Server
from tthc.service.tokens import give_token

ALL = ("read", "write", "portal")


async def token_for(
    server: Server, label: str, *scopes: str, simulated: bool = False, actor: str | None = None
) -> str:
    """A token's secret, given on the spot."""
    engine = connect_night(server)
    try:
        async with engine.begin() as connection:
            return await give_token(
                connection, label, scopes or ALL, by="thử", simulated=simulated, actor=actor
            )
    finally:
        await engine.dispose()


def bearing(secret: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {secret}"}


def new_case(procedure: str, **changes: Any) -> dict[str, Any]:
    """A receipt at the commune's counter."""
    case = {"procedure_code": procedure, "receiving_unit": UNIT, "channel": "counter"}
    return case | changes


async def act(
    site: httpx.AsyncClient, case: dict[str, Any], kind: str, **more: Any
) -> httpx.Response:
    """An act on the version of a case that is in hand."""
    return await site.post(
        f"/api/v1/cases/{case['case_code']}/events",
        json={"type": kind, **more},
        headers={"If-Match": str(case["version"])},
    )
