"""Who is let in: tokens by scope, ended, revoked; nothing personal in what is open to all."""

import json
import re
from datetime import timedelta
from typing import Any

import httpx
import pytest
from click.testing import CliRunner
from litestar import Litestar

from tests.programs import bearing, token_for
from tthc import clock
from tthc.cli import tthc
from tthc.db.engine import connect_night
from tthc.db.server import Server

CASES = "/api/v1/cases?where=open_overdue"


async def test_without_a_living_token_nobody_gets_in(
    stranger: httpx.AsyncClient, worlds: Server
) -> None:
    site = stranger
    refused: list[dict[str, Any]] = [{}, bearing("khong-phai-khoa"), {"Authorization": "Basic abc"}]
    for headers in refused:
        answer = await site.get(CASES, headers=headers)
        assert answer.status_code == 401
        assert answer.headers["www-authenticate"] == "Bearer"
        assert "khóa truy cập" in answer.json()["detail"]
    secret = await token_for(worlds, "sẽ hết hạn", "read")
    assert (await site.get(CASES, headers=bearing(secret))).status_code == 200
    for address in ("/api/v1/cases", "/api/v1/imports"):
        assert (await site.post(address, headers=bearing(secret))).status_code == 403


def run(worlds: Server, *arguments: str) -> str:
    environment = {
        "TTHC_DATABASE_URL": worlds.app_url,
        "TTHC_NIGHT_DATABASE_URL": worlds.night_url,
        "TTHC_OWNER_DATABASE_URL": "",
    }
    done = CliRunner().invoke(tthc, arguments, env=environment)
    assert done.exit_code == 0, done.output
    return done.stdout


def test_the_commands(worlds: Server) -> None:
    secret = run(worlds, "token", "add", "Bưu điện", "--scope", "portal").strip()
    assert len(secret) == 43  # 256 bits
    listed = run(worlds, "token", "list")
    assert "Bưu điện: portal" in listed
    assert secret not in listed
    run(worlds, "token", "revoke", "Bưu điện")
    assert "đã thu hồi" in run(worlds, "token", "list")
    with pytest.raises(AssertionError):
        run(worlds, "token", "add", "X", "--scope", "read", "--expires", "2020-01-01")


async def test_an_ended_token_is_none(
    app: Litestar, stranger: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tthc.service.tokens import give_token, revoke_token

    site = stranger
    until = clock.now() + timedelta(hours=1)
    night = connect_night(app.state.server)
    async with night.begin() as connection:
        secret = await give_token(connection, "một giờ", ["read"], by="thử", expires_at=until)
        other = await give_token(connection, "thu hồi", ["read"], by="thử")
    assert (await site.get(CASES, headers=bearing(secret))).status_code == 200
    async with night.begin() as connection:
        await revoke_token(connection, "thu hồi", by="thử")
    await night.dispose()
    assert (await site.get(CASES, headers=bearing(other))).status_code == 401
    monkeypatch.setattr(clock, "now", lambda: until)
    assert (await site.get(CASES, headers=bearing(secret))).status_code == 401


async def test_metrics_count_what_was_answered(stranger: httpx.AsyncClient) -> None:
    async def counted() -> tuple[int, int]:
        text = (await stranger.get("/metrics")).text
        refused = re.findall(r'tthc_requests_total\{method="GET",status="401"\} (\d+)', text)
        (timed,) = re.findall(r'tthc_request_seconds_bucket\{le="\+Inf"\} (\d+)', text)
        return int(refused[0]) if refused else 0, int(timed)

    refused, timed = await counted()
    await stranger.get(CASES)
    assert await counted() == (refused + 1, timed + 2)  # the count itself is one more


async def test_a_token_for_figures_reads_no_case(
    stranger: httpx.AsyncClient, worlds: Server
) -> None:
    secret = await token_for(worlds, "chỉ số liệu", "figures")
    assert (await stranger.get("/api/v1/partition", headers=bearing(secret))).status_code == 200
    for address in (CASES, "/api/v1/cases/R-1", "/api/v1/portal/quarantine"):
        assert (await stranger.get(address, headers=bearing(secret))).status_code == 403
    assert (await stranger.get("/api/v1/partition")).status_code == 401


def test_a_token_ends_in_a_year_and_may_be_held_to_a_unit(worlds: Server) -> None:
    run(worlds, "token", "add", "Xã", "--scope", "read", "--unit", "00004")
    (listed,) = [
        each
        for each in json.loads(run(worlds, "token", "list", "--json"))["tokens"]
        if each["label"] == "Xã"
    ]
    assert (listed["unit"], listed["last_used_at"]) == ("00004", None)
    left = clock.read_instant(listed["expires_at"]) - clock.now()
    assert timedelta(days=364) < left <= timedelta(days=365)
