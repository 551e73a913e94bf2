"""The API: the documents of the command line, and refusals as problem documents."""

import asyncio
import json
from typing import Any

import httpx
import pytest
from click.testing import CliRunner

from tests.site import client_of, living_app
from tests.worlds import AS_OF
from tthc.cli import tthc
from tthc.db.server import Server
from tthc.domain.errors import BusyError
from tthc.rules.definitions import definitions

CUT = {"as_of": AS_OF.isoformat(), "known_at": AS_OF.isoformat()}


async def run_command(server: Server, *arguments: str) -> Any:
    environment = {
        "TTHC_DATABASE_URL": server.app_url,
        "TTHC_NIGHT_DATABASE_URL": server.night_url,
        "TTHC_OWNER_DATABASE_URL": "",
    }
    done = await asyncio.to_thread(
        CliRunner().invoke, tthc, [*arguments, "--json"], env=environment
    )
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout)


@pytest.mark.parametrize("by", ["", "unit,channel"])
async def test_figures_are_the_command_lines(
    site: httpx.AsyncClient, worlds: Server, by: str
) -> None:
    asked = {"definition": "on_time/766", "period": "month:2026-03", "world": "real", "by": by}
    answer = await site.get("/api/v1/figures", params=asked | CUT)
    assert answer.status_code == 200
    options = [f"--{name.replace('_', '-')}={value}" for name, value in (asked | CUT).items()]
    assert answer.json() == await run_command(worlds, "figures", *options)
    assert sum(row["denominator"] for row in answer.json()["rows"]) == 450


async def test_from_and_to_take_the_place_of_a_period(site: httpx.AsyncClient) -> None:
    asked = {"definition": "on_time/resolved", "from": "2026-03-01", "to": "2026-04-01"}
    rows = (await site.get("/api/v1/figures", params=asked | CUT)).json()["rows"]
    assert rows == [{"numerator": 385, "denominator": 390, "percent": "98.72"}]


@pytest.mark.parametrize("world", ["real", "simulated"])
async def test_the_partition_is_the_command_lines(
    site: httpx.AsyncClient, simulated_site: httpx.AsyncClient, worlds: Server, world: str
) -> None:
    asked = {"by": "channel", "world": world} | CUT
    own, other = (site, simulated_site) if world == "real" else (simulated_site, site)
    answer = await own.get("/api/v1/partition", params=asked)
    assert (await other.get("/api/v1/partition", params=asked)).status_code == 403
    options = [f"--{name.replace('_', '-')}={value}" for name, value in asked.items()]
    assert answer.json() == await run_command(worlds, "partition", *options)
    assert answer.json()["world"] == world


async def test_definitions_are_all_there(site: httpx.AsyncClient) -> None:
    listed = (await site.get("/api/v1/definitions")).json()["definitions"]
    assert [each["id"] for each in listed] == list(definitions())


async def test_the_schema_describes_the_api_alone_and_asks_for_nothing(
    site: httpx.AsyncClient,
) -> None:
    for path in ("/api/schema", "/api/schema/openapi.json"):
        answer = await site.get(path)
        assert answer.status_code == 200
        open_to_all = {
            path
            for path, calls in answer.json()["paths"].items()
            if not any("security" in call for call in calls.values())
        }
        assert open_to_all == {
            *("/api/v1/definitions", "/api/v1/open/figures", "/api/v1/open/figures/{period}"),
            *("/health/live", "/health/ready"),
        }
        assert "cdn" not in answer.text


@pytest.mark.parametrize(
    ("path", "status", "said"),
    [
        ("/api/v1/figures?definition=x&period=month:2026-03", 400, "Không có định nghĩa “x”"),
        ("/api/v1/figures?definition=on_time/due", 400, "Cần một kỳ"),
        ("/api/v1/figures?definition=on_time/due&period=month:13", 400, "kỳ báo cáo"),
        ("/api/v1/figures?definition=on_time/due&period=month:2026-03&by=x", 400, "Không chia"),
        ("/api/v1/partition?as_of=2026-03-05T10:00:00", 400, "không phải là một thời điểm"),
        ("/api/v1/partition?unit=không-có", 404, "không-có"),
        ("/api/v1/partition?world=other", 400, "tham số"),
        ("/api/v1/figures", 400, "tham số"),
        ("/api/v1/nothing", 404, "Không có trang này"),
    ],
)
async def test_refusals_are_problem_documents(
    site: httpx.AsyncClient, path: str, status: int, said: str
) -> None:
    answer = await site.get(path)
    assert answer.status_code == status
    assert answer.headers["content-type"].startswith("application/problem+json")
    problem = answer.json()
    assert problem["status"] == status
    assert problem["instance"] == path.partition("?")[0]
    assert problem["title"]
    assert said in problem["detail"]


async def test_a_wrong_parameter_is_named(site: httpx.AsyncClient) -> None:
    missing = (await site.get("/api/v1/figures")).json()
    assert [each["field"] for each in missing["errors"]] == ["definition"]
    wrong = (await site.get("/api/v1/partition?world=other")).json()
    assert [each["field"] for each in wrong["errors"]] == ["world"]


async def test_a_method_that_is_not_offered(site: httpx.AsyncClient) -> None:
    answer = await site.post("/api/v1/partition")
    assert answer.status_code == 405
    assert answer.headers["allow"]
    page = await site.post("/")
    assert page.status_code == 405
    assert "<h1>Không dùng được cách gọi này</h1>" in page.text


async def test_a_failure_shows_nothing_of_the_inside(
    site: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    async def fail(*_: object) -> None:
        raise RuntimeError("bí mật")

    monkeypatch.setattr("tthc.web.api.figures.show_partition", fail)
    monkeypatch.setattr("tthc.web.desk.overview.show_overview", fail)
    for path in ("/api/v1/partition", "/so-lieu"):
        answer = await site.get(path)
        assert answer.status_code == 500
        assert "bí mật" not in answer.text
        assert "Traceback" not in answer.text
    assert "bí mật" in "".join(capsys.readouterr())  # the log has it


async def test_work_in_progress_elsewhere_is_503(
    site: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fail(*_: object) -> None:
        raise BusyError("Đang bận.")

    monkeypatch.setattr("tthc.web.api.figures.show_partition", fail)
    answer = await site.get("/api/v1/partition")
    assert (answer.status_code, answer.json()["detail"]) == (503, "Đang bận.")


async def test_health_says_how_old_the_last_good_night_is(site: httpx.AsyncClient) -> None:
    assert (await site.get("/health/live")).json() == {"status": "ok"}
    nights = (await site.get("/health/ready")).json()["nights"]
    assert nights["real"]["as_of"] == AS_OF.isoformat()
    assert 0 <= nights["simulated"]["age_seconds"] < 3600


async def test_without_its_database_the_site_lives_and_is_not_ready(worlds: Server) -> None:
    async with living_app(worlds.on("no_such_database")) as app, client_of(app) as client:
        assert (await client.get("/health/live")).status_code == 200
        ready = await client.get("/health/ready")
        page = await client.get("/cong-khai")
    assert ready.status_code == 503
    assert "tthc db upgrade" in ready.json()["detail"]
    assert page.status_code == 503
    assert "hãy báo người quản trị" in page.text, "commands are for administrators"
