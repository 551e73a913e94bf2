"""Who reads scores that were kept, and who counts a unit's letters.

Scores are there for the units of the reader and of who reads a whole world; an appraiser reads all
of the world but never those of their own unit, nor of what it inherited. Nights alone keep scores.
"""

from alembic import op

revision = "0023"
down_revision = "0022"

# as in 0015, and what an appraiser has no part in
OPEN_SCOPE = """
CREATE OR REPLACE FUNCTION open_scope(name text, role text, world boolean, unit integer,
  at timestamptz) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  today date := (at AT TIME ZONE 'Asia/Ho_Chi_Minh')::date;
  reach record;
  note text;
BEGIN
  SELECT * INTO reach FROM units_of(role, world, unit, today);
  note := ARRAY[
    CASE WHEN role IN ('clerk', 'officer', 'leader') THEN 'write'
      WHEN role = 'program' THEN 'write portal'
      WHEN role = 'appraiser' THEN 'appraise'
      WHEN role = 'auditor' THEN 'traces' ELSE '' END,
    world::text, name, reach.seen::text, NULL,  -- the one case of a look-up
    CASE WHEN role = 'appraiser' THEN (
      CASE WHEN unit IS NULL THEN '{}' ELSE reach_of(unit, false, today) || unit END)::text
    END]::text;
  PERFORM set_config('tthc.reader', note, true), set_config('tthc.seal', seal_of(note), true);
END $$;
"""
APPRAISING = """
-- The world whose scores an appraiser reads; NULL for others.
CREATE FUNCTION appraised_world() RETURNS boolean
LANGUAGE plpgsql STABLE PARALLEL RESTRICTED SECURITY DEFINER
SET search_path = public, pg_temp AS $$
DECLARE
  note text[] := reader();
BEGIN RETURN CASE WHEN note[1] = 'appraise' THEN note[2]::boolean END; END $$;

CREATE FUNCTION appraisers_units() RETURNS integer[]  -- their own, never theirs to appraise
LANGUAGE plpgsql STABLE PARALLEL RESTRICTED SECURITY DEFINER
SET search_path = public, pg_temp AS $$
BEGIN RETURN (reader())[6]::integer[]; END $$;
"""
POLICIES = """
CREATE POLICY read ON scores FOR SELECT TO tthc_app USING (
  unit_id = ANY ((SELECT reader_units())::integer[])
  OR simulated = (SELECT reader_world())
  OR (simulated = (SELECT appraised_world())
    AND unit_id <> ALL ((SELECT appraisers_units())::integer[])));
CREATE POLICY whole ON scores TO tthc_night USING (true) WITH CHECK (true);
ALTER TABLE scores ENABLE ROW LEVEL SECURITY;
REVOKE INSERT ON scores FROM tthc_app;
REVOKE ALL ON SEQUENCE scores_id_seq FROM tthc_app;
GRANT INSERT ON scores TO tthc_night;
GRANT USAGE ON SEQUENCE scores_id_seq TO tthc_night;

CREATE POLICY counted ON letter_numbers TO tthc_app
  USING (unit_id = ANY ((SELECT reader_units())::integer[]) OR EXISTS (
    SELECT FROM units u WHERE u.id = unit_id AND u.simulated = (SELECT reader_world())))
  WITH CHECK ((SELECT reader_may('write')) AND (
    unit_id = ANY ((SELECT reader_units())::integer[]) OR EXISTS (
    SELECT FROM units u WHERE u.id = unit_id AND u.simulated = (SELECT reader_world()))));
CREATE POLICY whole ON letter_numbers TO tthc_night USING (true) WITH CHECK (true);
ALTER TABLE letter_numbers ENABLE ROW LEVEL SECURITY;

REVOKE INSERT, UPDATE ON form_papers FROM tthc_app;
GRANT INSERT, UPDATE ON form_papers TO tthc_night;
"""


def upgrade() -> None:
    for statement in (OPEN_SCOPE, APPRAISING, POLICIES):
        op.execute(statement)
