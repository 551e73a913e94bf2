"""A swap of working days that is decided while cases are open: previewed by the API, then applied
by the command, as the one who answers for the calendar does it.
"""

import asyncio
from itertools import count
from pathlib import Path

import httpx

from tests.commands import call
from tests.summer import BEFORE, SWAP
from tthc.db.server import Server
from tthc.rules.calendars import DecisionText

NUMBER = "99/QĐ-TTg"
VERSIONS = count()


class Amendments:
    """The calendar of a law file's database, in which decisions have names of their own."""

    def __init__(self, server: Server, folder: Path) -> None:
        self.server, self.folder = server, folder

    async def take_back(self) -> None:
        """The calendar as it was before the swap, which the real one has already."""
        await self._apply(_named(BEFORE))

    async def amend(self, site: httpx.AsyncClient, code: str) -> bool:
        """Decide the swap; whether its preview tells that it moves a case."""
        given = _named(SWAP)
        asked = {"version": given.version, "text": given.text, "limit": 10_000}
        preview = await site.post("/api/v1/calendars/preview", json=asked)
        assert preview.status_code == 200, preview.text
        await self._apply(given)
        return code in [each["case_code"] for each in preview.json()["items"]]

    async def _apply(self, given: DecisionText) -> None:
        file = self.folder / f"{given.version}.toml"
        file.write_text(given.text, encoding="utf-8")
        line = ("calendar", "apply", str(file), "--decision", NUMBER, "--by", "Minh")
        done = await asyncio.to_thread(call, self.server, *line)  # it has an event loop of its own
        assert done.returncode == 0, done.stderr


def _named(given: DecisionText) -> DecisionText:
    return given._replace(version=f"{given.version}-{next(VERSIONS)}")
