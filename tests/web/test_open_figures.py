"""A published month as a stranger reads it: on the page and over HTTP, small counts hidden.

Of three communes of the simulated world; by hand: 60 to resolve of which 6 late, 6 with a letter;
40 of which 2 late without one; 30 of which 7 late, without one.
"""

import asyncio
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta

import asyncpg
import httpx
import pytest
from litestar import Litestar

from tests.databases import Databases
from tests.ledger import event, write_history
from tests.site import client_of, living_app
from tests.worlds import MARCH, received_change
from tthc import clock
from tthc.db.engine import connect_night
from tthc.db.server import Server
from tthc.domain.access import Actor, Role, Scope
from tthc.service.open_figures import open_earlier
from tthc.service.publishing import publish_period, verify_publication

API = "/api/v1/open/figures/month:2026-03"
PAGE = "/cong-khai?world=simulated"
UNITS = {"CK-1": ("Xã Một", 60, 6, True), "CK-2": ("Xã Hai", 40, 2, False)}
UNITS |= {"CK-3": ("Xã <b>Ba</b>", 30, 7, False)}


@pytest.fixture(scope="module")
def published(databases: Databases) -> Iterator[Server]:
    own = asyncio.run(databases.copy())
    asyncio.run(_publish(own))
    yield own
    asyncio.run(databases.drop(own))


@pytest.fixture
async def app(published: Server) -> AsyncIterator[Litestar]:
    async with living_app(published) as app:
        yield app


@pytest.fixture
async def stranger(app: Litestar) -> AsyncIterator[httpx.AsyncClient]:
    async with client_of(app) as client:
        yield client


async def _publish(server: Server) -> None:
    owner = await asyncpg.connect(server.owner_url)
    received = clock.start_of(MARCH.start) + timedelta(hours=9)
    for code, (name, cases, late, letter) in UNITS.items():
        unit = await owner.fetchval(
            "INSERT INTO units (simulated, code, name, kind, level) "
            "VALUES (true, $1, $2, 'area', 'commune') RETURNING id",
            *(code, name),
        )
        for number in range(cases):
            due = received + timedelta(days=9 if number < late else 90)
            change = received_change(unit, received, due, "counter")
            if letter and number < late:
                change |= {"letter_issued_at": received, "letter_number": "1/XL"}
            first = event(f"{code}-{number}", 1, "received", received, change)
            await write_history(owner, [first], simulated=True)
    await owner.close()
    engine = connect_night(server)
    async with engine.begin() as connection:
        leader = Actor("Chủ tịch", Scope(simulated=True), Role.LEADER)
        await publish_period(connection, leader, MARCH)
    await engine.dispose()


async def test_small_counts_are_hidden(stranger: httpx.AsyncClient) -> None:
    """Two late cases hide their commune, and one other with it; the total stays."""
    answer = await stranger.get(API, params={"world": "simulated"})
    told = answer.json()
    assert [each["unit"] for each in told["rows"]] == ["CK-1"]
    assert [each["unit"] for each in told["hidden"]["units"]] == ["CK-2", "CK-3"]
    assert all(set(each) == {"unit", "unit_name"} for each in told["hidden"]["units"])
    counts = {
        part: [(one["numerator"], one["denominator"]) for one in figures.values()]
        for part, figures in (
            ("shown", told["rows"][0]["figures"]),
            ("hidden", told["hidden"]["figures"]),
            ("total", told["total"]["figures"]),
        )
    }
    assert counts == {
        "shown": [(54, 60), (6, 6)],
        "hidden": [(61, 70), (0, 9)],
        "total": [(115, 130), (6, 15)],
    }
    assert told["rows"][0]["figures"]["on_time/burden"]["percent"] == "90.00"
    assert (told["version"], len(told["digest"])) == (1, 64)
    assert "Chủ tịch" not in answer.text


async def test_it_is_kept_by_whoever_asks_often(stranger: httpx.AsyncClient) -> None:
    first = await stranger.get(API, params={"world": "simulated"})
    assert first.headers["cache-control"] == "public, max-age=300"
    known = {"If-None-Match": first.headers["etag"]}
    again = await stranger.get(API, params={"world": "simulated"}, headers=known)
    assert (again.status_code, again.content) == (304, b"")


async def test_what_is_not_open(stranger: httpx.AsyncClient) -> None:
    """The other world, another period; what is no period is told in words."""
    for path, status, words in (
        (API, 404, "chưa có số liệu công khai"),
        ("/api/v1/open/figures/year:2026?world=simulated", 404, "số liệu tháng đã chốt"),
        ("/api/v1/open/figures/x", 400, "Không có loại kỳ"),
    ):
        answer = await stranger.get(path)
        assert answer.status_code == status
        assert words in answer.json()["detail"]
    page = await stranger.get("/cong-khai")
    assert "Chưa có số liệu công khai" in page.text
    assert 'href="/cong-khai?world=simulated"' in page.text


async def test_the_page_says_the_same_in_words(stranger: httpx.AsyncClient) -> None:
    page = (await stranger.get(PAGE)).text
    for words in (
        *(
            "88,46",
            "2 cơ quan ẩn, gộp chung",
            "Xã &lt;b&gt;Ba&lt;/b&gt;",
            "54/60",
            "SỐ LIỆU MÔ PHỎNG",
        ),
        *("Số từ 1 đến 4 hồ sơ thì ẩn", "chưa có văn bản nào quy định", API),
    ):
        assert words in page, words
    for hidden in ("38/40", "95,00", "0/2", "23/30", "0/7"):
        assert hidden not in page, hidden


async def test_what_it_is_drawn_from_stays_hidden(published: Server) -> None:
    """The application's role, for whom nobody has entered, reads the drawn table alone."""
    app = await asyncpg.connect(published.app_url)
    assert await app.fetchval("SELECT count(*) FROM open_figures") == 1
    for table in ("publications", "published_figures", "published_procedures"):
        assert await app.fetchval(f"SELECT count(*) FROM {table}") == 0, table
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await app.execute(
            "INSERT INTO open_figures SELECT 99, simulated, period, as_of, conditions, document "
            "FROM open_figures"
        )
    await app.close()


async def test_a_month_published_before_is_opened(
    published: Server, stranger: httpx.AsyncClient
) -> None:
    """As it would have been opened with its publication, once; what is open is listed."""
    owner = await asyncpg.connect(published.owner_url)
    engine = connect_night(published)
    listing = ("/api/v1/open/figures", {"world": "simulated"})
    before = (await stranger.get(API, params={"world": "simulated"})).json()
    path = "/api/v1/open/figures/month:2026-03?world=simulated"
    month = {"period": "month:2026-03", "from": "2026-03-01", "to": "2026-04-01", "url": path}
    assert (await stranger.get(listing[0], params=listing[1])).json() == {"periods": [month]}
    assert (await stranger.get(path)).json() == before
    await owner.execute("DELETE FROM open_figures")
    await owner.close()
    assert (await stranger.get(listing[0], params=listing[1])).json() == {"periods": []}
    for opened in (["month:2026-03"], []):
        async with engine.begin() as connection:
            assert await open_earlier(connection, simulated=True) == opened
            assert await open_earlier(connection, simulated=False) == []
    await engine.dispose()
    assert (await stranger.get(path)).json() == before


async def test_a_table_that_was_bent_is_found(published: Server) -> None:
    engine = connect_night(published)
    async with engine.connect() as connection:
        assert (await verify_publication(connection, MARCH, simulated=True))["ok"]
    owner = await asyncpg.connect(published.owner_url)
    change = "UPDATE open_figures SET document = replace(document::text, $1, $2)::json"
    await owner.execute(change, '"numerator": 54', '"numerator": 58')
    async with engine.connect() as connection:
        told = await verify_publication(connection, MARCH, simulated=True)
    await owner.execute(change, '"numerator": 58', '"numerator": 54')
    await owner.close()
    await engine.dispose()
    assert "Số liệu công khai của kỳ month:2026-03 (lần 1) đã bị sửa" in told["first_problem"]
