"""The whole path of a score on a simulated province: a file imported, a night, `tthc score`.

The situations of tests/planted.py, told by a file of 49 lines as another program exports them. All
are received on 01/03 and due on 10/04/2023 at 17:00:
    Xã Một   20 of land: 19 on the day, 1 a day late and with a letter; 10 of them online
    Xã Hai   10, all 7 days early; 5 online
    Xã Ba    10: 9 three days early, 1 eight days late without a letter; 2 online
    Sở Một   4 on the day
    Sở Hai   5: 4 on the day, 1 three days late without a letter
"""

import asyncio
import csv
import json
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from jobs.night import run_night
from tests.databases import Databases
from tests.planted import DUE, GROUPS, RECEIVED, plant
from tthc import clock
from tthc.cli import tthc

PROFILE = """
[profile]
name = "thử"
[fields]
case_code = "mã"
procedure_code = "thủ tục"
receiving_unit = "đơn vị"
channel = { column = "hình thức", map = { tt = "online", mc = "counter" } }
received_at = "nhận"
due_at = "hẹn"
resolved_at = "xong"
letter_number = "văn bản"
letter_sent_at = "gửi"
"""
HEADINGS = ("mã", "thủ tục", "đơn vị", "hình thức", "nhận", "hẹn", "xong", "văn bản", "gửi")
AS_OF = clock.end_of(date(2023, 12, 31))
BY_HAND: dict[tuple[str, str], dict[str, float]] = {
    # 20 points × what was not late: 19/20, 10/10, 9/10, 4/4, 4/5, and 46/49 of the province
    ("qd-766", "2"): {
        "PL.X1": 19,
        "PL.X2": 20,
        "PL.X3": 18,
        "PL.S1": 20,
        "PL.S2": 16,
        "PL": 18.78,
    },
    # by days: (19 × 100 + 90) / 20, 115, (9 × 110 + 50) / 10, (4 × 100 + 75) / 5
    ("bac-ninh-kpi", "1.1"): {"PL.X1": 99.5, "PL.X2": 115, "PL.X3": 104, "PL.S2": 95},
    # no late case; one late case without a letter
    ("ha-tinh-2023", "1.1"): {"PL.S1": 1, "PL.S2": 0},
    # the target is 95 % for land, reached; 100 % for the rest, 9 of 10
    ("hoi-an-2025", "1.1"): {"PL.X1": 10, "PL.X3": 9},
    # departments 8 of 9 are below 95 %; communes 38 of 40 are just 95 %; two letters are lacking
    ("par-index", "3.1.1"): {"PL": 0},
    ("par-index", "3.1.3"): {"PL": 0.95},
    ("par-index", "3.2.1"): {"PL": 0},
    # 20 % online and none of them late; none online
    ("tt-01-2018", "9"): {"PL.X3": 1, "PL.S1": 0},
}


def write_file(path: Path) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(HEADINGS)
        for group in GROUPS:
            for number in range(group.cases):
                done = (DUE - timedelta(days=group.days or 0)).replace(hour=10)
                sent = (DUE - timedelta(days=1)).isoformat() if group.letter else ""
                channel = "tt" if number < group.online else "mc"
                writer.writerow(
                    [
                        *(f"{group.unit}-{group.days}-{number}", group.procedure, group.unit),
                        *(channel, RECEIVED.isoformat(), DUE.isoformat(), done.isoformat()),
                        *("7/XL" if group.letter else "", sent),
                    ]
                )


@pytest.fixture(scope="module")
def call(
    databases: Databases, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[..., Result]]:
    """Commands on a database that knows the units and procedures, and no case."""
    server, folder = asyncio.run(databases.copy()), tmp_path_factory.mktemp("score")
    asyncio.run(plant(server, ()))
    settings = {
        "TTHC_DATABASE_URL": server.app_url,
        "TTHC_NIGHT_DATABASE_URL": server.night_url,
        "TTHC_OWNER_DATABASE_URL": server.owner_url,
    }
    file, profile = folder / "xuất.csv", folder / "thử.toml"
    write_file(file)
    profile.write_text(PROFILE, encoding="utf-8")

    def run(*line: str) -> Result:
        return CliRunner(env=settings).invoke(tthc, [*line, "--world", "simulated", "--json"])

    taken = run("import", str(file), "--profile", str(profile))
    assert taken.exit_code == 0, taken.output
    assert run_night(server.night_url, simulated=True, as_of=AS_OF).ran
    yield run
    asyncio.run(databases.drop(server))


@pytest.mark.parametrize(("rubric", "leaf"), BY_HAND)
def test_points_worked_out_by_hand(call: Callable[..., Result], rubric: str, leaf: str) -> None:
    for unit, points in BY_HAND[rubric, leaf].items():
        answer = call("score", rubric, "--period", "year:2023", "--unit", unit)
        assert answer.exit_code == 0, answer.output
        document: dict[str, Any] = json.loads(answer.stdout)
        (found,) = [each for each in document["criteria"] if each["code"] == leaf]
        assert found["points"] == points, (unit, found["why"])
