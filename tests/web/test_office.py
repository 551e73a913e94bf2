"""Every workbook as LibreOffice opens it: without a complaint, whole, and wide enough to read."""

import shutil
import subprocess
from pathlib import Path

import httpx
import pytest
from litestar import Litestar

from tests.people import signed_in
from tests.reports.reading import text_of
from tests.web.test_overdue import CUT
from tthc.rules.layouts import NAMES

SOFFICE = shutil.which("soffice")
pytestmark = pytest.mark.skipif(
    SOFFICE is None, reason="no LibreOffice here: install Debian's libreoffice-calc-nogui"
)
PERIOD = CUT | {"period": "year:2026"}
XLSX = {"format": "xlsx"}
# name → its address, what it is asked, and what must be on paper, in plain letters, for the reader
# of the PDF does not put the marks of others together
BOOKS = {
    **{name: (f"/api/v1/reports/{name}", PERIOD | XLSX, "SHA-256") for name in NAMES},
    "ii-07-sector": ("/api/v1/reports/ii-07", PERIOD | XLSX | {"by": "sector"}, "SHA-256"),
    "overdue": ("/qua-han/tep", CUT | {"kind": "xlsx"}, "S-1"),
    "overdue-none": ("/qua-han/tep", CUT | {"kind": "xlsx", "min_days": "9000"}, "overdue"),
    "register": (
        "/api/v1/register",
        XLSX | {"unit": "MP-1", "from": "2025-01-01", "to": "2026-04-01"},
        "S-",
    ),
    "traces": ("/api/v1/traces/export", XLSX, "MP-1"),
    "score-sheet": ("/cham-diem/bac-ninh-kpi/MP-1/tep", {"ky": "year:2026"}, "KPI"),
    "calls": ("/api/v1/samples", PERIOD | XLSX | {"size": "20", "where": "known"}, "SHA-256"),
}


def convert(folder: Path, names: list[str]) -> str:
    """All of them in one run, as paper; what the program complains of."""
    assert SOFFICE
    profile = f"-env:UserInstallation=file://{folder / 'profile'}"
    files = [str(folder / f"{name}.xlsx") for name in names]
    command = [SOFFICE, profile, "--headless", "--convert-to", "pdf", "--outdir", str(folder)]
    ran = subprocess.run(
        [*command, *files], capture_output=True, text=True, timeout=180, check=True
    )
    lines = ran.stderr.splitlines()
    return "\n".join(line for line in lines if "javaldx" not in line)  # no Java is needed


async def test_every_workbook_opens(
    app: Litestar, simulated_site: httpx.AsyncClient, tmp_path: Path
) -> None:
    async with signed_in(app, role="clerk", unit="MP-1", simulated=True) as clerk:
        readers = {"register": clerk}  # who keeps it; the others are read by who sees all
        for name, (address, asked, _) in BOOKS.items():
            answer = await readers.get(name, simulated_site).get(address, params=asked)
            assert answer.status_code == 200, (name, answer.text)
            (tmp_path / f"{name}.xlsx").write_bytes(answer.content)
    assert convert(tmp_path, list(BOOKS)) == ""
    for name, (_, _, words) in BOOKS.items():
        text = text_of((tmp_path / f"{name}.pdf").read_bytes())
        assert "".join(words.split()) in "".join(text.split()), name
        assert "###" not in text, name  # a column too narrow for its numbers
