"""Who writes waits for who came before, but not for long."""

import asyncio

import pytest

from tthc.web import turns
from tthc.web.turns import Turns


async def test_who_came_first_is_first() -> None:
    """Also beside newcomers that ask in the very moment in which a turn ends."""
    line, order, at_work, most = Turns(2), list[int](), 0, 0

    async def write(number: int) -> None:
        nonlocal at_work, most
        async with line.take():
            order.append(number)
            at_work += 1
            most = max(most, at_work)
            await asyncio.sleep(0)
            at_work -= 1
        if number < 10:
            async with asyncio.TaskGroup() as newcomers:
                newcomers.create_task(write(number + 10))

    async with asyncio.TaskGroup() as clients:
        for number in range(10):
            clients.create_task(write(number))
    assert order == list(range(20))
    assert most == 2


async def test_long_writers_keep_nobody_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turns, "PATIENCE", 0.01)
    line = Turns(1)
    async with line.take():
        async with asyncio.timeout(5), line.take():
            pass
        async with asyncio.timeout(5), line.take():
            pass
    monkeypatch.setattr(turns, "PATIENCE", 5)
    async with asyncio.timeout(1), line.take():  # one turn is free again, and only one
        waiting = asyncio.create_task(line.take().__aenter__())
        await asyncio.sleep(0)
        assert not waiting.done()
    async with asyncio.timeout(1):
        await waiting


async def test_a_refusal_or_a_line_that_is_gone_gives_its_turn_back() -> None:
    line = Turns(1)
    with pytest.raises(ValueError, match="refused"):
        async with line.take():
            raise ValueError("refused")
    async with line.take():
        gone = asyncio.create_task(line.take().__aenter__())
        await asyncio.sleep(0)
        gone.cancel()
    async with asyncio.timeout(1), line.take():
        pass
