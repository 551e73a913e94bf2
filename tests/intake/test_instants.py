from datetime import UTC, date, datetime, time, timedelta, timezone
from zoneinfo import ZoneInfo

import polars as pl
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tthc.intake.instants import due_of, read_format, read_iso

ZONES = st.sampled_from(
    ["Asia/Ho_Chi_Minh", "Europe/Amsterdam", "America/New_York", "America/Sao_Paulo", "UTC"]
).map(ZoneInfo)
WALLS = st.datetimes(datetime(1950, 1, 1), datetime(2099, 12, 31))  # noqa: DTZ001  # a clock on a wall
# what two digits of a year mean
CENTURY = st.datetimes(datetime(1970, 1, 1), datetime(2069, 12, 31))  # noqa: DTZ001  # a wall's
OFFSETS = st.integers(-14 * 60, 14 * 60).map(lambda m: timezone(timedelta(minutes=m)))
AMSTERDAM = ZoneInfo("Europe/Amsterdam")
VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")


def iso(text: str | None, zone: ZoneInfo = VIETNAM) -> dict[str, object]:
    return read_iso(pl.Series([text], dtype=pl.String), zone).row(0, named=True)


def exists(wall: datetime, zone: ZoneInfo) -> bool:
    there = wall.replace(tzinfo=zone).astimezone(UTC).astimezone(zone)
    return there.replace(tzinfo=None) == wall


@given(
    WALLS,
    ZONES,
    st.sampled_from("T "),
    st.sampled_from(["minutes", "seconds", "milliseconds", "microseconds"]),
)
@example(datetime(2011, 3, 27, 2, 30), AMSTERDAM, " ", "minutes")  # noqa: DTZ001  # skipped in spring
@example(datetime(2011, 10, 30, 2, 30), AMSTERDAM, "T", "seconds")  # noqa: DTZ001  # twice in autumn
def test_a_wall_clock_means_the_zone_s_instant(
    wall: datetime, zone: ZoneInfo, between: str, precision: str
) -> None:
    text = wall.isoformat(between, precision)
    wall = datetime.fromisoformat(text)
    read = iso(text, zone)
    if exists(wall, zone):
        at = wall.replace(tzinfo=zone).astimezone(UTC)  # fold 0: the first of two
        assert read == {"at": at, "dated": False, "gap": False}
    else:
        assert read == {"at": None, "dated": False, "gap": True}


@given(WALLS, OFFSETS, ZONES, st.sampled_from(["+hh:mm", "+hhmm", "Z"]))
def test_an_offset_wins_over_the_zone(
    wall: datetime, offset: timezone, zone: ZoneInfo, form: str
) -> None:
    at = wall.replace(tzinfo=UTC if form == "Z" else offset)
    text = at.isoformat()
    text = {
        "+hh:mm": text,
        "+hhmm": text[:-3] + text[-2:],
        "Z": text.replace("+00:00", "Z"),
    }[form]
    assert iso(text, zone)["at"] == at.astimezone(UTC)


@given(st.dates(date(1950, 1, 1), date(2099, 12, 31)), ZONES)
@example(date(2018, 11, 4), ZoneInfo("America/Sao_Paulo"))  # has no midnight
@example(date(2018, 11, 3), ZoneInfo("America/Sao_Paulo"))  # nor has the day after
def test_a_date_is_due_at_closing_and_overdue_when_its_day_is_over(
    day: date, zone: ZoneInfo
) -> None:
    moments = read_iso(pl.Series([day.isoformat()]), zone)
    begins = moments["at"][0].astimezone(zone)
    assert (begins.date(), moments["dated"][0]) == (day, True)
    due, overdue = due_of(moments, zone).row(0)
    assert due.astimezone(zone) == datetime.combine(day, time(17), zone)
    assert overdue.astimezone(zone).date() == day + timedelta(days=1)
    before = (overdue - timedelta(microseconds=1)).astimezone(zone)
    assert before.date() == day


def test_a_time_of_day_is_overdue_a_microsecond_later() -> None:
    moments = read_iso(pl.Series(["2026-03-05T17:00"]), VIETNAM)
    due, overdue = due_of(moments, VIETNAM).row(0)
    assert overdue - due == timedelta(microseconds=1)


@pytest.mark.parametrize(
    "text",
    [
        "2026-02-30", "2026-13-01", "2026-03-05 24:00", "2026-03-05 10:60", "2026-03-05 10:00:60",
        "05/03/2026", "2026-3-5", "20260305", "2026-03-05T10", "2026-03-05 10:00+15:00",
        "2026-03-05Z", "2026-03-05 10:00 chiều", "0206-03-05", "9999-12-31", "46086", "hôm qua",
    ],
)  # fmt: skip
def test_what_is_no_instant_is_none(text: str) -> None:
    read = iso(text)
    assert (read["at"], read["gap"]) == (None, False)


def test_nanoseconds_are_cut_to_microseconds() -> None:
    assert iso("2026-03-05T10:00:00.123456789Z")["at"] == datetime(
        2026, 3, 5, 10, 0, 0, 123456, tzinfo=UTC
    )


def test_blank_stays_blank() -> None:
    assert iso(None)["at"] is None


@given(CENTURY, st.sampled_from([
    "%d/%m/%Y %H:%M:%S", "%d-%m-%y %H:%M:%S", "%m/%d/%Y %I:%M:%S %p", "%Y%m%d%H%M%S",
    "%d %b %Y %H:%M:%S", "%H:%M:%S %d.%m.%Y", "%d/%m/%Y %H:%M:%S.%f",
]))  # fmt: skip
def test_what_strptime_writes_is_read(wall: datetime, form: str) -> None:
    if "%f" not in form:
        wall = wall.replace(microsecond=0)
    read = read_format(pl.Series([wall.strftime(form)]), form, ZoneInfo("UTC"))
    assert read.row(0, named=True) == {
        "at": wall.replace(tzinfo=UTC), "dated": False, "gap": False
    }  # fmt: skip


@pytest.mark.parametrize(
    ("text", "form", "at"),
    [
        ("5/3/2026 7:05", "%d/%m/%Y %H:%M", "2026-03-05T07:05+07:00"),
        ("12/31/2026", "%m/%d/%Y", "2026-12-31T00:00+07:00"),
        ("05/03/2026 12:30 AM", "%d/%m/%Y %I:%M %p", "2026-03-05T00:30+07:00"),
        ("05/03/2026 07:05 +0100", "%d/%m/%Y %H:%M %z", "2026-03-05T07:05+01:00"),
        ("31/02/2026", "%d/%m/%Y", None),
        ("05/03/26", "%d/%m/%Y", None),
        ("05/03/2026", "%d/%m/%Y %H:%M", None),
        ("05/03/2026 07:05", "%d/%m/%Y", None),
        ("2026-03-05", "%d/%m/%Y", None),
        ("31/12/2026", "%m/%d/%Y", None),
    ],
)
def test_a_format_is_taken_at_its_word(text: str, form: str, at: str | None) -> None:
    read = read_format(pl.Series([text]), form, VIETNAM)
    assert read["at"][0] == (datetime.fromisoformat(at) if at else None)
