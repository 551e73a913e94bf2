"""Two processes of the site over one database: tries are counted, sessions end, for both."""

import time
from collections.abc import Iterator

import httpx
import pytest

from tests.people import PASSWORD, enter, key_on, open_account
from tests.serving import Uvicorn, free_port, named, start_site
from tthc.db.engine import connect_night
from tthc.db.server import Server
from tthc.service import accounts

INSIDE = "/doi-mat-khau"


@pytest.fixture(scope="module")
def sites(server: Server) -> Iterator[tuple[str, str]]:
    """One process of its own, and the test's, which serves the other."""
    port = free_port()
    process = start_site(port, named(server))
    try:
        with Uvicorn(server) as here:
            there = f"http://127.0.0.1:{port}"
            end = time.monotonic() + 60
            while True:
                try:
                    httpx.get(f"{there}/health/live")
                    break
                except httpx.TransportError:
                    assert process.poll() is None, process.communicate()[1]
                    assert time.monotonic() < end
                    time.sleep(0.05)
            yield there, here.url
    finally:
        process.terminate()
        process.communicate()


async def test_wrong_passwords_in_turn(server: Server, sites: tuple[str, str]) -> None:
    """Ten in all, not ten at each; then the true password is refused at both, within seconds."""
    login = await open_account(server, role="clerk")
    statuses = []
    began = time.monotonic()
    for number in range(14):
        async with httpx.AsyncClient(base_url=sites[number % 2]) as client:
            password = PASSWORD if number >= 12 else f"sai {number}"
            statuses.append((await enter(client, login, password)).status_code)
    assert statuses == [401] * 10 + [429] * 4
    assert time.monotonic() - began < 30


@pytest.mark.parametrize("end", ["sign-out", "deactivation"])
async def test_a_stolen_session_ends_at_both(
    server: Server, sites: tuple[str, str], end: str
) -> None:
    login = await open_account(server, role="clerk")
    async with (
        httpx.AsyncClient(base_url=sites[0]) as owner,
        httpx.AsyncClient(base_url=sites[1]) as thief,
    ):
        await enter(owner, login)
        stolen = {"cookie": f"tthc={owner.cookies['tthc']}"}
        assert (await thief.get(INSIDE, headers=stolen)).status_code == 200
        if end == "sign-out":
            key = key_on((await owner.get(INSIDE)).text)
            assert (await owner.post("/dang-xuat", data={"form_key": key})).status_code == 303
        else:
            night = connect_night(server)
            async with night.begin() as connection:
                await accounts.deactivate_account(connection, login, by="thử")
            await night.dispose()
        for client in (thief, owner):
            assert (await client.get(INSIDE, headers=stolen)).status_code == 303
            told = await client.get("/api/v1/cases?where=open", headers=stolen)
            assert told.status_code == 401
