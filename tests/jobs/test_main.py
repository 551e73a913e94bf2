"""`python -m jobs` as a person or a scheduler of the machine runs it."""

import json
import os
import subprocess
import sys
from contextlib import closing

import pytest
from adbc_driver_postgresql.dbapi import connect

from jobs.__main__ import main
from jobs.runner import _lock
from tests.commands import call
from tthc.db.server import Server


def run(server: Server, *line: str) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {
        "TTHC_DATABASE_URL": server.app_url,
        "TTHC_NIGHT_DATABASE_URL": server.night_url,
        "TTHC_OWNER_DATABASE_URL": server.owner_url,
    }
    return subprocess.run(
        [sys.executable, "-m", "jobs", *line],
        check=False,
        capture_output=True,
        text=True,
        env=environment,
    )


def test_a_night_by_hand_runs_once(database: Server) -> None:
    asked = ("run", "night", "--as-of", "2026-03-12", "--json")
    first = run(database, *asked)
    assert (first.returncode, first.stderr) == (0, "")
    document = json.loads(first.stdout)
    assert document.pop("seconds") >= 0
    assert document == {
        "job": "night",
        "as_of": "2026-03-12T23:59:59.999999+07:00",
        "ran": True,
        "figures": 0,
        "closed": 0,  # periods that are over and moved
    }
    second = call(database, *asked, main=main)
    assert second.returncode == 0
    assert json.loads(second.stdout)["ran"] is False
    with closing(connect(database.night_url)) as connection, connection.cursor() as cursor:
        cursor.execute(f"SELECT pg_advisory_xact_lock({_lock('figures', simulated=False)})")
        third = call(database, *asked, "--again", main=main)
    assert third.returncode == 1
    assert "một tiến trình khác đang chạy" in third.stderr


@pytest.mark.parametrize(
    ("line", "code", "said"),
    [
        (("run", "night", "--as-of", "2026-02-30"), 1, "2026-03-05"),
        (("run", "moon"), 2, "moon"),
    ],
)
def test_what_cannot_be_run_is_said(
    server: Server, line: tuple[str, ...], code: int, said: str
) -> None:
    answer = call(server, *line, main=main)
    assert answer.returncode == code
    assert said in answer.stderr
    assert "Traceback" not in answer.stderr


def test_a_database_that_is_not_there(server: Server) -> None:
    answer = call(server.on("nowhere"), "run", "night", main=main)
    assert answer.returncode == 1
    assert "tthc db upgrade" in answer.stderr
    assert "Traceback" not in answer.stderr
