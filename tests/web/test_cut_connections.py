"""A form whose line is cut once it was sent, and which is sent again, makes one case."""

import asyncio
import socket
from urllib.parse import urlencode

import asyncpg
import httpx
import pytest

from tests.forms import filled
from tests.people import enter, open_account
from tests.serving import Uvicorn
from tests.web import test_counter
from tests.web.test_counter import NAME, code_in
from tests.web.test_papers import another_procedure
from tthc.db.server import Server

office = test_counter.office


@pytest.mark.parametrize("patient", [True, False], ids=["once it is saved", "at once"])
async def test_a_form_sent_again_after_a_cut(office: tuple[Server, str], *, patient: bool) -> None:
    server, procedure = office[0], await another_procedure(office[0])
    login = await open_account(server, role="clerk")
    with Uvicorn(server) as site:
        async with httpx.AsyncClient(base_url=site.url, timeout=60) as clerk:
            await enter(clerk, login)
            page = (await clerk.get("/tiep-nhan", params={"thu_tuc": procedure})).text
            data = filled(page, "/tiep-nhan") | {"do": "save", "name": NAME}
            with sent(site, clerk.cookies["tthc"], data):
                made = await wait_for_codes(server, procedure) if patient else []
            # cut: nobody has read the answer, if there was one
            answer = await clerk.post("/tiep-nhan", data=data)
            assert answer.status_code == 303, answer.text
    # the site has finished whatever it was sent
    assert await codes_of(server, procedure) == [code_in(answer)]
    assert made in ([], [code_in(answer)])


def sent(site: Uvicorn, cookie: str, data: dict[str, str]) -> socket.socket:
    """The line over which the whole form has gone out."""
    body = urlencode(data).encode()
    address = site.listening.getsockname()
    head = (
        f"POST /tiep-nhan HTTP/1.1\r\nHost: {address[0]}:{address[1]}\r\nCookie: tthc={cookie}\r\n"
        "Content-Type: application/x-www-form-urlencoded\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    )
    line = socket.create_connection(address)
    line.sendall(head.encode() + body)
    return line


async def wait_for_codes(server: Server, procedure: str) -> list[str]:
    for _ in range(300):
        if codes := await codes_of(server, procedure):
            return codes
        await asyncio.sleep(0.1)
    raise TimeoutError


async def codes_of(server: Server, procedure: str) -> list[str]:
    owner = await asyncpg.connect(server.owner_url)
    try:
        rows = await owner.fetch(
            "SELECT c.code FROM cases c JOIN procedures p ON p.id = c.procedure_id "
            "WHERE p.code = $1",
            procedure,
        )
    finally:
        await owner.close()
    return [row["code"] for row in rows]
