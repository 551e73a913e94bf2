"""Files that are sent: kept for as long as they are read."""

import asyncio
import re
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path, PurePath
from tempfile import TemporaryDirectory

from litestar.datastructures import UploadFile

from tthc.domain.foreign import ForeignReport
from tthc.intake.reports.reading import read_report

REPORT_SIZE = 20 * 2**20  # bytes of a workbook of counts
SIGNS = {"dot": ".", "comma": ","}


@asynccontextmanager
async def kept_upload(upload: UploadFile) -> AsyncIterator[Path]:
    """What was sent as a file of its name, gone afterwards."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / file_name(upload.filename)
        await asyncio.to_thread(_keep, upload, path)
        yield path


async def read_sent_report(
    upload: UploadFile, layout: str | None, thousands: str | None
) -> ForeignReport:
    """Another system's report; `thousands` is `dot` or `comma`. Raises InputError."""
    sign = SIGNS[thousands] if thousands else None
    async with kept_upload(upload) as path:
        return await asyncio.to_thread(read_report, path, layout or None, sign)


def _keep(upload: UploadFile, path: Path) -> None:
    upload.file.seek(0)
    with path.open("wb") as kept:
        shutil.copyfileobj(upload.file, kept)


def file_name(given: str) -> str:
    """Its last part, of plain signs: what it is called may be said in reports."""
    bare = PurePath(given.replace("\\", "/")).name[-100:]
    return re.sub(r"[^\w.\- ]", "_", bare).lstrip(".") or "file"
