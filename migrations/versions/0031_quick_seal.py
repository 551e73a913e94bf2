"""The reader's note is looked at in a fifth of the time, and says units as ranges.

Every policy asks `reader()`, several times a statement. It no longer sets a search path for itself,
which took longer than the seal: each name in it is written with its schema, each operator too, so
that no path of the caller's means anything. What policies ask is SQL that the planner puts in their
place. Units are noted as ranges of their ids (ADR 0052): a province's hundreds are some ten.
"""

from alembic import op

revision = "0031"
down_revision = "0030"

READER = """
CREATE OR REPLACE FUNCTION seal_of(note text) RETURNS text
LANGUAGE plpgsql STABLE PARALLEL RESTRICTED AS $$
DECLARE
  key pg_catalog.bytea := (SELECT secret FROM public.reader_secret);
BEGIN
  RETURN pg_catalog.encode(pg_catalog.sha256(key OPERATOR(pg_catalog.||)
    pg_catalog.sha256(key OPERATOR(pg_catalog.||) pg_catalog.convert_to(
      pg_catalog.concat_ws(' ', pg_catalog.pg_backend_pid(),
        extract(epoch FROM pg_catalog.transaction_timestamp()), note), 'UTF8'))), 'hex');
END $$;

-- The parts of a true note: rights, world, name, units, the one case of a look-up, an appraiser's
-- own units, the world of who sees all of it; NULL where nobody has entered.
CREATE OR REPLACE FUNCTION reader() RETURNS text[]
LANGUAGE plpgsql STABLE PARALLEL RESTRICTED SECURITY DEFINER AS $$
DECLARE
  note pg_catalog.text := pg_catalog.current_setting('tthc.reader', true);
BEGIN
  IF note OPERATOR(pg_catalog.<>) ''
    AND pg_catalog.current_setting('tthc.seal', true) OPERATOR(pg_catalog.=) public.seal_of(note)
  THEN
    RETURN note::pg_catalog.text[];
  END IF;
  RETURN NULL;
END $$;
"""

# Bound to their meaning now, whatever the caller's search path; put in their place by the planner.
PARTS = {
    "reader_reach() RETURNS int4multirange": "(reader())[4]::int4multirange",
    "reader_world() RETURNS boolean": "(reader())[7]::boolean",
    "reader_name() RETURNS text": "(reader())[3]",
    "reader_case() RETURNS bigint": "(reader())[5]::bigint",
    "reader_may(what text) RETURNS boolean": "what = ANY (string_to_array((reader())[1], ' '))",
}
UNITS = """
CREATE OR REPLACE FUNCTION reader_units() RETURNS integer[]  -- NULL: of every unit, or nobody
LANGUAGE plpgsql STABLE PARALLEL RESTRICTED AS $$
DECLARE
  reach pg_catalog.int4multirange := public.reader_reach();
BEGIN
  IF reach IS NULL THEN
    RETURN NULL;
  END IF;
  RETURN ARRAY(SELECT pg_catalog.generate_series(
      pg_catalog.lower(r), pg_catalog.upper(r) OPERATOR(pg_catalog.-) 1)
    FROM pg_catalog.unnest(reach) AS r);
END $$;

CREATE OR REPLACE FUNCTION case_in_reach(which bigint) RETURNS boolean
LANGUAGE plpgsql VOLATILE AS $$
BEGIN
  RETURN EXISTS (SELECT FROM public.cases c WHERE c.id OPERATOR(pg_catalog.=) which);
END $$;
"""

# As in 0024, the units as ranges; kept with the reach of the day, as they take long to gather.
ENTER = """
CREATE FUNCTION spans_of(units integer[]) RETURNS int4multirange
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN (SELECT coalesce(range_agg(int4range(id, id + 1)), '{}') FROM unnest(units) AS id);

ALTER TABLE reaches ADD COLUMN spans int4multirange NOT NULL
  GENERATED ALWAYS AS (spans_of(unit_ids)) STORED;

CREATE OR REPLACE FUNCTION open_scope(name text, role text, world boolean, unit integer,
  at timestamptz) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  today date := (at AT TIME ZONE 'Asia/Ho_Chi_Minh')::date;
  reach record;
  spans int4multirange;
  note text;
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
    CASE WHEN spans IS NULL THEN world::text END]::text;
  PERFORM set_config('tthc.reader', note, true), set_config('tthc.seal', seal_of(note), true);
END $$;
"""
VISIBLE = """(receiving_unit_id <@ (SELECT reader_reach())
  OR competent_unit_id <@ (SELECT reader_reach())
  OR (passed_on_by <> '{}' AND passed_on_by && (SELECT reader_units()))
  OR simulated = (SELECT reader_world()))"""
WRITES = "(SELECT reader_may('write'))"
POLICIES = f"""
ALTER POLICY seen ON cases USING ({VISIBLE});
ALTER POLICY opened ON cases WITH CHECK ({WRITES} AND {VISIBLE});
ALTER POLICY moved ON cases USING ({WRITES} AND {VISIBLE});
"""


def upgrade() -> None:
    op.execute(READER)
    for signature, told in PARTS.items():
        op.execute(
            f"CREATE OR REPLACE FUNCTION {signature} LANGUAGE sql STABLE PARALLEL RESTRICTED "
            f"RETURN {told}"
        )
    op.execute(UNITS)
    op.execute(ENTER)
    op.execute("GRANT EXECUTE ON FUNCTION reader TO PUBLIC")
    op.execute("REVOKE EXECUTE ON FUNCTION spans_of FROM PUBLIC")
    op.execute(POLICIES)
