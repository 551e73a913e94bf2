"""Counts of procedures, not of cases: those in force at a cut-off, offered online, used, cut."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from tthc import clock
from tthc.db.facts import Knowledge, facts_sql
from tthc.domain.access import Scope
from tthc.domain.errors import InputError
from tthc.domain.period import Period
from tthc.rules import predicates
from tthc.rules.definitions import Definition

# dimension → the join that it needs, its value; a procedure of several levels counts in each
_LOOKUPS = {
    "level": ("CROSS JOIN LATERAL unnest(p.levels) AS l(level)", "l.level"),
    "sector": ("JOIN sectors s ON s.id = p.sector_id", "s.name"),
    "procedure": ("", "p.code"),
}
_VALID = (
    "({0}.valid_from IS NULL OR {0}.valid_from <= {on}) "
    "AND ({0}.valid_to IS NULL OR {0}.valid_to > {on})"
)
# A commitment is compared with the law's term of the same kind of case, level and channel, where
# both are confirmed and in one unit; of several the greatest cut is the procedure's.
_PROCEDURES = """
  SELECT p.id, p.code, p.sector_id, p.levels, TRUE AS in_force,
    EXISTS (SELECT FROM online_levels o WHERE o.procedure_code = p.code AND {online}) AS offered,
    EXISTS (SELECT FROM used u WHERE u.procedure_id = p.id) AS used,
    t.cut IS NOT NULL AS comparable, coalesce(t.cut > 0, FALSE) AS cut, t.cut AS percent
  FROM procedures p LEFT JOIN LATERAL (
    SELECT max(100 * (s.amount - c.amount) / s.amount) AS cut
    FROM terms c JOIN terms s ON s.procedure_code = c.procedure_code AND s.unit = c.unit
      AND s.case_kind IS NOT DISTINCT FROM c.case_kind
      AND coalesce(s.level, c.level, '') = coalesce(c.level, s.level, '')
      AND coalesce(s.channel, c.channel, '') = coalesce(c.channel, s.channel, '')
    WHERE c.procedure_code = p.code AND c.basis = 'committed' AND s.basis = 'statutory'
      AND c.confirmed AND s.confirmed AND s.amount > 0 AND {committed} AND {statutory}
  ) AS t ON TRUE
  WHERE NOT p.imported AND {valid}"""


async def count_procedures(
    scope: Scope,
    connection: AsyncConnection,
    definition: Definition,
    period: Period,
    knowledge: Knowledge,
    by: Sequence[str] = (),
) -> list[dict[str, Any]]:
    """Rows of dimensions with `denominator`, `numerator` and `cut_percents`, the sum of the cuts.

    Raises InputError for a dimension that procedures don't have.
    """
    for name in by:
        if name not in _LOOKUPS:
            raise InputError(
                f"“{definition.title}” đếm thủ tục, không chia được theo “{name}”; "
                f"chọn trong: {', '.join(_LOOKUPS)}."
            )
    cut = predicates.Cut(knowledge.as_of, period)
    on = f"DATE '{clock.local_date(cut.last)}'"
    valid = {
        name: _VALID.format(table, on=on)
        for name, table in (
            *(("valid", "p"), ("online", "o")),
            *(("committed", "c"), ("statutory", "s")),
        )
    }
    online = predicates.predicate("online_received_in")
    facts = facts_sql(
        scope,
        ["procedure_id", *sorted(online.columns)],
        knowledge,
        active_since=period.start,
        axis=definition.axis,
    )
    lookups = [_LOOKUPS[name] for name in by]
    values = [f"{value} AS {name}" for name, (_, value) in zip(by, lookups, strict=True)]
    both = f"p.{definition.population} AND p.{definition.counted}"
    counts = [
        f"count(*) FILTER (WHERE p.{definition.population}) AS denominator",
        f"count(*) FILTER (WHERE {both}) AS numerator",
        "coalesce(sum(p.percent) FILTER (WHERE p.cut), 0) AS cut_percents",
    ]
    order = ", ".join(str(number) for number in range(1, len(by) + 1))
    sql = (
        f"WITH used AS MATERIALIZED (SELECT DISTINCT procedure_id FROM ({facts}) AS f "
        f"WHERE {cut.bind(online.text)}) "
        f"SELECT {', '.join(values + counts)} FROM ({_PROCEDURES.format(**valid)}) AS p "
        + " ".join(join for join, _ in lookups)
        + (f" GROUP BY {order} ORDER BY {order}" if by else "")
    )
    rows = (await connection.exec_driver_sql(sql)).mappings()
    return [dict(row) for row in rows if not by or row["denominator"]]
