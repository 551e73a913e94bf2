"""Every workbook as LibreOffice opens it: without a complaint, whole, and wide enough to read."""

import shutil
import subprocess
from pathlib import Path

import httpx
import pytest

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


async def test_every_workbook_opens(simulated_site: httpx.AsyncClient, tmp_path: Path) -> None:
    for name, (address, asked, _) in BOOKS.items():
        answer = await simulated_site.get(address, params=asked)
        assert answer.status_code == 200, name
        (tmp_path / f"{name}.xlsx").write_bytes(answer.content)
    assert convert(tmp_path, list(BOOKS)) == ""
    for name, (_, _, words) in BOOKS.items():
        text = text_of((tmp_path / f"{name}.pdf").read_bytes())
        assert "".join(words.split()) in "".join(text.split()), name
        assert "###" not in text, name  # a column too narrow for its numbers
