"""What a request costs the database: one reading, one writing, whatever is kept with it."""

import os
from collections.abc import AsyncIterator

import httpx
import pytest
from litestar import Litestar

from tests.law.lives import make_procedure
from tests.programs import act, bearing, new_case, token_for
from tests.round_trips import round_trips
from tests.site import client_of, living_app
from tthc.db.engine import connect_owner
from tthc.db.server import Server

MOST = 4  # BEGIN with who asks, reading, writing, COMMIT


@pytest.fixture
async def office(database: Server) -> AsyncIterator[tuple[Litestar, httpx.AsyncClient, str]]:
    owner = connect_owner(database)
    async with owner.begin() as connection:
        procedure = await make_procedure(connection, [5, "working_day"])
    await owner.dispose()
    secret = await token_for(database, "đếm")
    async with living_app(database) as app, client_of(app) as client:
        client.headers.update(bearing(secret))
        yield app, client, procedure


async def test_an_act_reads_once_and_writes_once(
    office: tuple[Litestar, httpx.AsyncClient, str],
) -> None:
    app, site, procedure = office
    asked = new_case(procedure, applicant={"name": "Nguyễn Văn A"})
    await site.post("/api/v1/cases", json=asked)  # reads the calendar, once for a process
    with round_trips(app.state.engine) as sent:
        key = {"Idempotency-Key": os.urandom(8).hex()}
        made = await site.post("/api/v1/cases", json=asked, headers=key)
    assert made.status_code == 201
    assert len(sent) <= MOST, sent
    for kind, more in (
        ("start", {"officer": "Bình"}),
        ("suspend", {"content": "bản sao"}),
        ("resume", {}),
        ("resolve", {"outcome": "granted"}),
    ):
        with round_trips(app.state.engine) as sent:
            made = await act(site, made.json(), kind, **more)
        assert made.status_code == 200
        most = MOST + (kind == "suspend")  # whose form draws a number
        assert len(sent) <= most, (kind, sent)
