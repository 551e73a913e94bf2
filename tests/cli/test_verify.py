import asyncio
import json
import os
import subprocess
import sys

from tests.service.test_integrity import BENDINGS, bend, fill
from tthc.db.server import Server


def run(server: Server, *arguments: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "tthc", "verify", *arguments],
        check=False,
        capture_output=True,
        text=True,
        env=os.environ
        | {
            "TTHC_DATABASE_URL": server.app_url,
            "TTHC_NIGHT_DATABASE_URL": server.night_url,
            "TTHC_OWNER_DATABASE_URL": server.owner_url,
        },
    )


def test_verify_says_what_was_changed(database: Server) -> None:
    asyncio.run(fill(database))
    whole = run(database, "--json")
    assert (whole.returncode, whole.stderr) == (0, "")
    assert json.loads(whole.stdout) == {
        "ok": True,
        "cases": 3,
        "events": 12,
        "days": 0,
        "traces": 0,
        "first_problem": None,
    }
    assert "Sổ nguyên vẹn: 3 hồ sơ" in run(database).stdout
    asyncio.run(bend(database, *BENDINGS["a change"]))
    broken = run(database, "--json")
    assert broken.returncode == 1
    assert json.loads(broken.stdout)["first_problem"].startswith("Hồ sơ H-1: việc số 2")
    assert run(database, "--case", "H-0").returncode == 0
    assert run(database, "--case", "H-1").returncode == 1
    unknown = run(database, "--case", "H-7")
    assert unknown.returncode == 1
    assert "Không có hồ sơ" in unknown.stderr


def test_a_case_gone_without_a_trace_is_named(database: Server) -> None:
    asyncio.run(fill(database))
    asyncio.run(bend(database, *BENDINGS["the case removed whole"]))
    for arguments in ((), ("--case", "H-1")):
        told = run(database, "--json", *arguments)
        assert told.returncode == 1
        assert "H-1" in json.loads(told.stdout)["first_problem"]
