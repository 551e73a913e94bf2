"""Whose turn it is to write: a few at once, in the order in which they came.

More would not be done sooner by the same cores, and each would wait longer (ADR 163). Who has
waited half a second goes on without a turn, so that long writers, an import or a publication,
can't keep the others out.
"""

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

AT_ONCE = max(4, 2 * (os.cpu_count() or 1))
PATIENCE = 0.5  # seconds


class Turns:
    """The turns of one site's process."""

    def __init__(self, at_once: int = AT_ONCE) -> None:
        self._free = asyncio.Semaphore(at_once)

    @asynccontextmanager
    async def take(self) -> AsyncIterator[None]:
        try:
            async with asyncio.timeout(PATIENCE):
                await self._free.acquire()
        except TimeoutError:
            yield
            return
        try:
            yield
        finally:
            self._free.release()
