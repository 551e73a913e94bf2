"""The reporting schemes in use, read from `periods/schemes.toml`."""

import tomllib
from datetime import date
from functools import cache
from importlib.resources import files

from tthc.domain.errors import InputError
from tthc.domain.period import Period, Scheme

WHOLE = "all"  # the scheme whose one period is the whole ledger


@cache
def schemes() -> dict[str, Scheme]:
    """Every scheme by its name."""
    text = files("tthc.rules").joinpath("periods/schemes.toml").read_text(encoding="utf-8")
    known = {"label", "days", "months", "first_month", "first_day", "pieces", "code"}
    known |= {"start", "end", "awaited_days"}
    return {
        name: Scheme(name, **{key: value for key, value in entry.items() if key in known})
        for name, entry in tomllib.loads(text).items()
    }


def read_period(name: str) -> Period:
    """The period that `scheme:code` names. Raises InputError."""
    scheme, _, code = name.partition(":")
    if scheme not in schemes():
        raise InputError(
            f"Không có loại kỳ “{scheme}”; các loại kỳ: {', '.join(schemes())}. "
            "Ví dụ: month:2026-03."
        )
    return schemes()[scheme].period(code)


def period_before(period: Period) -> Period | None:
    """The period before one, of its scheme; None of the whole ledger."""
    return schemes()[period.scheme].before(period)


def year_before(period: Period) -> Period | None:
    """The same period of the year before (cùng kỳ); None of the whole ledger."""
    return schemes()[period.scheme].year_before(period)


def periods_on(day: date) -> list[Period]:
    """The period of every scheme that holds a local date: those that a night still computes."""
    return [period for scheme in schemes().values() if (period := scheme.containing(day))]
