"""Nights of a range of days, run afterwards: what had happened by each day, as known now."""

from collections.abc import Sequence
from datetime import date
from typing import Any

import structlog

from jobs.schedule import run_day
from tthc import clock
from tthc.domain.errors import BusyError, InputError
from tthc.domain.nights import days_between

log = structlog.get_logger()


def read_range(first: str, last: str) -> list[date]:
    """The days from the first to the last. Raises InputError where they are no past days."""
    try:
        days = list(days_between(date.fromisoformat(first), date.fromisoformat(last)))
    except ValueError:
        raise InputError(f"“{first}” và “{last}” phải là hai ngày, viết như 2026-03-05.") from None
    if not days:
        raise InputError("Ngày đầu sau ngày cuối: hãy đổi chỗ hai ngày.")
    if days[-1] >= clock.local_date(clock.now()):
        raise InputError(
            f"Ngày {days[-1]:%d/%m/%Y} chưa hết: chỉ tính được những đêm của ngày đã qua."
        )
    return days


def run_days(url: str, days: Sequence[date], *, simulated: bool, again: bool) -> dict[str, Any]:
    """Run each day's night unless the ledger has it. Raises BusyError where another runs one."""
    ran = 0
    for day in days:
        outcome = run_day(url, day, simulated=simulated, again=again)
        if outcome.is_locked:
            raise BusyError(f"Dừng ở ngày {day:%d/%m/%Y}: {outcome.reason}.")
        ran += outcome.ran
        log.info("night", day=str(day), simulated=simulated, ran=outcome.ran)
    return {
        "job": "backfill",
        "from": days[0].isoformat(),
        "to": days[-1].isoformat(),
        "ran": ran,
        "already_there": len(days) - ran,
    }
