"""An appraiser appraises the blocks that they were given, in their own province.

Kept and published scores say their block themselves. An act on a sheet doesn't: there a unit counts
as of every block that it was ever in, as the database knows no periods (the service does).
Whoever appraised until now has no block until an administrator gives one.
"""

from alembic import op

revision = "0035"
down_revision = "0034"

TABLES = """
ALTER TABLE accounts ADD COLUMN blocks text[] NOT NULL DEFAULT '{}';
ALTER TABLE accounts ADD CONSTRAINT accounts_blocks CHECK (blocks = '{}' OR role = 'appraiser');
GRANT UPDATE (blocks) ON accounts TO tthc_night;

-- what a block holds by nature: rules/blocks.toml, loaded with the reference data
CREATE TABLE block_kinds (
  block  text NOT NULL,
  level  text NOT NULL,
  kind   text NOT NULL,
  PRIMARY KEY (block, level, kind)
);
GRANT SELECT ON block_kinds TO tthc_app;
"""
FUNCTIONS = """
CREATE FUNCTION appraisal_of(given text, on_day date, OUT blocks text[], OUT root_ids integer[])
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT a.blocks, (
    SELECT reach_of(coalesce(u.root_id, u.id), false, on_day) || coalesce(u.root_id, u.id)
    FROM units u WHERE u.id = a.unit_id)
  FROM accounts a WHERE a.login = given AND a.role = 'appraiser'
$$;

CREATE FUNCTION blocks_of(which integer) RETURNS SETOF text  -- at any time
LANGUAGE sql STABLE BEGIN ATOMIC  -- bound to these tables, whatever the caller's search path
  SELECT b.block FROM unit_blocks b WHERE b.unit_id = which
  UNION
  SELECT k.block FROM units u JOIN block_kinds k ON k.level = u.level AND k.kind = u.kind
  WHERE u.id = which AND NOT (u.kind = 'imported' AND coalesce(u.root_id, u.id) = u.id);
END;

CREATE FUNCTION appraisers_blocks() RETURNS text[]
LANGUAGE sql STABLE PARALLEL RESTRICTED RETURN (reader())[8]::text[];
CREATE FUNCTION appraisers_roots() RETURNS integer[]  -- NULL: of every province
LANGUAGE sql STABLE PARALLEL RESTRICTED RETURN (reader())[9]::integer[];
"""

# As in 0031, with an appraiser's blocks and the provinces in which they are theirs.
OPEN_SCOPE = """
CREATE OR REPLACE FUNCTION open_scope(name text, role text, world boolean, unit integer,
  at timestamptz) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  today date := (at AT TIME ZONE 'Asia/Ho_Chi_Minh')::date;
  reach record;
  spans int4multirange;
  appraisal record;
  note text[];
BEGIN
  SELECT * INTO reach FROM units_of(role, world, unit, today);
  SELECT r.spans INTO spans FROM reaches r
  WHERE r.unit_id = unit AND r.day = today AND r.unit_ids = reach.seen LIMIT 1;
  IF NOT FOUND THEN
    spans := spans_of(reach.seen);
  END IF;
  note := ARRAY[
    CASE WHEN role IN ('clerk', 'officer', 'leader') THEN 'write'
      WHEN role = 'program' THEN 'write portal'
      WHEN role = 'appraiser' THEN 'appraise'
      WHEN role = 'auditor' THEN 'traces' ELSE '' END,
    world::text, name, spans::text, NULL,  -- the one case of a look-up
    CASE WHEN role = 'appraiser' THEN reach.own::text END,
    CASE WHEN spans IS NULL THEN world::text END];
  IF role = 'appraiser' THEN
    SELECT * INTO appraisal FROM appraisal_of(name, today);
    note := note || ARRAY[coalesce(appraisal.blocks, '{}')::text, appraisal.root_ids::text];
  END IF;
  PERFORM set_config('tthc.reader', note::text, true),
    set_config('tthc.seal', seal_of(note::text), true);
END $$;
"""
NOBODYS = "(SELECT appraised_world()) IS NULL"
THEIRS = "= ANY ((SELECT appraisers_blocks())::text[])"
IN_PROVINCE = """((SELECT appraisers_roots()) IS NULL OR EXISTS (
  SELECT FROM units u WHERE u.id = unit_id AND (coalesce(u.root_id, u.id) = u.id
    OR u.root_id = ANY ((SELECT appraisers_roots())::integer[]))))"""
# restrictive: beside whatever else lets a row be seen or written
POLICIES = f"""
CREATE POLICY of_blocks ON scores AS RESTRICTIVE TO tthc_app
  USING ({NOBODYS} OR (block {THEIRS} AND {IN_PROVINCE}));
CREATE POLICY of_blocks ON published_scores AS RESTRICTIVE TO tthc_app
  USING ({NOBODYS} OR (block {THEIRS} AND {IN_PROVINCE}));
CREATE POLICY of_blocks ON score_acts AS RESTRICTIVE TO tthc_app
  USING ({NOBODYS} OR kind IN ('published', 'restated')
    OR (EXISTS (SELECT FROM blocks_of(unit_id) AS b WHERE b {THEIRS}) AND {IN_PROVINCE}));
"""


def upgrade() -> None:
    for statement in (TABLES, FUNCTIONS, OPEN_SCOPE, POLICIES):
        op.execute(statement)
