"""Random calendars, instants and terms for the properties of the clock."""

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from tthc.domain.calendar import Calendar
from tthc.domain.hours import Slot, Slots, Week
from tthc.domain.suspension import Suspension
from tthc.domain.term import ClockPolicy, Mode, StartRule, SuspensionRule, Term, TermUnit

# clocks that change in spring and autumn, at midnight, by half an hour, or skip a whole day
ZONES = (
    "Asia/Ho_Chi_Minh",
    "UTC",
    "Europe/Berlin",
    "America/New_York",
    "America/Sao_Paulo",
    "America/Havana",
    "Australia/Lord_Howe",
    "Asia/Beirut",
    "Pacific/Apia",
)
QUARTER = 15 * 60 * 1_000_000
FIRST, LAST = date(2011, 6, 1), date(2019, 6, 30)  # Apia skipped 2011-12-30


@st.composite
def day_slots(draw: st.DrawFn) -> Slots:
    edges = sorted(draw(st.sets(st.integers(0, 96), min_size=0, max_size=6)))
    pairs = zip(edges[::2], edges[1::2], strict=False)
    return tuple(Slot(opens * QUARTER, closes * QUARTER) for opens, closes in pairs)


def changes() -> list[date]:
    """The days on which some zone changes its clocks."""
    days = [FIRST + timedelta(n) for n in range((LAST - FIRST).days)]
    noons = [datetime.combine(day, time(12)) for day in days]
    return sorted(
        {
            noon.date()
            for zone in map(ZoneInfo, ZONES)
            for noon in noons
            if zone.utcoffset(noon) != zone.utcoffset(noon - timedelta(1))
        }
    )


dates = st.dates(FIRST, LAST) | st.sampled_from(changes())
WEEKS = st.lists(day_slots(), min_size=7, max_size=7).map(lambda days: Week(tuple(days)))
policies = st.builds(
    ClockPolicy,
    st.sampled_from(StartRule),
    st.sampled_from(Mode),
    st.sampled_from(SuspensionRule),
)


@st.composite
def calendars(draw: st.DrawFn) -> Calendar:
    week = draw(WEEKS.filter(bool))
    near = draw(dates)
    around = st.integers(-60, 60).map(lambda n: near + timedelta(days=n))
    return Calendar(
        week=week,
        days_off=dict.fromkeys(draw(st.lists(around, max_size=12)), "nghỉ"),
        days_worked=dict.fromkeys(draw(st.lists(around, max_size=6)), "làm bù"),
        zone=ZoneInfo(draw(st.sampled_from(ZONES))),
    )


@st.composite
def instants(draw: st.DrawFn) -> datetime:
    """Often on a slot's very edge, sometimes a microsecond beside it."""
    day = draw(dates)
    seconds = draw(st.integers(0, 86_399) | st.integers(0, 95).map(lambda n: n * 900))
    beside = draw(st.sampled_from([0, 0, 0, -1, 1]))
    zone = ZoneInfo(draw(st.sampled_from(ZONES)))
    wall = datetime.combine(day, time(), zone) + timedelta(seconds=seconds, microseconds=beside)
    return wall.astimezone(UTC)


whole_terms = st.one_of(
    st.builds(
        Term,
        st.integers(0, 60),
        st.just(TermUnit.WORKING_DAY),
        st.none() | st.integers(0, 1439).map(lambda m: time(m // 60, m % 60)),
    ),
    st.builds(Term, st.integers(0, 120), st.just(TermUnit.CALENDAR_DAY)),
    st.builds(Term, st.integers(0, 18), st.just(TermUnit.MONTH)),
    st.builds(
        Term,
        st.integers(1, 400).map(lambda n: Decimal(n) / 4),
        st.just(TermUnit.WORKING_HOUR),
    ),
)
terms = whole_terms | st.builds(
    Term, st.integers(1, 40).map(lambda n: Decimal(n) / 4), st.just(TermUnit.WORKING_DAY)
)


@st.composite
def suspensions_after(draw: st.DrawFn, start: datetime) -> list[Suspension]:
    found = []
    for _ in range(draw(st.integers(0, 3))):
        begin = start + timedelta(minutes=draw(st.integers(0, 40_000)))
        found.append(Suspension(begin, begin + timedelta(minutes=draw(st.integers(0, 20_000)))))
    return found
