"""What-if equals the real thing, on random cases; the forecast holds what may still come.

Each change is supposed over HTTP in one database and done for real in a copy of it, then the two
scores are compared, leaf by leaf.
"""

import asyncio
import json
import random
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

import asyncpg
import httpx
import pytest

from tests.databases import Databases
from tests.ledger import event, write_history
from tests.planted import plant
from tests.programs import bearing, token_for
from tests.site import client_of, living_app
from tthc import clock
from tthc.db.server import Server
from tthc.domain.events import Event

AS_OF = datetime(2023, 5, 15, 12, tzinfo=clock.VIETNAM)
RUBRICS = ("qd-766", "bac-ninh-kpi", "ha-tinh-2023", "nd-307-2025", "hoi-an-2025", "par-index")
UNITS = ("PL.X1", "PL.S2", "PL")
CHANGES: dict[str, dict[str, Any]] = {
    "letter": {"letter_issued_at": AS_OF, "letter_sent_at": AS_OF},
    "resolved": {"state": 9, "outcome": "granted", "resolved_at": AS_OF},
    "online": {"channel": "online"},
}
# after the first instant that is late
MOMENTS = {"in_time": timedelta(microseconds=-1), "late": timedelta(0)}
Lives = dict[str, list[Event]]


def lives(ids: dict[str, int], procedures: list[int]) -> Lives:
    """Random cases of the planted units, some still open at AS_OF."""
    dice = random.Random(11)
    found = {}
    for number in range(160):
        unit = dice.choice(["PL.S1", "PL.S2", "PL.X1", "PL.X2", "PL.X3"])
        received = AS_OF - timedelta(hours=dice.randrange(10, 24 * 120))
        due = received + timedelta(days=dice.randrange(2, 45))
        over = clock.start_of(clock.local_date(due) + timedelta(days=1))
        change = {
            **dict.fromkeys(("receiving_unit_id", "competent_unit_id"), ids[unit]),
            "procedure_id": dice.choice(procedures),
            "level": "province" if ".S" in unit else "commune",
            "channel": dice.choice(["online", "counter"]),
            "online_level": "full",
            "state": 2,
            "e_result": dice.choice(["yes", "no"]),
            **dict.fromkeys(("submitted_at", "received_at"), received),
            **dict.fromkeys(("due_at", "promised_due_at"), due),
            **dict.fromkeys(("overdue_at", "promised_overdue_at"), over),
        }
        code = f"L-{number}"
        events = [event(code, 1, "received", received, change)]
        done = received + timedelta(hours=dice.randrange(5, 24 * 50))
        if dice.random() < 0.7 and done < AS_OF:
            decided = {"state": 9, "resolved_at": done, "outcome": "granted"}
            events.append(event(code, 2, "resolved", done, decided))
        found[code] = events
    return found


async def write(server: Server, histories: Lives) -> None:
    connection = await asyncpg.connect(server.night_url)
    async with connection.transaction():
        for events in histories.values():
            await write_history(connection, events, simulated=True)
    await connection.close()


async def known(server: Server) -> tuple[dict[str, int], list[int]]:
    connection = await asyncpg.connect(server.owner_url)
    ids = {row["code"]: row["id"] for row in await connection.fetch("SELECT * FROM units")}
    rows = await connection.fetch("SELECT id FROM procedures WHERE code LIKE 'PL-%' ORDER BY id")
    await connection.close()
    return ids, [row["id"] for row in rows]


async def made(databases: Databases, change: str | None = None, chosen: Any = ()) -> Server:
    """A copy of the same ledger, where a change was done for real to the chosen cases."""
    own = await databases.copy()
    await plant(own)
    histories = lives(*await known(own))
    for code in chosen:
        assert change
        events = histories[code]
        if change in MOMENTS:  # the result came at another time than it did
            at = _overdue_at(events) + MOMENTS[change]
            told = CHANGES["resolved"] | {"resolved_at": at}
            histories[code] = [events[0], event(code, 2, "resolved", at, told)]
        else:
            events.append(event(code, len(events) + 1, change, AS_OF, CHANGES[change]))
    await write(own, histories)
    return own


@pytest.fixture(scope="module")
def server(databases: Databases) -> Iterator[Server]:
    own = asyncio.run(made(databases))
    yield own
    asyncio.run(databases.drop(own))


@pytest.fixture(scope="module")
def before(server: Server) -> dict[Any, Any]:
    """What the ledger scores as it is."""

    async def ask() -> dict[Any, Any]:
        async with living_app(server) as app, client_of(app) as client:
            return await scores_of(client, await asking(server))

    return asyncio.run(ask())


async def asking(server: Server) -> dict[str, str]:
    label = f"giả định {random.random()}"
    return bearing(await token_for(server, label, "read", simulated=True))


def of_leaves(document: dict[str, Any]) -> dict[str, Any]:
    return {leaf["code"]: leaf["points"] for leaf in document["criteria"]}


async def scores_of(client: httpx.AsyncClient, headers: dict[str, str]) -> dict[Any, Any]:
    found = {}
    for rubric in RUBRICS:
        for unit in UNITS:
            params = {"period": "year:2023", "unit": unit, "as_of": AS_OF.isoformat()}
            answer = await client.get(f"/api/v1/scores/{rubric}", params=params, headers=headers)
            assert answer.status_code == 200, answer.text
            found[rubric, unit] = of_leaves(answer.json())
    return found


@pytest.mark.parametrize("change", [*CHANGES, *MOMENTS])
async def test_what_if_equals_the_real_thing(
    databases: Databases, server: Server, before: dict[Any, Any], change: str
) -> None:
    dice = random.Random(change)
    histories = lives(*await known(server))
    able = [code for code, events in histories.items() if _able(change, events)]
    # one letter too few would leave a zero tolerance at 0
    chosen = sorted(able if change == "letter" else dice.sample(able, 25))
    real = await made(databases, change, chosen)
    async with living_app(real) as app, client_of(app) as client:
        there = await scores_of(client, await asking(real))
    await databases.drop(real)
    differs = False
    async with living_app(server) as app, client_of(app) as client:
        headers = await asking(server)
        for rubric, unit in there:
            asked = {"period": "year:2023", "unit": unit, "as_of": AS_OF.isoformat()}
            answer = await client.post(
                f"/api/v1/scores/{rubric}/what-if",
                json=asked | {"cases": chosen, "change": change},
                headers=headers,
            )
            assert answer.status_code == 200, answer.text
            leaves = answer.json()["criteria"]
            assert {leaf["code"]: leaf["after"] for leaf in leaves} == there[rubric, unit]
            assert {leaf["code"]: leaf["before"] for leaf in leaves} == before[rubric, unit]
            differs |= before[rubric, unit] != there[rubric, unit]
    assert differs


def _able(change: str, events: list[Event]) -> bool:
    """Whether the change can be done at AS_OF."""
    if change in MOMENTS:
        return _overdue_at(events) <= AS_OF
    return change != "resolved" or "resolved_at" not in str(events[-1].change)


def _overdue_at(events: list[Event]) -> datetime:
    return datetime.fromisoformat(json.loads(events[0].change)["overdue_at"])


async def test_another_threshold(server: Server) -> None:
    async with living_app(server) as app, client_of(app) as client:
        headers = await asking(server)

        async def ask(rubric: str, thresholds: Any) -> httpx.Response:
            asked = {"period": "year:2023", "unit": "PL", "thresholds": thresholds}
            return await client.post(
                f"/api/v1/scores/{rubric}/what-if", json=asked, headers=headers
            )

        leaves = (await ask("par-index", {"3.1.3": {"floor": 1}})).json()["criteria"]
        (commune,) = [leaf for leaf in leaves if leaf["code"] == "3.1.3"]
        assert commune["before"] == 0
        assert 0.5 < commune["after"] < 0.95
        wrong = await ask("par-index", {"3.1.3": {"target": 1}})
        assert wrong.status_code == 400
        assert "các ngưỡng: floor" in wrong.json()["detail"]
        for rubric, thresholds, said in (
            ("par-index", {"9": {"floor": 1}}, "không có tiêu chí “9”"),
            ("par-index", {"3.1.3": {"floor": "NaN"}}, "phải là một số"),
            ("hoi-an-2025", {"1.1": {"target": 90}}, "không có ngưỡng"),
            ("nd-307-2025", {"1.1": {"step": 0}}, "phải là một số lớn hơn 0"),
        ):
            nonsense = await ask(rubric, thresholds)
            assert nonsense.status_code == 400, nonsense.text
            assert said in nonsense.json()["detail"]


async def test_a_case_that_is_not_there(server: Server) -> None:
    async with living_app(server) as app, client_of(app) as client:
        asked = {"period": "year:2023", "cases": ["L-0", "L-999"], "change": "letter"}
        answer = await client.post(
            "/api/v1/scores/qd-766/what-if", json=asked, headers=await asking(server)
        )
        assert answer.status_code == 404
        assert "L-999" in answer.json()["detail"]
        assert "L-0," not in answer.json()["detail"]


async def test_the_forecast_lies_between_its_ends(server: Server) -> None:
    async with living_app(server) as app, client_of(app) as client:
        headers = await asking(server)
        for rubric in RUBRICS:
            for unit in UNITS:
                params = {"period": "quarter:2023-Q2", "unit": unit, "as_of": AS_OF.isoformat()}
                found = (
                    await client.get(
                        f"/api/v1/scores/{rubric}/forecast", params=params, headers=headers
                    )
                ).json()
                for leaf in found["criteria"]:
                    if leaf["low"] is not None and leaf["expected"] is not None:
                        assert leaf["low"] <= leaf["expected"] <= leaf["high"], (rubric, unit)
                assert "trong hạn" in found["method"]


async def test_a_period_that_is_over_has_nothing_to_forecast(server: Server) -> None:
    async with living_app(server) as app, client_of(app) as client:
        headers = await asking(server)
        params = {"period": "month:2023-04", "unit": "PL"}
        found = (
            await client.get("/api/v1/scores/qd-766/forecast", params=params, headers=headers)
        ).json()
        (leaf,) = [each for each in found["criteria"] if each["code"] == "2"]
        assert leaf["low"] == leaf["expected"] == leaf["high"] == leaf["now"]


async def test_a_forecast_worked_out_by_hand(databases: Databases) -> None:
    # On 05/04 X1's 20 cases are open and due on 10/04, within the quarter. Nothing fell due yet.
    # Low: all late, 20 × 0/20. High: all in time, 20 × 20/20. No rate yet, so nothing in between.
    own = await databases.copy()
    await plant(own)
    async with living_app(own) as app, client_of(app) as client:
        params = {"period": "quarter:2023-Q2", "unit": "PL.X1", "as_of": "2023-04-05"}
        found = (
            await client.get(
                "/api/v1/scores/qd-766/forecast", params=params, headers=await asking(own)
            )
        ).json()
    await databases.drop(own)
    (leaf,) = [each for each in found["criteria"] if each["code"] == "2"]
    assert leaf == {"code": "2", "now": 20, "low": 0, "expected": None, "high": 20}
    assert "chưa có hồ sơ nào đến hạn" in found["method"]
    assert date(2023, 4, 5).isoformat() in found["as_of"]
