"""The people of the law file's situations: clerks, officers and leaders, at their units."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
from litestar import Litestar

from tests.people import enter, open_account
from tests.site import client_of


class People:
    """People of an office: each has one account, and signs in anew at every act, as years go by
    between them.
    """

    def __init__(self, app: Litestar) -> None:
        self.app = app
        self.logins: dict[str, str] = {}

    @asynccontextmanager
    async def sign_in(self, who: str) -> AsyncIterator[httpx.AsyncClient]:
        """Somebody by their role and unit."""
        if who not in self.logins:
            role, unit = who.split()
            self.logins[who] = await open_account(self.app.state.server, role=role, unit=unit)
        async with client_of(self.app) as client:
            await enter(client, self.logins[who])
            yield client
