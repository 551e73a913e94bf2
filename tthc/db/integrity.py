"""Questions whose answer is empty as long as nobody has tampered with the ledger.

Every text is one statement over whole tables, so that the same questions serve the command line,
the night's steps (through ADBC) and the tests. `{only}` narrows them to one case.
"""

from typing import NamedTuple

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


# Events that are not the link that follows the one before. (Materialized, or the planner expects
# to stop at the first of many and walks event by event.)
BROKEN_LINKS = f"""
WITH links AS (
  SELECT e.case_id, c.code, e.seq, CASE
    WHEN e.seq <> 1 AND p.seq IS NULL THEN 'missing'
    WHEN e.hash <> sha256(coalesce(p.hash, '') || convert_to({_TEXT}, 'UTF8')) THEN 'changed'
    WHEN e.seq > c.version THEN 'beyond' END AS problem
  FROM case_events e JOIN cases c ON c.id = e.case_id
  LEFT JOIN case_events p ON p.case_id = e.case_id AND p.seq = e.seq - 1
  WHERE true {{only}}
), broken AS MATERIALIZED (SELECT * FROM links WHERE problem IS NOT NULL)
SELECT code, seq, problem FROM broken ORDER BY case_id, seq LIMIT 1"""

# A simulation that was told to leave the events of older cases out has rows without any.
_WITH_EVENTS = """NOT (c.simulated
  AND EXISTS (SELECT FROM imports i WHERE i.simulated AND i.profile = 'simulation'
    AND i.file_name LIKE '%"events_since": "%')
  AND NOT EXISTS (SELECT FROM case_events x WHERE x.case_id = c.id))"""

# Rows whose last event, by their version and head, is not there.
CUT_CASES = f"""
WITH cut AS MATERIALIZED (
  SELECT c.id, c.code, c.version AS seq FROM cases c
  LEFT JOIN case_events e ON e.case_id = c.id AND e.seq = c.version
  WHERE e.hash IS DISTINCT FROM c.head AND {_WITH_EVENTS} {{only}}
)
SELECT code, seq FROM cut ORDER BY id LIMIT 1"""

# Rows that are not the fold of their events. (Which units passed a case on is no column that an
# event decides: all that were competent once, corrected or not, and are no longer.)
_PASSED_ON = "c.passed_on_by IS DISTINCT FROM array_remove(f.competent, c.competent_unit_id)"
_WRONG = {name: _differs(name) for name in DECIDED} | {"passed_on_by": _PASSED_ON}
WRONG_ROWS = f"""
SELECT c.id, c.code, concat_ws(', ', {
    ", ".join(f"CASE WHEN {differs} THEN '{name}' END" for name, differs in _WRONG.items())
}) AS columns
FROM cases c
CROSS JOIN LATERAL (
  SELECT
    fold_changes(e.change::jsonb ORDER BY e.effective_at, e.seq) FILTER (WHERE e.seq <> ALL (ARRAY(
      SELECT x.replaces FROM case_events x WHERE x.case_id = c.id AND x.replaces IS NOT NULL))
    ) AS change,
    coalesce(array_agg(DISTINCT (e.change ->> 'competent_unit_id')::integer)
      FILTER (WHERE e.change ->> 'competent_unit_id' IS NOT NULL), '{{{{}}}}') AS competent
  FROM case_events e
  WHERE e.case_id = c.id
) AS f
CROSS JOIN LATERAL jsonb_populate_record(NULL::cases, f.change) AS r
WHERE ({" OR ".join(_WRONG.values())})
  AND {_WITH_EVENTS} {{only}}"""
FIRST_WRONG_ROW = f"""
WITH wrong AS MATERIALIZED ({WRONG_ROWS})
SELECT code, columns FROM wrong ORDER BY id LIMIT 1"""
COUNT_WRONG_ROWS = f"""
SELECT count(*) AS wrong, (array_agg(code ORDER BY id))[1] AS first
FROM ({WRONG_ROWS}) AS wrong"""

# Codes that entered and are no longer there, and rows that never entered.
GONE_CASES = """
SELECT entered.code FROM case_register, unnest(codes) AS entered (code)
LEFT JOIN cases c ON c.code = entered.code
WHERE c.id IS NULL {only_entered} ORDER BY 1 LIMIT 1"""
SMUGGLED_CASES = """
SELECT c.code FROM cases c WHERE true {only}
EXCEPT SELECT entered.code FROM case_register, unnest(codes) AS entered (code)
ORDER BY 1 LIMIT 1"""

# What was recorded on each day of [$1, $2), real cases only: how many cases and events, and a
# digest over the head of each case at the day's end. Cases go in by the thousand, so that no
# digest is made over more than the memory holds.
DAYS = f"""
SELECT day, sum(cases)::integer AS chains, sum(events)::integer AS links,
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
KEPT_DAYS = """
SELECT day, cases AS chains, events AS links, digest, head FROM ledger_days ORDER BY day"""
KEEP_DAY = """
INSERT INTO ledger_days (day, cases, events, digest, head, made_at)
VALUES ($1::date, $2::integer, $3::integer, $4::bytea, $5::bytea, $6::timestamptz)"""


class DayBook(NamedTuple):
    """The statements of a book of sealed days."""

    first: str
    days: str
    kept: str
    keep: str


LEDGER_BOOK = DayBook(FIRST_DAY, DAYS, KEPT_DAYS, KEEP_DAY)

# What was written freely in an event and is no longer as the chain seals it; an erasure, which the
# chain tells of, takes it away.
WRONG_WORDS = """
WITH wrong AS MATERIALIZED (
  SELECT e.case_id, c.code, e.seq
  FROM case_events e JOIN cases c ON c.id = e.case_id
  CROSS JOIN LATERAL json_each(e.payload) AS p
  LEFT JOIN case_words w ON w.case_id = e.case_id AND w.seq = e.seq AND w.name = p.key
  WHERE e.payload::text LIKE '%":{{"sealed":%' AND json_typeof(p.value) = 'object'
    AND p.value ->> 'sealed' IS DISTINCT FROM
      encode(sha256(decode(w.salt, 'hex') || convert_to(w.words, 'UTF8')), 'hex')
    AND (w.words IS NOT NULL OR NOT EXISTS (SELECT FROM case_events x
      WHERE x.case_id = e.case_id AND x.seq > e.seq AND x.type = 'erased')) {only}
)
SELECT code, seq FROM wrong ORDER BY case_id, seq LIMIT 1"""
COUNTS = """
SELECT (SELECT count(*) FROM cases c WHERE true {only}) AS cases,
  (SELECT count(*) FROM case_events e JOIN cases c ON c.id = e.case_id {only}) AS events"""
