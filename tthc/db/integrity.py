"""Questions whose answer is empty as long as nobody has tampered with the ledger.

Every text is one statement over whole tables, so that the same questions serve the command line,
the night's steps (through ADBC) and the tests. `{only}` narrows them to one case.
"""

from tthc.domain.case import DECIDED

ZONE = "'Asia/Ho_Chi_Minh'"


def _sealed(*fields: str) -> str:
    return " || ".join(f"length({field}) || ':' || {field}" for field in fields)


def _micros(column: str) -> str:
    return f"(extract(epoch FROM e.{column}) * 1000000)::bigint::text"


# tthc.domain.events.sealed_text, in SQL
_TEXT = _sealed(
    "c.code",
    "e.seq::text",
    "e.type",
    *(_micros(name) for name in ("occurred_at", "effective_at", "recorded_at")),
    "e.actor",
    "coalesce(e.replaces::text, '')",
    "coalesce(e.payload::text, '')",
    "e.change::text",
)
# what a row holds where its events say nothing
_DEFAULTS = {
    "supplements": "0",
    "e_result": "'unknown'",
    "intake_late": "false",
    "handover_late": "false",
}


def _folded(name: str) -> str:
    return f"coalesce(r.{name}, {_DEFAULTS[name]})" if name in _DEFAULTS else f"r.{name}"


def _differs(name: str) -> str:
    return f"c.{name} IS DISTINCT FROM {_folded(name)}"


# Events that are not the next link of their case's chain, and rows that don't end with it.
BROKEN_LINKS = f"""
SELECT code, seq, problem FROM (
  SELECT case_id, code, seq, CASE
    WHEN seq <> place THEN 'missing'
    WHEN hash <> sha256(before || convert_to(sealed, 'UTF8')) THEN 'changed'
    WHEN last AND (version <> seq OR head <> hash) THEN 'tail' END AS problem
  FROM (
    SELECT e.case_id, c.code, e.seq, e.hash, c.version, c.head, {_TEXT} AS sealed,
      lag(e.hash, 1, ''::bytea) OVER w AS before,
      row_number() OVER w AS place,
      lead(e.seq) OVER w IS NULL AS last
    FROM case_events e JOIN cases c ON c.id = e.case_id {{only}}
    WINDOW w AS (PARTITION BY e.case_id ORDER BY e.seq)
  ) AS links
) AS judged
WHERE problem IS NOT NULL ORDER BY case_id, seq LIMIT 1"""

# Rows without any event.
EMPTY_CASES = """
SELECT c.code FROM cases c
WHERE NOT EXISTS (SELECT FROM case_events e WHERE e.case_id = c.id) {only}
ORDER BY c.id LIMIT 1"""

# Rows that are not the fold of their events.
WRONG_ROWS = f"""
SELECT c.id, c.code, concat_ws(', ', {
    ", ".join(f"CASE WHEN {_differs(name)} THEN '{name}' END" for name in DECIDED)
}) AS columns
FROM cases c
JOIN (
  SELECT e.case_id, fold_changes(e.change::jsonb ORDER BY e.effective_at, e.seq) AS change
  FROM case_events e
  WHERE NOT EXISTS (SELECT FROM case_events x WHERE x.case_id = e.case_id AND x.replaces = e.seq)
    {{only_events}}
  GROUP BY e.case_id
) AS f ON f.case_id = c.id
CROSS JOIN LATERAL jsonb_populate_record(NULL::cases, f.change) AS r
WHERE ({" OR ".join(_differs(name) for name in DECIDED)}) {{only}}"""
FIRST_WRONG_ROW = f"SELECT code, columns FROM ({WRONG_ROWS}) AS wrong ORDER BY id LIMIT 1"
COUNT_WRONG_ROWS = f"""
SELECT count(*) AS wrong, (array_agg(code ORDER BY id))[1] AS first,
  (SELECT count(*) FROM cases c WHERE true {{only}}) AS rows
FROM ({WRONG_ROWS}) AS wrong"""

# Codes that entered and are no longer there, and rows that never entered.
GONE_CASES = """
SELECT entered.code FROM (SELECT unnest(codes) AS code FROM case_register) AS entered
WHERE NOT EXISTS (SELECT FROM cases c WHERE c.code = entered.code) {only_entered}
ORDER BY 1 LIMIT 1"""
SMUGGLED_CASES = """
SELECT c.code FROM cases c
WHERE NOT EXISTS (
  SELECT FROM (SELECT unnest(codes) AS code FROM case_register) AS entered
  WHERE entered.code = c.code
) {only} ORDER BY c.id LIMIT 1"""

# What was recorded on each day of [$1, $2), real cases only: how many cases and events, and a
# digest over the head of each case at the day's end. Cases go in by the thousand, so that no
# digest is made over more than the memory holds.
DAYS = f"""
SELECT day, sum(cases)::integer AS cases, sum(events)::integer AS events,
  sha256(string_agg(digest, ''::bytea ORDER BY bucket)) AS digest
FROM (
  SELECT day, case_id / 1000 AS bucket, count(*) AS cases, sum(events) AS events,
    sha256(string_agg(convert_to(length(code) || ':' || code || seq || ':' || events || ':', 'UTF8')
      || head, ''::bytea ORDER BY case_id)) AS digest
  FROM (
    SELECT (e.recorded_at AT TIME ZONE {ZONE})::date AS day, e.case_id, c.code,
      count(*) AS events, max(e.seq) AS seq, (array_agg(e.hash ORDER BY e.seq DESC))[1] AS head
    FROM case_events e JOIN cases c ON c.id = e.case_id
    WHERE NOT c.simulated
      AND e.recorded_at >= ($1::date::timestamp AT TIME ZONE {ZONE})
      AND e.recorded_at < ($2::date::timestamp AT TIME ZONE {ZONE})
    GROUP BY 1, 2, 3
  ) AS touched GROUP BY 1, 2
) AS buckets GROUP BY 1 ORDER BY 1"""
FIRST_DAY = f"""
SELECT (min(e.recorded_at) AT TIME ZONE {ZONE})::date AS day
FROM case_events e JOIN cases c ON c.id = e.case_id WHERE NOT c.simulated"""
KEPT_DAYS = "SELECT day, cases, events, digest, head FROM ledger_days ORDER BY day"
KEEP_DAY = """
INSERT INTO ledger_days (day, cases, events, digest, head, made_at)
VALUES ($1::date, $2::integer, $3::integer, $4::bytea, $5::bytea, $6::timestamptz)"""
COUNTS = """
SELECT (SELECT count(*) FROM cases c WHERE true {only}) AS cases,
  (SELECT count(*) FROM case_events e JOIN cases c ON c.id = e.case_id {only}) AS events"""
