"""What is simulated is believable, lawful and the same every time."""

import json
from collections.abc import Iterator
from datetime import datetime, time
from decimal import Decimal
from itertools import groupby, pairwise
from typing import Any

import polars as pl
import pytest

from tests.simulated import NOW, Simulated, asked, rows_of
from tthc.clock import VIETNAM
from tthc.domain.deadline import Due, Extension, Suspension, promise
from tthc.domain.term import Term, TermUnit
from tthc.intake.simulation import writing
from tthc.intake.simulation.histories import events
from tthc.intake.simulation.promises import Promises
from tthc.intake.simulation.rows import case_rows
from tthc.intake.simulation.setting import Setting
from tthc.rules.calendars import calendar
from tthc.rules.regimes import regime_on


@pytest.fixture(scope="session")
def larger(simulated: Simulated) -> Setting:
    return Setting(asked(cases=30_000), simulated.reference)


@pytest.fixture(scope="session")
def frame(larger: Setting) -> pl.DataFrame:
    """A larger simulation, not written down."""
    promises = Promises(larger.calendar, larger.policy, larger.terms)
    return writing.lives(larger, promises, 0, 30_000).with_columns(case_id=pl.col("number"))


@pytest.fixture(scope="session")
def rows(frame: pl.DataFrame) -> pl.DataFrame:
    return case_rows(frame).with_columns(
        land=frame["land"],
        local=pl.col("submitted_at").dt.convert_time_zone("Asia/Ho_Chi_Minh"),
    )


def share(frame: pl.DataFrame, condition: pl.Expr) -> float:
    return float(frame.select(condition.fill_null(value=False).mean()).item())


def test_who_has_a_case_is_who_took_it_last(larger: Setting, frame: pl.DataFrame) -> None:
    """Also of one that an ended district passed on before anybody had started on it."""
    lived = events(larger, frame)
    named = pl.col("change").str.json_path_match("$.officer")
    last = lived.with_columns(named=named).drop_nulls("named").group_by("case_id").last()
    told = case_rows(frame).join(last, left_on="id", right_on="case_id")
    assert told.filter(pl.col("officer") != pl.col("named")).height == 0
    assert frame.filter(pl.col("transferred") < pl.col("started")).height > 0, "none was tried"


def test_the_partition_s_shares_are_believable(rows: pl.DataFrame) -> None:
    late = pl.col("resolved_at") >= pl.col("overdue_at")
    solved = rows.filter(pl.col("resolved_at").is_not_null() & pl.col("due_at").is_not_null())
    early = (
        pl.col("resolved_at").dt.convert_time_zone("Asia/Ho_Chi_Minh").dt.date()
        < pl.col("due_at").dt.convert_time_zone("Asia/Ho_Chi_Minh").dt.date()
    )
    assert 0.01 < share(solved, late) < 0.06
    assert 0.03 < share(solved.filter("land"), late) < 0.12
    assert share(solved.filter(~pl.col("land")), late) < 0.015
    assert 0.5 < share(solved, early) < 0.7
    assert 0.006 < share(rows, pl.col("state") == 3) < 0.014
    assert 0.003 < share(rows, pl.col("state") == 7) < 0.011
    assert 0.0005 < share(rows, pl.col("state") == 8) < 0.006
    assert 0 < share(rows, pl.col("state") == 1) < 0.01
    unbound = share(rows, pl.col("received_at").is_not_null() & pl.col("due_at").is_null())
    assert 0.008 < unbound < 0.03
    assert 0.03 < share(rows, pl.col("supplements") > 0) < 0.09
    assert 0.004 < share(rows, pl.col("due_at") > pl.col("promised_due_at")) < 0.02
    lettered = share(solved.filter(late), pl.col("letter_issued_at").is_not_null())
    assert 0.5 < lettered < 0.9
    assert 0.003 < share(rows, pl.col("out_of_territory")) < 0.03
    assert set(rows["state"].unique()) == {1, 2, 3, 4, 5, 6, 7, 8, 9, 10}


def test_channels_and_days_are_believable(rows: pl.DataFrame) -> None:
    months = (
        rows.filter(pl.col("local").dt.month() < NOW.month)
        .group_by(pl.col("local").dt.month())
        .agg(online=(pl.col("channel") == "online").mean())
        .sort("local")["online"]
    )
    assert months.min() >= 0.6  # type: ignore[operator]  # a share
    assert months.max() <= 0.9  # type: ignore[operator]  # a share
    assert months[-2] > months[0]
    by_day = dict(rows.group_by(pl.col("local").dt.weekday()).len().iter_rows())
    assert 2 < by_day[1] / (sum(by_day[day] for day in (2, 3, 4, 5)) / 4) < 3
    desk = rows.filter(pl.col("channel") != "online")
    assert desk["local"].dt.weekday().max() == 5 or set(
        desk.filter(pl.col("local").dt.weekday() > 5)["local"].dt.date().unique()
    ) <= set(calendar().days_worked)
    hours = desk["local"].dt.time()
    assert time(7, 30) <= hours.min() <= hours.max() <= time(17)  # type: ignore[operator]  # times


def test_volumes_are_skewed(rows: pl.DataFrame) -> None:
    communes = rows.filter((pl.col("level") == "commune") & (pl.col("local").dt.month() >= 7))
    counts = communes.group_by("receiving_unit_id").len()["len"]
    assert len(counts) == 99
    assert float(counts.quantile(0.9) or 0) > 1.6 * float(counts.median() or 0)  # type: ignore[arg-type]  # a number


def test_a_batch_s_size_changes_nothing(simulated: Simulated) -> None:
    setting = Setting(asked(cases=1000), simulated.reference)

    def parts(*bounds: int) -> pl.DataFrame:
        promises = Promises(setting.calendar, setting.policy, setting.terms)
        frames = [writing.lives(setting, promises, first, last) for first, last in pairwise(bounds)]
        return pl.concat(frames)

    assert parts(0, 1000).equals(parts(0, 17, 500, 1000))
    other = Setting(asked(cases=1000, seed=8), simulated.reference)
    promises = Promises(other.calendar, other.policy, other.terms)
    assert not parts(0, 1000).equals(writing.lives(other, promises, 0, 1000))


def histories(simulated: Simulated) -> Iterator[tuple[tuple[Any, ...], list[tuple[Any, ...]]]]:
    events = rows_of(
        simulated.server,
        "SELECT c.code, t.amount, t.unit, t.cutoff, c.received_at, c.first_due_at, "
        "c.promised_due_at, c.promised_overdue_at, c.due_at, c.overdue_at, c.statutory_due_at, "
        "c.statutory_overdue_at, c.suspended_at, e.type, e.occurred_at, e.change::text "
        "FROM cases c JOIN terms t ON t.id = c.term_id JOIN case_events e ON e.case_id = c.id "
        "WHERE c.id % 6 = 0 OR c.supplements > 0 OR c.due_at > c.promised_due_at "
        "OR t.unit NOT IN ('working_day', 'calendar_day') ORDER BY c.id, e.seq",
    )[0]
    for facts, some in groupby(events, key=lambda row: row[:13]):
        yield facts, [row[13:] for row in some]


def test_every_due_date_is_the_engine_s(simulated: Simulated) -> None:
    vn, checked, moved = calendar(), 0, 0
    units = set()
    for facts, acts in histories(simulated):
        amount, unit, cutoff, received = facts[1:5]
        first, promised, promised_over, due, over, law, law_over, waiting = facts[5:13]
        suspensions: list[Suspension] = []
        extension = None
        letter: dict[str, Any] = {}
        for kind, at, change in acts:
            if kind in {"suspended", "charged"}:
                suspensions.append(Suspension(at))
            elif kind == "resumed":
                suspensions[-1] = Suspension(suspensions[-1].started_at, at)
            elif kind == "letter_issued":
                letter = json.loads(change)
            elif kind == "extended":
                to = datetime.fromisoformat(letter["re_promised_at"]).astimezone(VIETNAM)
                number, issued = letter["letter_number"], letter["letter_issued_at"]
                extension = Extension(at, to.date(), number, datetime.fromisoformat(issued))
        # while it waits a row keeps the dates that were in force when it began to
        if waiting is not None:
            suspensions.pop()
        answer = promise(
            vn,
            Term(Decimal(amount), TermUnit(unit), cutoff),
            received,
            policy=regime_on(received.date()).policy,
            suspensions=suspensions,
            extension=extension,
        )
        for promise_, at, late in (
            (answer.promised, promised, promised_over),
            (answer.current, due, over),
            (answer.statutory, law, law_over),
        ):
            assert isinstance(promise_, Due)
            assert (promise_.due_at, promise_.overdue_at) == (at, late), facts[0]
        assert answer.first is not None
        assert answer.first.due_at == first
        checked += 1
        moved += bool(suspensions) + (extension is not None)
        units.add(unit)
    assert checked > 700
    assert moved > 200
    assert {"working_day", "calendar_day", "working_hour"} <= units


def test_terms_are_those_of_the_procedure_and_the_channel(simulated: Simulated) -> None:
    bound, wrong, unbound = rows_of(
        simulated.server,
        """
        SELECT count(t.id), count(*) FILTER (WHERE t.procedure_code <> p.code OR NOT t.confirmed
            OR coalesce(t.channel, c.channel) <> c.channel),
          count(*) FILTER (WHERE t.id IS NULL AND c.due_at IS NOT NULL)
        FROM cases c JOIN procedures p ON p.id = c.procedure_id LEFT JOIN terms t ON t.id = term_id
        """,
    )[0][0]
    assert bound > 3500
    assert (wrong, unbound) == (0, 0)


def test_letters_come_before_an_extension_and_once(simulated: Simulated) -> None:
    late, twice, without = rows_of(
        simulated.server,
        """
        SELECT count(*) FILTER (WHERE extended_at >= promised_overdue_at),
          count(*) FILTER (WHERE cardinality(array_positions(kinds, 'letter_issued')) > 1),
          count(*) FILTER (WHERE extended_at IS NOT NULL AND NOT 'letter_issued' = ANY(kinds))
        FROM cases c JOIN (SELECT case_id, array_agg(type) AS kinds,
          min(occurred_at) FILTER (WHERE type = 'extended') AS extended_at
          FROM case_events GROUP BY 1) e ON e.case_id = c.id
        """,
    )[0][0]
    assert (late, twice, without) == (0, 0, 0)


def test_open_cases_are_consistent_at_the_end(rows: pl.DataFrame) -> None:
    open_ = rows.filter(pl.col("state").is_in([2, 4, 5, 6]) & pl.col("due_at").is_not_null())
    waiting = pl.col("suspended_at").is_not_null()
    overdue = pl.col("overdue_at") <= NOW
    assert share(open_, waiting == pl.col("state").is_in([5, 6])) == 1
    assert 0.01 < share(open_, waiting) < 0.2
    assert 0.005 < share(open_, overdue & ~waiting) < 0.2
    ended = rows.filter(~pl.col("state").is_in([1, 2, 4, 5, 6]))
    assert share(ended, pl.coalesce("resolved_at", "ended_at").is_not_null()) == 1
    for column in ("submitted_at", "received_at", "resolved_at", "returned_at", "ended_at"):
        assert rows.filter(pl.col(column) > NOW).is_empty()
