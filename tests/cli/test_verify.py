import asyncio
import json
import os
import subprocess
import sys

from tests.commands import call
from tests.service.test_integrity import BENDINGS, bend, fill
from tests.serving import named
from tthc.db.server import Server


def test_verify_says_what_was_changed(database: Server) -> None:
    asyncio.run(fill(database))
    whole = subprocess.run(
        [sys.executable, "-m", "tthc", "verify", "--json"],
        check=False,
        capture_output=True,
        text=True,
        env=os.environ | named(database),
    )
    assert (whole.returncode, whole.stderr) == (0, "")
    assert json.loads(whole.stdout) == {
        "ok": True,
        "cases": 3,
        "events": 12,
        "days": 0,
        "traces": 0,
        "first_problem": None,
    }
    assert "Sổ nguyên vẹn: 3 hồ sơ" in call(database, "verify").stdout
    asyncio.run(bend(database, *BENDINGS["a change"]))
    broken = call(database, "verify", "--json")
    assert broken.returncode == 1
    assert json.loads(broken.stdout)["first_problem"].startswith("Hồ sơ H-1: việc số 2")
    assert call(database, "verify", "--case", "H-0").returncode == 0
    assert call(database, "verify", "--case", "H-1").returncode == 1
    unknown = call(database, "verify", "--case", "H-7")
    assert unknown.returncode == 1
    assert "Không có hồ sơ" in unknown.stderr


def test_a_case_gone_without_a_trace_is_named(database: Server) -> None:
    asyncio.run(fill(database))
    asyncio.run(bend(database, *BENDINGS["the case removed whole"]))
    for arguments in ((), ("--case", "H-1")):
        told = call(database, "verify", "--json", *arguments)
        assert told.returncode == 1
        assert "H-1" in json.loads(told.stdout)["first_problem"]
