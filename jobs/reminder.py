"""The night's reminder: next year's days off must be loaded before the year begins.

The yearly decision comes late in the year; without it every due date that reaches into the new
year is provisional, or refused.
"""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

import polars as pl
import structlog
from adbc_driver_postgresql.dbapi import Connection

from tthc import clock
from tthc.db.calendars import CODE, TEXTS
from tthc.domain.calendar import Calendar
from tthc.rules.calendars import DecisionText, history

FROM_MONTH = 11  # from 1 November on
log = structlog.get_logger()


def remind_of_calendar(connection: Connection, as_of: datetime) -> Mapping[str, Any]:
    """Whether next year's calendar is known, and from November on a warning while it is not."""
    on = clock.local_date(as_of)
    with connection.cursor() as cursor:
        cursor.execute(TEXTS, (CODE,))
        rows = pl.DataFrame(cursor.fetch_arrow())
    known = history(CODE, [DecisionText(*row) for row in rows.iter_rows()]).as_known(on)
    state = state_of(known, on.year + 1)
    result = {"year": on.year + 1, "state": state, "warning": warning(state, on)}
    if result["warning"]:
        log.warning("calendar", **result)
    return result


def state_of(calendar: Calendar, year: int) -> str:
    """A year of the calendar: announced, unconfirmed (computed only), or missing."""
    if calendar.years is not None and year not in calendar.years:
        return "missing"
    return "unconfirmed" if year in calendar.unconfirmed else "announced"


def warning(state: str, on: date) -> str | None:
    """What to tell the administrator on a date."""
    if state == "announced" or on.month < FROM_MONTH:
        return None
    year = on.year + 1
    what = "chưa được nạp" if state == "missing" else "mới là tạm tính, chưa được công bố"
    return (
        f"Lịch nghỉ năm {year} {what}: khi có quyết định hãy ghi thành tệp rồi chạy "
        "`tthc calendar preview TỆP`, sau đó `tthc calendar apply`."
    )
