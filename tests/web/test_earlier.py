"""The rates stand beside those of the period before, as the last night on it left them."""

import asyncio
from datetime import timedelta

from jobs.night import run_night
from tests.databases import Databases
from tests.people import signed_in
from tests.site import living_app
from tests.web.test_home import words
from tests.worlds import AS_OF, fill_worlds


async def test_the_month_before_is_told_with_its_counts(databases: Databases) -> None:
    worlds = await asyncio.to_thread(databases.filled, fill_worlds)
    database = await databases.copy(worlds)
    later = AS_OF + timedelta(days=30)
    night = await asyncio.to_thread(run_night, database.night_url, simulated=False, as_of=later)
    assert night.ran
    async with living_app(database) as app, signed_in(app) as site:
        page = words((await site.get("/so-lieu", params={"period": "month:2026-04"})).text)
        first = (await site.get("/so-lieu", params={"period": "year:2026"})).text
    assert "kỳ trước 98,72 % · 385/390" in page
    await databases.drop(database)
    assert 'class="earlier"' not in first  # no night has counted the year before
