"""Questions whose answer is empty as long as nobody has tampered with the traces."""

from tthc.db.integrity import ZONE, DayBook

# Traces that are not the link that follows the one before.
BROKEN_TRACES = """
WITH links AS (
  SELECT t.actor, t.seq, CASE
    WHEN t.seq <> 1 AND p.seq IS NULL THEN 'missing'
    WHEN t.hash <> trace_link(coalesce(p.hash, ''), t) THEN 'changed'
    WHEN t.seq > coalesce(h.seq, 0) THEN 'beyond' END AS problem
  FROM traces t LEFT JOIN traces p ON p.actor = t.actor AND p.seq = t.seq - 1
  LEFT JOIN trace_heads h ON h.actor = t.actor
), broken AS MATERIALIZED (SELECT * FROM links WHERE problem IS NOT NULL)
SELECT actor, seq, problem FROM broken ORDER BY actor, seq LIMIT 1"""

# Chains whose last link, by their head, is not there.
CUT_TRACES = """
WITH cut AS MATERIALIZED (
  SELECT h.actor, h.seq FROM trace_heads h
  LEFT JOIN traces t ON t.actor = h.actor AND t.seq = h.seq
  WHERE t.hash IS DISTINCT FROM h.head
)
SELECT actor, seq FROM cut ORDER BY actor LIMIT 1"""

# What was kept on each day of [$1, $2): how many actors and traces, and a digest over the head of
# each actor's chain at the day's end.
DAYS = f"""
SELECT day, count(*)::integer AS chains, sum(traces)::integer AS links,
  sha256(string_agg(convert_to(length(actor) || ':' || actor || seq || ':' || traces || ':', 'UTF8')
    || head, ''::bytea ORDER BY actor COLLATE "C")) AS digest
FROM (
  SELECT (recorded_at AT TIME ZONE {ZONE})::date AS day, actor, count(*) AS traces,
    max(seq) AS seq, (array_agg(hash ORDER BY seq DESC))[1] AS head
  FROM traces
  WHERE recorded_at >= ($1::date::timestamp AT TIME ZONE {ZONE})
    AND recorded_at < ($2::date::timestamp AT TIME ZONE {ZONE})
  GROUP BY 1, 2
) AS kept GROUP BY 1 ORDER BY 1"""
FIRST_DAY = f"SELECT (min(recorded_at) AT TIME ZONE {ZONE})::date AS day FROM traces"
KEPT_DAYS = """
SELECT day, actors AS chains, traces AS links, digest, head FROM trace_days ORDER BY day"""
KEEP_DAY = """
INSERT INTO trace_days (day, actors, traces, digest, head, made_at)
VALUES ($1::date, $2::integer, $3::integer, $4::bytea, $5::bytea, $6::timestamptz)"""
TRACE_BOOK = DayBook(FIRST_DAY, DAYS, KEPT_DAYS, KEEP_DAY)
COUNT = "SELECT count(*) FROM traces"
