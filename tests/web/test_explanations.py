"""What units say of their figures of a period, over HTTP: by whom, for whom to read, for good."""

import httpx
import pytest
from litestar import Litestar

from tests.people import signed_in
from tthc.db.engine import connect_app, connect_owner
from tthc.db.server import Server
from tthc.service.integrity import verify_ledger

URL = "/api/v1/explanations"
SAID = {"period": "month:2026-03", "unit": "00004", "text": "mất kết nối hai ngày"}


async def heard(site: httpx.AsyncClient, **more: str | int) -> list[str]:
    answer = await site.get(URL, params={"period": "month:2026-03", **more})
    assert answer.status_code == 200, answer.text
    document = answer.json()
    assert document["next_cursor"] or document["total"] >= len(document["items"])
    return [one["text"] for one in document["items"]]


async def test_a_unit_explains_its_period(app: Litestar, site: httpx.AsyncClient) -> None:
    """Said by the unit's leader; read by them and by who watches the unit, not next door."""
    async with signed_in(app, role="leader", unit="00004") as leader:
        made = await leader.post(URL, json=SAID)
        assert made.status_code == 201, made.text
        assert made.json() | SAID | {"unit_name": "Phường Ba Đình"} == made.json()
        again = await leader.post(URL, json=SAID | {"text": "và một ngày nữa"})
        assert again.status_code == 201
        assert await heard(leader) == [SAID["text"], "và một ngày nữa"]
    assert await heard(site, unit="00004") == [SAID["text"], "và một ngày nữa"]
    assert await heard(site, unit="00008") == []
    first = await site.get(URL, params={"period": SAID["period"], "limit": 1})
    assert first.json()["total"] == 2
    assert await heard(site, cursor=first.json()["next_cursor"]) == ["và một ngày nữa"]
    async with signed_in(app, role="leader", unit="00008") as neighbour:
        assert await heard(neighbour) == []


@pytest.mark.parametrize(
    ("role", "changes", "status", "words"),
    [
        ("clerk", {}, 403, "Khóa này không có quyền"),
        ("leader", {"unit": "00008"}, 403, "giải trình cho đơn vị của mình"),
        ("officer", {"unit": "99999"}, 404, "99999"),
        ("officer", {"period": "tháng ba"}, 400, "tháng ba"),
        ("officer", {"text": "  "}, 400, "nội dung giải trình"),
    ],
)
async def test_what_is_refused(
    app: Litestar, role: str, changes: dict[str, str], status: int, words: str
) -> None:
    async with signed_in(app, role=role, unit="00004") as somebody:
        before = await heard(somebody)
        refused = await somebody.post(URL, json=SAID | changes)
        assert (refused.status_code, words in refused.text) == (status, True), refused.text
        assert await heard(somebody) == before


async def test_it_stays_and_its_words_are_sealed(app: Litestar, worlds: Server) -> None:
    """The application can't change or remove it; verifying finds it where the owner did."""
    async with signed_in(app, role="officer", unit="00004") as officer:
        made = (await officer.post(URL, json=SAID | {"text": "nhiều hồ sơ đất đai"})).json()
    engine = connect_app(worlds)
    for sql in ("UPDATE explanations SET text = 'x'", "DELETE FROM explanations"):
        with pytest.raises(Exception, match="permission denied"):
            async with engine.begin() as connection:
                await connection.exec_driver_sql(sql)
    await engine.dispose()
    owner = connect_owner(worlds)
    async with owner.connect() as connection:
        assert (await verify_ledger(connection))["ok"]
        for sql, words in (
            ("UPDATE explanations SET text = 'ít hồ sơ' WHERE id = $1", "month:2026-03 đã bị sửa"),
            ("DELETE FROM explanations WHERE id = $1", "đã bị xóa"),
        ):
            tampering = await connection.begin_nested()
            await connection.exec_driver_sql(sql, (made["id"],))
            assert words in (await verify_ledger(connection))["first_problem"]
            await tampering.rollback()
        assert (await verify_ledger(connection))["ok"]
    await owner.dispose()
