"""The months of a rate, as the last night of each month left it, across 2025-07-01."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from tthc.db.queries.sheets import Left, last_sheets, stored_counts
from tthc.domain.access import Scope
from tthc.domain.period import Period
from tthc.rules.definitions import Definition
from tthc.rules.periods import period_before, read_period
from tthc.service.figure_rows import figure_row
from tthc.service.kept import keep
from tthc.service.tallies import PARTS, Figure

MONTHS, LONG = 12, 24  # shown at first, and on demand, so that a reorganisation stays in sight


@dataclass(frozen=True, slots=True)
class Month:
    """A month's figure and the cut-offs that it was counted at; None where no night counted it."""

    period: Period
    figure: Figure | None = None
    as_of: datetime | None = None
    known_at: datetime | None = None


async def show_trend(
    connection: AsyncConnection,
    scope: Scope,
    asked: Definition,
    last: date,
    level: str | None = None,
    *,
    most: int = MONTHS,
) -> list[Month]:
    """So many months up to the one that holds a day, the oldest first."""
    months = _months(last, most)
    stored = await last_sheets(scope, connection, [each.name for each in months])
    counts: dict[int, dict[str, int]] = {}
    for slots, those in _by_slots(stored.values(), asked.axis).items():
        if set(asked.texts) <= set(slots):
            counts |= await _keep_counts(connection, scope, asked, those, level)
    return [_month(each, stored.get(each.name), asked, counts) for each in months]


async def _keep_counts(
    connection: AsyncConnection,
    scope: Scope,
    asked: Definition,
    those: Sequence[Left],
    level: str | None,
) -> dict[int, dict[str, int]]:
    async def count() -> dict[int, dict[str, int]]:
        return await _count(connection, scope, asked, those, level)

    sheets = tuple(each.sheets[asked.axis].ids for each in those)
    return await keep(connection, ("trend", scope, asked.texts, sheets, level), count)


async def _count(
    connection: AsyncConnection,
    scope: Scope,
    asked: Definition,
    those: Sequence[Left],
    level: str | None,
) -> dict[int, dict[str, int]]:
    """The counts of periods whose sheets are alike, by a sheet's own id, in one query. A sheet may
    stand on others below it, whose counts are added.
    """
    texts = dict(zip(PARTS, asked.texts, strict=False))
    sheets = [each.sheets[asked.axis] for each in those]
    joined = replace(sheets[0], ids=tuple({id_ for one in sheets for id_ in one.ids}))
    rows = await stored_counts(scope, connection, joined, texts, ("sheet",), level=level)
    found = {row["sheet"]: row for row in rows}
    return {
        one.ids[0]: {
            part: sum(found[id_][part] for id_ in one.ids if id_ in found) for part in texts
        }
        for one in sheets
    }


def _months(last: date, most: int) -> list[Period]:
    months = [read_period(f"month:{last:%Y-%m}")]
    while len(months) < most and (before := period_before(months[-1])):
        months.append(before)
    return months[::-1]


def _by_slots(stored: Iterable[Left], axis: str) -> dict[tuple[str, ...], list[Left]]:
    """Periods whose sheets hold the same conditions at the same bits can be read together."""
    found: dict[tuple[str, ...], list[Left]] = defaultdict(list)
    for each in stored:
        found[each.sheets[axis].slots].append(each)
    return found


def _month(
    period: Period,
    stored: Left | None,
    asked: Definition,
    counts: dict[int, dict[str, int]],
) -> Month:
    if stored is None:
        return Month(period)
    row = counts.get(stored.sheets[asked.axis].ids[0])
    if row is None:
        return Month(period)
    shown = figure_row(asked, row, ())
    figure = Figure(
        asked, shown["numerator"], shown["denominator"], shown["percent"], shown.get("reason")
    )
    return Month(period, figure, stored.as_of, stored.known_at)
