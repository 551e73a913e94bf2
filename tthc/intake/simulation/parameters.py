"""What is asked of a simulation, and the fingerprint by which it is known again."""

import json
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from hashlib import sha256

from tthc.clock import end_of, local_date
from tthc.domain.errors import InputError

FIRST_YEAR = 2019  # the mix is of the years of the one-stop decrees
SETTLING = timedelta(days=31)  # a year younger than this is too short to show anything


@dataclass(frozen=True, slots=True)
class Parameters:
    """`cases` submitted in [since, before), whose lives go on until an instant."""

    cases: int
    province: str
    seed: int
    since: date
    before: date
    until: datetime
    asked: str  # the words of the request: the same ones are the same simulation
    events_since: date | None = None

    @property
    def sha256(self) -> str:
        return sha256(self.asked.encode()).hexdigest()

    @property
    def tag(self) -> str:
        """What the codes of the cases begin with: mô phỏng, and which one."""
        return f"MP{self.sha256[:4].upper()}"


def plan(
    *,
    cases: int,
    province: str,
    seed: int,
    now: datetime,
    year: int | None = None,
    until: date | None = None,
    events_since: date | None = None,
) -> Parameters:
    """Parameters as asked: the year up to `until`, or to now; without a year, the current one.

    Raises InputError on what cannot be simulated.
    """
    if cases < 1:
        raise InputError("Số hồ sơ mô phỏng phải từ 1 trở lên.")
    last = min(end_of(until), now) if until else now
    first_year = year or local_date(last - SETTLING).year
    since = date(first_year, 1, 1)
    # the last day is left out while it is not over; a year's cases end with it
    before = local_date(last + timedelta(microseconds=1))
    if year is not None:
        before = min(before, date(year + 1, 1, 1))
    if first_year < FIRST_YEAR or before <= since:
        raise InputError(
            f"Không mô phỏng được từ {since:%d/%m/%Y} đến {local_date(last):%d/%m/%Y}: "
            f"hãy chọn năm từ {FIRST_YEAR} đến nay và ngày cuối sau ngày 01/01 của năm đó."
        )
    asked = {
        "cases": cases,
        "province": province,
        "seed": seed,
        "year": year,
        "until": until.isoformat() if until else None,
        "events_since": events_since.isoformat() if events_since else None,
    }
    return Parameters(
        cases, province, seed, since, before, last, json.dumps(asked, sort_keys=True), events_since
    )
