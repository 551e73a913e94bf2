"""A token that was recognised a moment ago is as good as its transaction finds it, no longer."""

from datetime import timedelta

import httpx
import pytest
from litestar import Litestar

from tests.programs import bearing, new_case, token_for
from tests.round_trips import round_trips
from tthc import clock
from tthc.db.engine import connect_night
from tthc.service.tokens import give_token, revoke_token


async def receive(site: httpx.AsyncClient, secret: str) -> httpx.Response:
    """A receipt of a procedure that there is not: it is read for, and nothing is written."""
    return await site.post("/api/v1/cases", json=new_case("không có"), headers=bearing(secret))


async def test_a_known_token_ends_at_once(
    app: Litestar, stranger: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    until = clock.now() + timedelta(hours=1)
    night = connect_night(app.state.server)
    async with night.begin() as connection:
        gone = await give_token(connection, "sắp thu hồi", ["write"], by="thử")
        brief = await give_token(connection, "một giờ thôi", ["write"], by="thử", expires_at=until)
    lasting = await token_for(app.state.server, "còn lâu", "write")
    for secret in (gone, brief, lasting):
        assert (await receive(stranger, secret)).status_code == 404
    async with night.begin() as connection:
        await revoke_token(connection, "sắp thu hồi", by="thử")
    await night.dispose()
    with round_trips(app.state.engine) as sent:
        refused = await receive(stranger, gone)
    assert not any("use_token" in sql for sql, _ in sent)  # it was known
    assert refused.status_code == 401
    assert refused.headers["www-authenticate"] == "Bearer"
    assert "khóa mới" in refused.json()["detail"]
    for _ in range(3):  # the connection that refused serves others
        assert (await receive(stranger, lasting)).status_code == 404
    monkeypatch.setattr(clock, "now", lambda: until)
    assert (await receive(stranger, brief)).status_code == 401
    assert (await receive(stranger, lasting)).status_code == 404


async def test_a_known_token_has_no_more_rights_than_before(
    app: Litestar, stranger: httpx.AsyncClient
) -> None:
    reading = await token_for(app.state.server, "chỉ đọc thôi", "read")
    for _ in range(2):
        assert (await receive(stranger, reading)).status_code == 403
    other = await token_for(app.state.server, "giả định", "write", simulated=True)
    for _ in range(2):  # it stays in its world
        assert (await receive(stranger, other)).status_code == 404
