"""Facts of a case that its acts tell besides the row they fold to: what signals look at.

Each is joined to the facts only where a condition asks for it, case by case, so that nothing else
pays for it.
"""

import json
from collections.abc import Collection
from datetime import date

from tthc import clock
from tthc.domain.access import Scope
from tthc.domain.hours import week_table
from tthc.rules.calendars import calendar
from tthc.rules.predicates import Cut
from tthc.rules.signals import threshold

ZONE = "'Asia/Ho_Chi_Minh'"
OF_ACTS = ("result_recorded_days", "suspensions", "late_suspensions", "due_corrections")
TOGETHER, HOURS = "results_together", "result_hours"
ACT_FACTS = (*OF_ACTS, TOGETHER, HOURS)

# A suspension counts against the due date that was in force when it began. What a file claims is
# recorded late by nature, so events of an import tell nothing of when a result was recorded.
_ACTS = f"""
  SELECT
    (min(a.recorded_at) FILTER (WHERE a.import_id IS NULL AND a.resolved) AT TIME ZONE {ZONE})::date
      - ({{row}}.resolved_at AT TIME ZONE {ZONE})::date AS result_recorded_days,
    (count(*) FILTER (WHERE a.suspends))::integer AS suspensions,
    (count(*) FILTER (WHERE a.suspends AND (a.effective_at AT TIME ZONE {ZONE})::date
      >= ((a.dues[cardinality(a.dues)]::timestamptz - INTERVAL '1 microsecond')
        AT TIME ZONE {ZONE})::date))::integer AS late_suspensions,
    (count(*) FILTER (WHERE a.corrects))::integer AS due_corrections
  FROM (
    SELECT e.recorded_at, e.effective_at, e.import_id,
      e.change ->> 'resolved_at' IS NOT NULL AS resolved,
      e.in_force AND e.change ->> 'suspended_at' IS NOT NULL
        AND e.change ->> 'state' IN ('5', '6') AS suspends,
      array_agg(e.change ->> 'due_at') FILTER (WHERE e.in_force
        AND e.change ->> 'due_at' IS NOT NULL) OVER (ORDER BY e.effective_at, e.seq
        ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS dues,
      EXISTS (SELECT FROM case_events w WHERE w.case_id = e.case_id AND w.seq = e.replaces
        AND w.change ->> 'received_at' IS NOT NULL AND w.change ->> 'due_at' IS NOT NULL
        AND (w.change ->> 'due_at')::timestamptz IS DISTINCT FROM
          (e.change ->> 'due_at')::timestamptz) AS corrects
    FROM (
      SELECT e.*, e.seq <> ALL (coalesce(e.replaced, '{{{{}}}}')) AS in_force
      FROM (
        SELECT e.*, array_agg(e.replaces) FILTER (WHERE e.replaces IS NOT NULL) OVER () AS replaced
        FROM case_events e WHERE e.case_id = {{row}}.id AND e.recorded_at <= {{known}}
      ) AS e
      WHERE e.effective_at <= {{as_of}}
    ) AS e
  ) AS a"""
# A day's hours are the same for all of a unit's cases: asked once for each of them.
_DAYS = """
  LEFT JOIN (SELECT d.unit, d.day, h.slots
    FROM (SELECT DISTINCT competent_unit_id AS unit, resolved_on AS day FROM cases
      WHERE resolved_on IS NOT NULL AND {current}) AS d,
    LATERAL office_hours_on(d.unit, d.day, '{usual}'::jsonb) AS h
  ) AS of_day ON of_day.unit = cases.competent_unit_id AND of_day.day = cases.resolved_on"""
_DAY = f"""
  LEFT JOIN LATERAL office_hours_on(folded.competent_unit_id,
    (folded.resolved_at AT TIME ZONE {ZONE})::date, '{{usual}}'::jsonb) AS of_day ON true"""
WITHIN = f"""EXISTS (SELECT FROM jsonb_array_elements(of_day.slots) AS s
      WHERE ({{at}} AT TIME ZONE {ZONE})::time::interval
        BETWEEN (s ->> 0)::interval AND (s ->> 1)::interval)"""
_HOURS = f"""
  LEFT JOIN LATERAL (SELECT CASE
    WHEN of_day.slots IS NULL OR {{row}}.resolved_at IS NULL OR ({{row}}.imported
      AND ({{row}}.resolved_at AT TIME ZONE {ZONE})::time = TIME '00:00') THEN 'unknown'
    WHEN {WITHIN.format(at="{row}.resolved_at")} THEN 'inside'
    ELSE 'outside' END AS result_hours) AS of_hours ON true"""

# Results that one person recorded for one unit, each soon after the one before. What a file claims
# goes by the instants that it claims; a date without a time of day tells nothing.
_TOGETHER = f"""
  SELECT case_id, (count(*) OVER (PARTITION BY unit, who, burst))::integer AS results_together
  FROM (
    SELECT *, count(*) FILTER (WHERE before IS NULL OR at > before + {{gap}})
      OVER (PARTITION BY unit, who ORDER BY at, case_id) AS burst
    FROM (
      SELECT *, lag(at) OVER (PARTITION BY unit, who ORDER BY at, case_id) AS before
      FROM (
        SELECT e.case_id, c.competent_unit_id AS unit, coalesce(c.officer, e.actor) AS who,
          min(e.recorded_at) AS at
        FROM case_events e JOIN cases c ON c.id = e.case_id
        WHERE {{world}} AND e.import_id IS NULL AND e.type = 'resolved'
          AND e.recorded_at >= {{since}} AND e.recorded_at <= {{known}}
          AND e.effective_at <= {{as_of}}
        GROUP BY 1, 2, 3
        UNION ALL
        SELECT c.id, c.competent_unit_id, c.officer, c.resolved_at
        FROM cases c
        WHERE {{world}} AND c.imported AND c.officer IS NOT NULL
          AND c.active_until >= ({{since}} AT TIME ZONE {ZONE})::date
          AND c.settled_on >= ({{since}} AT TIME ZONE {ZONE})::date
          AND c.resolved_at <= {{as_of}}
          AND (c.resolved_at AT TIME ZONE {ZONE})::time <> TIME '00:00'
          AND NOT EXISTS (SELECT FROM case_events e WHERE e.case_id = c.id
            AND e.type = 'resolved' AND e.import_id IS NULL)
      ) AS results
    ) AS spaced
  ) AS grouped"""


def act_joins(
    columns: Collection[str],
    row: str,
    scope: Scope,
    cut: Cut,
    known: str,
    active_since: date | None,
    current: str,
) -> str:
    """The joins that these columns need over `row`: rows of `cases` that meet `current`, or
    `folded` ones.
    """
    as_of = cut.bind(":as_of")
    found = ""
    if any(name in columns for name in OF_ACTS):
        acts = _ACTS.format(row=row, known=known, as_of=as_of)
        found += f" LEFT JOIN LATERAL ({acts}) AS of_acts ON true"
    if TOGETHER in columns:
        on = clock.local_date(cut.as_of)
        together = _TOGETHER.format(
            gap=f"INTERVAL '{threshold('together_seconds', on).value} second'",
            world=f"c.simulated = {str(scope.simulated).lower()}",
            since=f"TIMESTAMPTZ '{clock.start_of(active_since or date(1900, 1, 1)).isoformat()}'",
            known=known,
            as_of=as_of,
        )
        found += f" LEFT JOIN ({together}) AS of_together ON of_together.case_id = {row}.id"
    if HOURS in columns:
        usual = json.dumps(week_table(calendar().week))
        of_day = _DAYS if row == "cases" else _DAY
        found += of_day.format(current=current, usual=usual) + _HOURS.format(row=row)
    return found
