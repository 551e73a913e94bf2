"""Questions whose answer is empty as long as nobody has tampered with the score sheets."""

from tthc.db.integrity import ZONE, DayBook

# Acts that are not the link that follows the one before.
BROKEN_ACTS = """
WITH links AS (
  SELECT a.rubric, a.period, a.unit_id, a.seq, CASE
    WHEN a.seq <> 1 AND p.seq IS NULL THEN 'missing'
    WHEN a.hash <> score_link(coalesce(p.hash, ''), a) THEN 'changed'
    WHEN a.seq > coalesce(s.seq, 0) THEN 'beyond' END AS problem
  FROM score_acts a LEFT JOIN score_acts p ON p.rubric = a.rubric AND p.period = a.period
    AND p.unit_id = a.unit_id AND p.seq = a.seq - 1
  LEFT JOIN score_sheets s ON s.rubric = a.rubric AND s.period = a.period AND s.unit_id = a.unit_id
), broken AS MATERIALIZED (SELECT * FROM links WHERE problem IS NOT NULL)
SELECT b.rubric, b.period, u.code AS unit, b.seq, b.problem FROM broken b
JOIN units u ON u.id = b.unit_id ORDER BY 1, 2, 3, 4 LIMIT 1"""

# Sheets whose last act, by their head, is not there.
CUT_SHEETS = """
SELECT s.rubric, s.period, u.code AS unit, s.seq FROM score_sheets s
JOIN units u ON u.id = s.unit_id
LEFT JOIN score_acts a ON a.rubric = s.rubric AND a.period = s.period
  AND a.unit_id = s.unit_id AND a.seq = s.seq
WHERE a.hash IS DISTINCT FROM s.head ORDER BY 1, 2, 3 LIMIT 1"""

# What was kept on each day of [$1, $2): how many sheets and acts, and a digest over the head of
# each sheet's chain at the day's end.
DAYS = f"""
SELECT day, count(*)::integer AS chains, sum(acts)::integer AS links,
  sha256(string_agg(convert_to(rubric || ' ' || period || ' ' || unit_id || ':' || seq || ':'
    || acts || ':', 'UTF8') || head, ''::bytea
    ORDER BY rubric COLLATE "C", period COLLATE "C", unit_id)) AS digest
FROM (
  SELECT (recorded_at AT TIME ZONE {ZONE})::date AS day, rubric, period, unit_id,
    count(*) AS acts, max(seq) AS seq, (array_agg(hash ORDER BY seq DESC))[1] AS head
  FROM score_acts
  WHERE recorded_at >= ($1::date::timestamp AT TIME ZONE {ZONE})
    AND recorded_at < ($2::date::timestamp AT TIME ZONE {ZONE})
  GROUP BY 1, 2, 3, 4
) AS kept GROUP BY 1 ORDER BY 1"""
FIRST_DAY = f"SELECT (min(recorded_at) AT TIME ZONE {ZONE})::date AS day FROM score_acts"
KEPT_DAYS = """
SELECT day, sheets AS chains, acts AS links, digest, head FROM score_days ORDER BY day"""
KEEP_DAY = """
INSERT INTO score_days (day, sheets, acts, digest, head, made_at)
VALUES ($1::date, $2::integer, $3::integer, $4::bytea, $5::bytea, $6::timestamptz)"""
SCORE_BOOK = DayBook(FIRST_DAY, DAYS, KEPT_DAYS, KEEP_DAY)
