"""What would change a score: chosen cases that go otherwise, other thresholds, the period's end."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from tthc.db.facts import facts_sql
from tthc.db.queries.measures import Supposed, count_measures
from tthc.db.queries.units import narrow_to_unit
from tthc.domain.access import Scope
from tthc.domain.errors import InputError, NotFoundError
from tthc.domain.period import Period
from tthc.domain.scoring.given import Count, Given
from tthc.domain.scoring.total import total
from tthc.domain.scoring.wording import rounded, short
from tthc.rules.definitions import definition
from tthc.rules.predicates import Cut as Bounds
from tthc.rules.rubrics import rubric as rubric_by_name
from tthc.service.score_document import as_number, describe_rubric
from tthc.service.score_question import Asked, Cut
from tthc.service.scores import score_one
from tthc.service.scoring import UnitScore, score_leaves
from tthc.service.suppositions import (
    CHANGES,
    all_in_time,
    all_late,
    chosen_cases,
    last_instant,
    with_thresholds,
)

RATE = "on_time/due"  # how often what fell due so far was met
METHOD = (
    "Chỉ tính hồ sơ đang trong hạn sẽ đến hạn trước khi hết kỳ. Thấp: tất cả đều quá hạn, hồ sơ "
    "đang quá hạn cũng xong trong kỳ; cao: tất cả đều xong trong hạn; giữa: theo tỷ lệ đúng hạn "
    "của số đã đến hạn từ đầu kỳ ({rate}). Không tính hồ sơ sẽ tiếp nhận thêm, hồ sơ đang tạm "
    "dừng; số liệu của đơn vị khác giữ nguyên."
)


@dataclass(frozen=True, slots=True)
class WhatIf:
    """What is supposed: of which cases what (a name of CHANGES), and which other thresholds."""

    cases: tuple[str, ...] = ()
    change: str | None = None
    thresholds: Mapping[str, Mapping[str, Decimal]] = field(default_factory=dict)


async def suppose(
    connection: AsyncConnection,
    scope: Scope,
    rubric: str,
    period: Period,
    unit: str | None,
    what: WhatIf,
    cut: Cut | None = None,
) -> dict[str, Any]:
    """A score as it is and as it would be. Changes nothing.

    Raises InputError for an unknown or half-said change or a threshold that can't be,
    NotFoundError for a case out of sight.
    """
    asked = Asked(scope, rubric_by_name(rubric), period, (cut or Cut()).knowledge(period))
    if bool(what.change) != bool(what.cases):
        raise InputError(f"Hãy nêu cả hồ sơ lẫn điều giả định về chúng: {', '.join(CHANGES)}.")
    before = await score_one(connection, asked, unit)
    other = replace(
        asked,
        rubric=with_thresholds(asked.rubric, {k: dict(v) for k, v in what.thresholds.items()}),
    )
    supposed = None
    if what.change is not None and what.cases:
        await _check_cases(connection, asked, what.cases)
        chosen = chosen_cases(what.change, Bounds(asked.knowledge.as_of, period))
        supposed = Supposed([chosen], what.cases)
    after = await score_one(connection, other, unit, supposed)
    return {
        **_heading(asked, unit),
        "supposed": CHANGES[what.change][0] if what.change else None,
        "cases": len(what.cases),
        "before": _sum(before),
        "after": _sum(after),
        "criteria": [
            {
                "code": code,
                "before": _points(asked, before, code),
                "after": _points(asked, after, code),
            }
            for code in before.outcomes
        ],
    }


async def forecast(
    connection: AsyncConnection,
    scope: Scope,
    rubric: str,
    period: Period,
    unit: str | None,
    cut: Cut | None = None,
) -> dict[str, Any]:
    """The score at the period's end, low, expected and high, from what is open and due."""
    asked = Asked(scope, rubric_by_name(rubric), period, (cut or Cut()).knowledge(period))
    bounds = Bounds(asked.knowledge.as_of, period)
    end = last_instant(period)
    now = await score_one(connection, asked, unit)
    worst = await score_one(connection, asked, unit, Supposed(all_late(bounds, period), (), end))
    best = await score_one(connection, asked, unit, Supposed(all_in_time(bounds), (), end))
    rate = await _rate(connection, asked, unit)
    middle = None if rate is None else _between(asked, worst, best, rate)
    said = "chưa có hồ sơ nào đến hạn" if rate is None else f"{short(rate.percent)} %"
    leaves = []
    for code in now.outcomes:
        found = [_exact(one, code) for one in (worst, middle, best)]
        ends = sorted(each for each in (found[0], found[2]) if each is not None)
        leaves.append(
            {
                "code": code,
                "now": _points(asked, now, code),
                "low": _number(asked, ends[0] if ends else None),
                "expected": _number(asked, found[1]),
                "high": _number(asked, ends[-1] if ends else None),
            }
        )
    low, high = sorted((worst.total.points, best.total.points))
    return {
        **_heading(asked, unit),
        "now": _sum(now),
        "low": as_number(low),
        "expected": as_number(middle.total.points) if middle else None,
        "high": as_number(high),
        "method": METHOD.format(rate=said),
        "criteria": leaves,
    }


def _heading(asked: Asked, unit: str | None) -> dict[str, Any]:
    return {
        "rubric": describe_rubric(asked.rubric),
        "period": asked.period.name,
        "unit": unit,
        "as_of": asked.knowledge.as_of.isoformat(),
        "known_at": asked.knowledge.known_at.isoformat(),
    }


def _sum(scored: UnitScore) -> dict[str, Any]:
    return {
        "points": as_number(scored.total.points) if scored.total.scored_most else None,
        "max": as_number(scored.total.most),
        "scored_max": as_number(scored.total.scored_most),
        "missing": list(scored.total.missing),
    }


def _exact(scored: UnitScore | None, code: str) -> Decimal | None:
    return scored.outcomes[code].points if scored else None


def _points(asked: Asked, scored: UnitScore, code: str) -> int | float | None:
    return _number(asked, _exact(scored, code))


def _number(asked: Asked, points: Decimal | None) -> int | float | None:
    return None if points is None else as_number(rounded(points, asked.rubric.decimals))


async def _check_cases(connection: AsyncConnection, asked: Asked, cases: tuple[str, ...]) -> None:
    """Refuse cases that the reader cannot see at the cut-off."""
    facts = facts_sql(asked.scope, ["code"], asked.knowledge)
    sql = f"SELECT f.code FROM ({facts}) AS f WHERE f.code = ANY ($1::text[])"  # noqa: S608  # typed literals
    rows = await connection.exec_driver_sql(sql, (list(cases),))
    unseen = set(cases) - {row.code for row in rows}
    if unseen:
        raise NotFoundError(
            f"Không thấy hồ sơ {', '.join(sorted(unseen))} tại thời điểm tính: hãy kiểm tra mã."
        )


async def _rate(connection: AsyncConnection, asked: Asked, unit: str | None) -> Count | None:
    """Of the unit's cases that fell due in the period so far, how many were met."""
    scope = await narrow_to_unit(asked.scope, connection, unit, asked.on)
    rows = await count_measures(
        scope, connection, [definition(RATE)], asked.period, asked.knowledge
    )
    due = sum(row["denominator_0"] for row in rows)
    return Count(sum(row["numerator_0"] for row in rows), due) if due else None


def _between(asked: Asked, worst: UnitScore, best: UnitScore, rate: Count) -> UnitScore:
    """The score where that share of what is due goes as well as it can."""

    def mixed(low: Count, high: Count) -> Count:
        return Count(
            _share(low.numerator, high.numerator, rate),
            _share(low.denominator, high.denominator, rate),
            low.reason or high.reason,
        )

    given = Given(
        {name: mixed(low, best.given.figures[name]) for name, low in worst.given.figures.items()},
        best.given.peers,
        {
            name: {
                part: mixed(parts.get(part, NOTHING), high.get(part, NOTHING))
                for part in {*parts, *high}
            }
            for name, parts in worst.given.parts.items()
            for high in [best.given.parts.get(name, {})]
        },
        end=asked.period.end,
    )
    outcomes = score_leaves(asked.rubric, best.level, given, best.entered)
    return replace(best, given=given, outcomes=outcomes, total=total(asked.rubric, outcomes))


NOTHING = Count(0, 0)


def _share(low: int, high: int, rate: Count) -> int:
    """So far from one count to another, in whole cases."""
    step = Decimal((high - low) * rate.numerator) / rate.denominator
    return low + int(step.quantize(Decimal(1), rounding=ROUND_HALF_UP))
