"""The worth of a letter: Python and the named conditions agree on every policy."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.oracle import fill_dates
from tthc import clock
from tthc.domain.apology import Policy, complies, episodes
from tthc.domain.case import Case, State
from tthc.domain.promised import Pinned
from tthc.domain.term import Term
from tthc.rules import predicates
from tthc.rules.calendars import calendar
from tthc.rules.regimes import regime

LAW = regime("nd-118-2025")
PINNED = Pinned(LAW, calendar(), LAW.policy, Term(Decimal(5)))
DUE = datetime(2026, 3, 10, 10, tzinfo=UTC)  # 17:00 in Vietnam
POLICIES: tuple[Policy, ...] = (
    *("exists", "sent_by_due_minus_1_day", "sent_by_due", "sent_by_return"),
)


def late_case(
    *,
    received_at: datetime = DUE - timedelta(days=5),
    issued_at: datetime | None = None,
    sent_at: datetime | None = None,
    returned_at: datetime | None = None,
    re_promised_at: datetime | None = None,
    resolved_at: datetime | None = None,
) -> Case:
    return Case(
        code="H-1",
        simulated=False,
        receiving_unit_id=1,
        competent_unit_id=1,
        procedure_id=1,
        level="commune",
        channel="counter",
        state=State.RECEIVED,
        submitted_at=received_at,
        received_at=received_at,
        due_at=DUE,
        overdue_at=clock.start_of(clock.local_date(DUE) + timedelta(days=1)),
        letter_issued_at=issued_at,
        letter_sent_at=sent_at,
        returned_at=returned_at,
        re_promised_at=re_promised_at,
        resolved_at=resolved_at,
    )


hours = st.none() | st.integers(-140, 140).map(lambda number: DUE + timedelta(hours=number))


@given(
    issued=hours,
    sent=hours,
    returned=hours,
    term=st.sampled_from([0, 2, 8, 24, 120]),
    data=st.data(),
)
def test_a_policy_means_the_same_in_python_and_in_the_conditions(
    issued: datetime | None,
    sent: datetime | None,
    returned: datetime | None,
    term: int,
    data: st.DataObject,
) -> None:
    policy = data.draw(st.sampled_from(POLICIES))
    case = late_case(
        received_at=DUE - timedelta(hours=term),
        issued_at=issued,
        sent_at=sent,
        returned_at=returned,
    )
    facts = fill_dates(
        dict.fromkeys(predicates.facts())
        | {name: getattr(case, name) for name in Case.__slots__ if name in predicates.facts()}
    )
    asked = predicates.predicate("with_letter", policy=policy)
    columns = sorted(asked.columns)
    frame = pl.DataFrame({name: [facts[name]] for name in columns})
    kinds = {"_at": pl.Datetime("us", "UTC"), "_on": pl.Date()}
    types = {name: kinds[name[-3:]] for name in columns}
    met = frame.select(pl.col(name).cast(kind) for name, kind in types.items()).select(
        pl.sql_expr(asked.text)
    )
    assert bool(met.item()) == complies(policy, case, PINNED)


def on(day: int, hour: int = 3) -> datetime:
    return datetime(2026, 3, day, hour, tzinfo=UTC)


@pytest.mark.parametrize(
    ("as_of", "seconds"),
    [
        (on(10, 16), []),  # 23:00 of the due day
        (on(10, 17), [False]),  # midnight
        (on(17, 16), [False]),  # the letter's day
        (on(17, 17), [False, True]),
    ],
)
def test_each_promise_that_passes_is_an_episode(as_of: datetime, seconds: list[bool]) -> None:
    case = late_case(issued_at=on(13), re_promised_at=on(17, 10))
    assert [one.second for one in episodes(case, as_of)] == seconds


def test_a_result_ends_the_episodes() -> None:
    case = late_case(issued_at=on(13), re_promised_at=on(17, 10), resolved_at=on(17, 9))
    assert [one.second for one in episodes(case, on(30))] == [False]
