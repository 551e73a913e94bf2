"""Random facts of cases, thick around every edge of a period and a cut-off.

Hypothesis draws the seed and the cut-off; the dice draw hundreds of cases, because an edge that one
case in a thousand touches must be touched in every run.
"""

import random
from datetime import datetime, timedelta
from typing import Any

from hypothesis import strategies as st

from tests.oracle import fill_dates
from tthc import clock
from tthc.domain.period import Period

TICK = timedelta(microseconds=1)
HOURS = (-49, -24, -17, -7, 7, 10, 24, 31)

dice = st.integers(0, 2**32 - 1).map(random.Random)


def draw_cases(
    luck: random.Random, period: Period, as_of: datetime, count: int = 400
) -> list[dict[str, Any]]:
    """So many cases, as random as the ledger's constraints allow."""
    return [draw_case(luck, period, as_of) for _ in range(count)]


def draw_case(luck: random.Random, period: Period, as_of: datetime) -> dict[str, Any]:
    """The facts of a case with every null that is allowed; no act lies after as_of."""
    edges = [as_of, clock.start_of(period.start), clock.start_of(period.end)]
    case: dict[str, Any] = {}
    for basis in ("", "promised_", "statutory_"):
        due_at = luck.choice((*edges, as_of - TICK)) + timedelta(
            days=luck.choice((-3, -1, 0, 0, 1, 3)), hours=luck.choice((0, 0, 10, 17))
        )
        midnight = clock.start_of(clock.local_date(due_at) + timedelta(days=1))
        promised = luck.random() < 0.9
        case[f"{basis}due_at"] = due_at if promised else None
        case[f"{basis}overdue_at"] = luck.choice((midnight, due_at + TICK)) if promised else None
        edges += [due_at, midnight]

    def at() -> datetime:
        step = luck.choice((timedelta(), TICK, -TICK, timedelta(hours=luck.choice(HOURS))))
        return min(luck.choice(edges) + step, as_of)

    def maybe(chance: float = 0.5) -> datetime | None:
        return at() if luck.random() < chance else None

    state = luck.choice((1, 2, 3, 4, 4, 4, 5, 5, 6, 7, 8, 9, 9, 9, 10, 10))
    case |= {
        "receiving_unit_id": luck.randint(1, 2),
        "competent_unit_id": luck.randint(1, 2),
        "procedure_id": luck.randint(1, 2),
        "level": luck.choice(("commune", "province")),
        "channel": luck.choice(("counter", "online", "post", "other")),
        "online_level": luck.choice((None, "full", "partial")),
        "out_of_territory": luck.random() < 0.5,
        "intake_late": luck.random() < 0.5,
        "handover_late": luck.random() < 0.5,
        "imported": luck.random() < 0.5,
        "officer": None if state == 4 else "Lan",
        "cause": {2: "staff", 9: "workload", 10: "x"}.get(state),
        "state": state,
        "supplements": luck.randint(0, 2),
        "outcome": luck.choice((None, "granted", "refused")),
        "e_result": luck.choice(("yes", "no", "unknown")),
        "yields_document": luck.choice(("yes", "no", "unknown")),
        "submitted_at": at(),
        "received_at": maybe() if state in {1, 3, 7, 8} else at(),
        "re_promised_at": maybe(),
        "suspended_at": maybe(0.3),
        "resolved_at": maybe(),
        "returned_at": maybe(0.3),
        "ended_at": maybe(0.3),
        "letter_issued_at": maybe(),
        "letter_sent_at": maybe(),
        "receiver_ended_on": luck.choice((None, None, period.start, period.end, at().date())),
    }
    # without a throw of the dice, so that the cases of a seed stay as they are
    told = case["supplements"], int(as_of.timestamp()) % 7
    case |= {
        "result_recorded_days": None if told[0] else told[1],
        "suspensions": told[0] + told[1] % 2,
        "late_suspensions": told[0] // 2,
        "due_corrections": told[1] % 2,
        "results_together": told[0] * 6,
        "result_hours": ("inside", "outside", "unknown")[told[0]],
    }
    return fill_dates(case | draw_steps(case, edges))


def draw_steps(case: dict[str, Any], edges: list[datetime]) -> dict[str, Any]:
    """Its internal steps, by dice of their own: the other draws stay as they are."""
    luck = random.Random(repr(sorted(case.items(), key=str)))

    def near() -> datetime | None:
        return luck.choice((None, luck.choice(edges) + luck.choice((timedelta(), TICK, -TICK))))

    if luck.random() < 0.4:
        return {"stepped": False, "step_overdue_at": None, "step_late_at": None}
    return {"stepped": True, "step_overdue_at": near(), "step_late_at": near()}
