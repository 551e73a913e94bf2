"""Instants as files write them, in bulk."""

from datetime import date
from zoneinfo import ZoneInfo

import polars as pl

from tthc.intake.ledger import INSTANT
from tthc.rules.calendars import calendar

ISO = (
    r"^(?<day>[0-9]{4}-[0-9]{2}-[0-9]{2})"
    r"(?:[Tt ](?<hour>[0-9]{2}):(?<minute>[0-9]{2})"
    r"(?::(?<second>[0-9]{2})(?:[.,](?<fraction>[0-9]{1,9}))?)?"
    r" ?(?<offset>[Zz]|[+-][0-9]{2}(?::?[0-9]{2})?)?)?$"
)
SECOND = 1_000_000
DAY = 86_400 * SECOND
ANY_DAY = date(2000, 1, 3)  # a Monday: office hours close alike on every day
FIRST_YEAR, LAST_YEAR = 1900, 2100


def read_iso(texts: pl.Series, zone: ZoneInfo) -> pl.DataFrame:
    """ISO 8601: `at` in UTC, `dated` where no time of day is given, `gap` where none exists.

    An offset wins over the zone; of an hour that comes twice in the zone the first is meant.
    """
    part = texts.str.extract_groups(ISO).struct.unnest()
    number = {name: part[name].cast(pl.Int64).fill_null(0) for name in ("hour", "minute", "second")}
    fraction = part["fraction"].str.slice(0, 6).str.pad_end(6, "0").cast(pl.Int64).fill_null(0)
    seconds = (number["hour"] * 60 + number["minute"]) * 60 + number["second"]
    possible = (number["hour"] < 24) & (number["minute"] < 60) & (number["second"] < 60)  # noqa: PLR2004  # a day's clock
    wall = pl.DataFrame(
        {
            "wall": part["day"].str.to_date("%Y-%m-%d", strict=False).cast(pl.Datetime("us"))
            + (seconds * SECOND + fraction).cast(pl.Duration("us")),
            "offset": part["offset"],
            "dated": part["hour"].is_null(),
            "possible": possible,
        }
    )
    digits = pl.col("offset").str.replace_all(r"[:Zz]", "")
    hours = digits.str.slice(1, 2).cast(pl.Int64, strict=False).fill_null(0)
    minutes = digits.str.slice(3, 2).cast(pl.Int64, strict=False).fill_null(0)
    shift = (hours * 60 + minutes) * pl.when(digits.str.starts_with("-")).then(-1).otherwise(1)
    known = wall.select(
        wall=pl.when(pl.col("possible") & (hours < 15) & (minutes < 60)).then(pl.col("wall")),  # noqa: PLR2004  # no zone is further away
        given=pl.when(pl.col("offset").is_not_null()).then(
            (pl.col("wall") - (shift * 60 * SECOND).cast(pl.Duration("us"))).dt.replace_time_zone(
                "UTC"
            )
        ),
        dated="dated",
    )
    return _placed(known, zone)


def read_format(texts: pl.Series, form: str, zone: ZoneInfo) -> pl.DataFrame:
    """As `read_iso`, of texts in a strptime format."""
    form = form.replace(".%f", "%.f").replace("%f", "%6f")
    timed = any(f"%{letter}" in form for letter in "HITRf")
    given = pl.lit(None, INSTANT)
    if "%z" in form:
        zulu = pl.col("text").str.replace(r"[Zz]$", "+00:00")
        given = zulu.str.to_datetime(form, time_unit="us", strict=False)
        wall = given.dt.replace_time_zone(None)
    elif timed:
        wall = pl.col("text").str.to_datetime(form, time_unit="us", strict=False)
    else:
        wall = pl.col("text").str.to_date(form, strict=False).cast(pl.Datetime("us"))
    frame = pl.DataFrame({"text": texts})
    return _placed(frame.select(wall=wall, given=given, dated=pl.lit(not timed)), zone)


def _placed(known: pl.DataFrame, zone: ZoneInfo) -> pl.DataFrame:
    wall = pl.col("wall")
    known = known.with_columns(
        wall=pl.when(wall.dt.year().is_between(FIRST_YEAR, LAST_YEAR)).then(wall)
    )
    day_opens = pl.when("dated").then(in_zone(wall.dt.offset_by("1h"), zone))
    local = pl.coalesce(in_zone(wall, zone), day_opens)  # some zones skip a midnight
    at = pl.when(wall.is_not_null()).then(pl.coalesce("given", local))
    return known.select(at=at, dated="dated").with_columns(
        gap=known["wall"].is_not_null() & pl.col("at").is_null()
    )


def in_zone(wall: pl.Expr, zone: ZoneInfo) -> pl.Expr:
    """A wall clock's reading as an instant in UTC; null where the zone's clock skips it."""
    placed = wall.dt.replace_time_zone(zone.key, ambiguous="earliest", non_existent="null")
    return placed.dt.convert_time_zone("UTC")


def due_of(moments: pl.DataFrame, zone: ZoneInfo) -> pl.DataFrame:
    """What a due cell promises: `at`, and `overdue_at`, the first instant that is too late.

    A date without a time of day ends with its local day, and is due at closing time.
    """
    day = pl.col("at").dt.convert_time_zone(zone.key).dt.replace_time_zone(None).dt.truncate("1d")
    closing = calendar().week.for_worked_day(ANY_DAY)[-1].closes
    midnight = day.dt.offset_by("1d")
    after = pl.coalesce(in_zone(midnight, zone), in_zone(midnight.dt.offset_by("1h"), zone))
    return moments.select(
        at=pl.when("dated")
        .then(in_zone(day + pl.lit(closing).cast(pl.Duration("us")), zone))
        .otherwise("at"),
        overdue_at=pl.when("dated").then(after).otherwise(pl.col("at").dt.offset_by("1us")),
    )
