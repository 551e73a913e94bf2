"""Random facts of cases, thick around every edge of a period and a cut-off."""

from datetime import datetime, timedelta
from typing import Any

from hypothesis import strategies as st

from tests.oracle import fill_dates
from tthc import clock
from tthc.domain.period import Period


def instants(period: Period, as_of: datetime) -> st.SearchStrategy[datetime]:
    """Instants at, one microsecond before and after, and around the edges; never after as_of."""
    edges = [as_of, clock.start_of(period.start), clock.start_of(period.end)]
    steps = st.sampled_from(
        [
            timedelta(),
            timedelta(microseconds=1),
            -timedelta(microseconds=1),
            *(timedelta(hours=hours) for hours in (-49, -24, -17, -7, 7, 10, 24, 31)),
        ]
    )
    near = st.builds(lambda edge, step: edge + step, st.sampled_from(edges), steps)
    return near.map(lambda instant: min(instant, as_of))


@st.composite
def case_facts(draw: st.DrawFn, period: Period, as_of: datetime) -> dict[str, Any]:
    """The facts of a case that the ledger's constraints allow, with every null they allow."""
    at = instants(period, as_of)
    optional = st.none() | at
    edges = [as_of, clock.start_of(period.start), clock.start_of(period.end)]
    due = st.none() | st.builds(
        lambda edge, days, hours: edge + timedelta(days=days, hours=hours),
        st.sampled_from(edges),
        st.integers(-3, 3),
        st.sampled_from([0, 10, 17]),
    )
    state = draw(st.sampled_from([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]))
    submitted_at = draw(at)
    case: dict[str, Any] = {
        "receiving_unit_id": draw(st.integers(1, 2)),
        "competent_unit_id": draw(st.integers(1, 2)),
        "procedure_id": draw(st.integers(1, 2)),
        "level": draw(st.sampled_from(["commune", "province"])),
        "channel": draw(st.sampled_from(["counter", "online", "post", "other"])),
        "online_level": draw(st.sampled_from([None, "full", "partial"])),
        "out_of_territory": draw(st.booleans()),
        "imported": draw(st.booleans()),
        "state": state,
        "supplements": draw(st.integers(0, 2)),
        "outcome": draw(st.sampled_from([None, "granted", "refused"])),
        "e_result": draw(st.sampled_from(["yes", "no", "unknown"])),
        "yields_document": draw(st.sampled_from(["yes", "no", "unknown"])),
        "submitted_at": submitted_at,
        "received_at": draw(optional if state in {1, 3, 7, 8} else at),
        "re_promised_at": draw(optional),
        "suspended_at": draw(optional),
        "resolved_at": draw(optional),
        "returned_at": draw(optional),
        "ended_at": draw(optional),
        "letter_issued_at": draw(optional),
        "letter_sent_at": draw(optional),
    }
    for basis in ("", "promised_", "statutory_"):
        due_at = draw(due)
        by_date = draw(st.booleans())
        case[f"{basis}due_at"] = due_at
        case[f"{basis}overdue_at"] = due_at and (
            clock.start_of(clock.local_date(due_at) + timedelta(days=1))
            if by_date
            else due_at + timedelta(microseconds=1)
        )
    return fill_dates(case)
