"""A definition's answer, row by row: two counts, their ratio, and what it adds to them."""

from collections import defaultdict
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from tthc.db.facts import Knowledge
from tthc.db.publications import Publication
from tthc.db.queries.figures import count_definition, lay_out_days
from tthc.db.queries.procedures import count_procedures
from tthc.db.queries.published import count_published, lay_out_published
from tthc.domain.access import Scope
from tthc.domain.figure import HUNDREDTH, percent
from tthc.domain.period import Period
from tthc.domain.spread import percentile
from tthc.rules.definitions import PROCEDURES, Definition

NOTHING_COUNTED = "không có hồ sơ nào thuộc mẫu số trong kỳ"
NO_PROCEDURE = "không có thủ tục nào thuộc mẫu số tại thời điểm này"
MEDIAN, HIGH = 50, 90
CUT = "procedures/term_cut"


async def answer_rows(
    scope: Scope,
    connection: AsyncConnection,
    asked: Definition,
    period: Period,
    knowledge: Knowledge,
    by: Sequence[str],
    published: Publication | None = None,
) -> list[dict[str, Any]]:
    """The rows of a definition, live from the ledger unless they were published."""
    if published:
        rows = await count_published(scope, connection, published, asked, by)
    elif asked.of == PROCEDURES:
        rows = await count_procedures(scope, connection, asked, period, knowledge, by)
    else:
        rows = await count_definition(scope, connection, asked, period, knowledge, by)
    figures = [figure_row(asked, row, by) for row in rows]
    if asked.days:
        if published:
            laid = await lay_out_published(scope, connection, published, asked, by)
        else:
            laid = await lay_out_days(scope, connection, asked, period, knowledge, by)
        add_days(figures, laid, by)
    return figures


def describe_definition(asked: Definition) -> dict[str, Any]:
    """What is printed beside every number."""
    return {
        "id": asked.id,
        "version": asked.version,
        "code": asked.code,
        "title": asked.title,
        "source": asked.source,
        "formula": asked.formula,
        "basis": asked.basis,
        "axis": asked.axis,
        "policy": asked.policy,
        "caution": asked.caution,
    }


def figure_row(asked: Definition, row: dict[str, Any], by: Sequence[str]) -> dict[str, Any]:
    """Two counts and their ratio; without data the reason instead.

    Where only a factor is missing, `unmultiplied` is the ratio without it. Of procedures whose
    term was cut, `mean_cut` is the mean of the cuts, in percent.
    """
    figure = {name: row[name] for name in by} | {
        "numerator": row["numerator"],
        "denominator": row["denominator"],
        "percent": None,
    }
    if row["denominator"] == 0:
        return figure | {"reason": NO_PROCEDURE if asked.of == PROCEDURES else NOTHING_COUNTED}
    if asked.needs and row["known"] == 0:
        return figure | {"reason": asked.needs_words}
    ratio = str(percent(row["numerator"], row["denominator"]))
    if asked.missing:
        return figure | {"reason": asked.missing, "unmultiplied": ratio}
    if asked.id == CUT and row["numerator"]:
        mean = Decimal(row["cut_percents"]) / row["numerator"]
        figure["mean_cut"] = str(mean.quantize(HUNDREDTH, rounding="ROUND_HALF_UP"))
    return figure | {"percent": ratio}


def add_days(figures: list[dict[str, Any]], laid: list[dict[str, Any]], by: Sequence[str]) -> None:
    """Add the median, the 90th percentile and the histogram of working days to each row."""
    histograms: dict[tuple[Any, ...], dict[int, int]] = defaultdict(dict)
    for row in laid:
        if row["cases"]:
            histograms[tuple(row[name] for name in by)][row["days"]] = row["cases"]
    for figure in figures:
        histogram = histograms[tuple(figure[name] for name in by)]
        figure["median"] = percentile(histogram, MEDIAN)
        figure["p90"] = percentile(histogram, HIGH)
        figure["days"] = {str(days): histogram[days] for days in sorted(histogram)}
