import pytest
from sqlalchemy.ext.asyncio import AsyncConnection

from tests.summer import BEFORE, MINH, now_is, vn
from tthc.service.calendars import apply_calendar


@pytest.fixture
async def summer(owner: AsyncConnection, monkeypatch: pytest.MonkeyPatch) -> AsyncConnection:
    """The ledger as it was before the swap was decided."""
    now_is(monkeypatch, vn(1, 6))
    await apply_calendar(owner, MINH, BEFORE, decision="1/QĐ")
    return owner
