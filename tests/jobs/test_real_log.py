"""The real log's monthly flow out of the sheets that its nights stored, by channel."""

import asyncio
import csv
import gzip
import os
from collections import Counter
from datetime import date, datetime, timedelta
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest

from jobs.night import run_night
from tests.databases import Databases
from tests.imports import Office
from tthc import clock
from tthc.db.engine import connect_night
from tthc.db.queries.sheets import last_night, stored_counts
from tthc.db.server import Server
from tthc.domain.access import Scope
from tthc.rules.definitions import definition

LOG = Path(str(files("tthc.intake"))) / "logs" / "coselog-receipt.csv.gz"
CHANNELS = {"Internet": "online", "Desk": "counter", "Post": "post"}
ALL = [date(2010 + month // 12, month % 12 + 1, 1) for month in range(9, 25)]
MONTHS = ALL if os.environ.get("TTHC_HEAVY") == "1" else [ALL[3], ALL[15]]
FLOW = {
    "received": definition("online/received").population,
    "to_resolve": definition("on_time/burden").population,
    "resolved": definition("on_time/resolved").population,
}


def rows() -> list[dict[str, Any]]:
    with gzip.open(LOG, "rt", encoding="utf-8") as file:
        return [
            {
                "channel": CHANNELS.get(row["channel"], "other"),
                "received": datetime.fromisoformat(row["start"]),
                "done": max(datetime.fromisoformat(row[name]) for name in ("start", "end"))
                if row["end"]
                else None,
            }
            for row in csv.DictReader(file)
        ]


def flow(start: datetime, end: datetime) -> dict[str, Counter[str]]:
    """Received, to resolve and resolved in a month, by channel, out of the file itself."""
    found: dict[str, Counter[str]] = {name: Counter() for name in FLOW}
    for row in rows():
        received, done, channel = row["received"], row["done"], row["channel"]
        found["received"][channel] += start <= received < end
        found["to_resolve"][channel] += received < end and (done is None or done >= start)
        found["resolved"][channel] += done is not None and start <= done < end
    return found


async def stored(server: Server, period: str) -> list[dict[str, Any]]:
    engine = connect_night(server)
    try:
        async with engine.connect() as connection:
            scope = Scope(simulated=False)
            night = await last_night(scope, connection)
            assert night
            sheet = night.sheets[period, "competent"]
            return await stored_counts(scope, connection, sheet, FLOW, ("channel",))
    finally:
        await engine.dispose()


@pytest.fixture(scope="module")
def city(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Any:
    server = asyncio.run(databases.copy())
    Office(server, tmp_path_factory.mktemp("log")).take(LOG, "coselog-receipt")
    yield server
    asyncio.run(databases.drop(server))


@pytest.mark.parametrize("month", MONTHS, ids=str)
def test_the_monthly_flow_by_channel(city: Server, month: date) -> None:
    after = (month + timedelta(days=32)).replace(day=1)
    start, end = clock.start_of(month), clock.start_of(after)
    last = clock.end_of(after - timedelta(days=1))
    assert run_night(city.night_url, simulated=False, as_of=last).ran
    expected = flow(start, end)
    found = asyncio.run(stored(city, f"month:{month:%Y-%m}"))
    for name in FLOW:
        counts = {row["channel"]: row[name] for row in found if row[name]}
        assert counts == {channel: n for channel, n in expected[name].items() if n}, name
