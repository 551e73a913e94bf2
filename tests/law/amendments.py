"""A swap of working days that is decided while cases are open: previewed by the API, then applied
by the owner's command, as the one who answers for the calendar does it.
"""

from itertools import count

import httpx
from sqlalchemy.ext.asyncio import AsyncEngine

from tests.summer import BEFORE, MINH, SWAP
from tthc.rules.calendars import DecisionText
from tthc.service.calendars import apply_calendar

NUMBER = "99/QĐ-TTg"
VERSIONS = count()


class Amendments:
    """The calendar of a law file's database, in which decisions have names of their own."""

    def __init__(self, owners: AsyncEngine) -> None:
        self.owners = owners

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
        async with self.owners.begin() as owner:
            await apply_calendar(owner, MINH, given, decision=NUMBER)


def _named(given: DecisionText) -> DecisionText:
    return given._replace(version=f"{given.version}-{next(VERSIONS)}")
