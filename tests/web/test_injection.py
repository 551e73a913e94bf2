"""SQL, odd signs and paths in every parameter of every route, taken from the routes themselves.

Whatever is asked for: no failure, no wait, no file name that leads elsewhere, and the ledger after
it is the ledger before it.
"""

import os
import re
from collections.abc import Iterator
from itertools import cycle
from time import perf_counter
from typing import Any
from urllib.parse import quote

from litestar import Litestar
from litestar.handlers import HTTPRouteHandler
from litestar.routes import HTTPRoute
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from tests.people import signed_in

SQL = (
    "' OR '1'='1",
    "1); SELECT pg_sleep(9) --",
    "x' UNION SELECT name FROM applicants --",
)
ODD = ("%", "\\", "\0", "{}", "²", "-1", "9" * 40, "\N{NO-BREAK SPACE}", "null")
PATHS = ("../../etc/passwd", 'a"; filename="evil.exe', "a\r\nSet-Cookie: x=1", "C:\\x\\y")
HEAVY = os.environ.get("TTHC_HEAVY")
GIVEN = ("ledger", "writing", "actor", "visitor", "person", "state", "request", "data")
NAMES = {"start": "from", "end": "to"}  # what a parameter is called in an address
TEXTS = (*SQL, *ODD, *PATHS)
SAFE = re.compile(r'(?:attachment|inline); filename="[A-Za-z0-9@_-][A-Za-z0-9.@_-]*"')
PLAIN = {"definition": "on_time/due", "period": "month:2026-03", "where": "open", "unit": "00004"}
PLAIN |= {"format": "csv", "kind": "csv", "from": "2026-01-01", "to": "2026-04-01"}


def reading(app: Litestar) -> Iterator[tuple[str, list[str]]]:
    """The pattern of each route that reads, and the names of its query's parameters."""
    for route in app.routes:
        if not isinstance(route, HTTPRoute) or "GET" not in route.methods:
            continue
        handler, _ = route.route_handler_map["GET"]
        assert isinstance(handler, HTTPRouteHandler)
        asked = [
            NAMES.get(name, name)
            for name in handler.parsed_fn_signature.parameters
            if name not in GIVEN and f"{{{name}" not in route.path
        ]
        yield route.path_format, asked


def addresses(path: str, asked: list[str], odd: Iterator[str]) -> Iterator[str]:
    """The route with one thing odd at a time, the rest as it should be."""
    plain = {name: quote(PLAIN[name]) for name in asked if name in PLAIN}
    bare = re.sub(r"\{[^}]+\}", "x", path)
    for _ in TEXTS if HEAVY else [""]:
        for place in re.findall(r"\{[^}]+\}", path):
            found = path.replace(place, quote(next(odd), safe=""))
            yield f"{re.sub(r'{[^}]+}', 'x', found)}?{_query(plain)}"
        for name in asked:
            yield f"{bare}?{_query(plain | {name: quote(next(odd), safe='')})}"


def _query(said: dict[str, str]) -> str:
    return "&".join(f"{name}={value}" for name, value in said.items())


async def counted(ledger: AsyncConnection) -> list[Any]:
    sizes = [
        f"(SELECT count(*) FROM {table})"
        for table in ("cases", "case_events", "applicants", "units", "letters")
    ]
    return list((await ledger.execute(text(f"SELECT {', '.join(sizes)}"))).one())


async def test_every_parameter_of_every_route(app: Litestar, ledger: AsyncConnection) -> None:
    """By default each parameter once, the texts taking turns; with TTHC_HEAVY=1 all with all."""
    before, tried, texts = await counted(ledger), 0, cycle(TEXTS)
    await ledger.rollback()
    async with signed_in(app, role="auditor") as reader:
        for path, asked in reading(app):
            for address in addresses(path, asked, texts):
                began = perf_counter()
                answer = await reader.get(address, follow_redirects=False)
                tried += 1
                assert answer.status_code < 500, (address, answer.text[:300])
                assert perf_counter() - began < 9, address
                name = answer.headers.get("content-disposition")
                assert name is None or SAFE.fullmatch(name), (address, name)
                assert "set-cookie" not in answer.headers, address
                assert "syntax error" not in answer.text
                assert "root:" not in answer.text
    assert await counted(ledger) == before
    print(f"{tried} addresses")
    assert tried > 100


async def test_a_sign_that_no_database_keeps_is_refused(app: Litestar) -> None:
    async with signed_in(app, role="auditor") as reader:
        answer = await reader.get("/api/v1/cases?where=open&procedure=%00")
        assert answer.status_code == 400
        assert "NUL" in answer.json()["detail"]


async def test_parameters_were_found(app: Litestar) -> None:
    """The routes tell them: a route whose parameters are not seen would not be tried."""
    found = dict(reading(app))
    assert {"where", "unit", "cursor", "limit", "as_of"} <= set(found["/api/v1/cases"])
    assert {"from", "to", "unit"} <= set(found["/api/v1/register"])
    assert "tim" in found["/tiep-nhan"]
    assert len(found) > 40
