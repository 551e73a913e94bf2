"""Whom the application's role stands for in a transaction, and what PostgreSQL lets them see.

`enter` finds the living token or session of a digest, works out its units, and notes for the
transaction who reads. The note is sealed with a secret that the application's role can't read, so
that whoever can run SQL still can't write one; without a true seal no row is there. Row-level
security stands behind the filters of the read models; the night's role sees whole worlds.
"""

from alembic import op

revision = "0014"
down_revision = "0013"

SEAL = """
CREATE TABLE reader_secret (
  only_one  boolean PRIMARY KEY DEFAULT true CHECK (only_one),
  secret    bytea NOT NULL
);
INSERT INTO reader_secret (secret) VALUES (sha256(convert_to(
  gen_random_uuid()::text || gen_random_uuid()::text || gen_random_uuid()::text, 'UTF8')));

-- For this backend and this transaction only: a note that is kept is worth nothing later.
CREATE FUNCTION seal_of(note text) RETURNS text
LANGUAGE plpgsql STABLE PARALLEL RESTRICTED SECURITY DEFINER
SET search_path = public, pg_temp AS $$
DECLARE
  key bytea := (SELECT secret FROM reader_secret);
BEGIN
  RETURN encode(sha256(key || sha256(key || convert_to(pg_backend_pid()::text || ' '
    || extract(epoch FROM transaction_timestamp())::text || ' ' || note, 'UTF8'))), 'hex');
END $$;

-- The parts of a true note: rights, world, name, units; NULL where nobody has entered.
CREATE FUNCTION reader() RETURNS text[]
LANGUAGE plpgsql STABLE PARALLEL RESTRICTED SECURITY DEFINER
SET search_path = public, pg_temp AS $$
DECLARE
  note text := current_setting('tthc.reader', true);
BEGIN
  IF note IS NULL OR note = '' OR current_setting('tthc.seal', true) IS DISTINCT FROM seal_of(note)
  THEN
    RETURN NULL;
  END IF;
  RETURN note::text[];
END $$;

CREATE FUNCTION reader_units() RETURNS integer[]  -- NULL: of every unit, or nobody has entered
LANGUAGE plpgsql STABLE PARALLEL RESTRICTED SECURITY DEFINER
SET search_path = public, pg_temp AS $$
BEGIN RETURN (reader())[4]::integer[]; END $$;

CREATE FUNCTION reader_world() RETURNS boolean  -- of who sees all of a world, whether simulated
LANGUAGE plpgsql STABLE PARALLEL RESTRICTED SECURITY DEFINER
SET search_path = public, pg_temp AS $$
DECLARE
  note text[] := reader();
BEGIN RETURN CASE WHEN note[4] IS NULL THEN note[2]::boolean END; END $$;

CREATE FUNCTION reader_name() RETURNS text
LANGUAGE plpgsql STABLE PARALLEL RESTRICTED SECURITY DEFINER
SET search_path = public, pg_temp AS $$
BEGIN RETURN (reader())[3]; END $$;

CREATE FUNCTION reader_may(what text) RETURNS boolean  -- write, portal
LANGUAGE plpgsql STABLE PARALLEL RESTRICTED SECURITY DEFINER
SET search_path = public, pg_temp AS $$
BEGIN RETURN what = ANY (string_to_array((reader())[1], ' ')); END $$;
"""

ENTER = """
-- How far a role sees, and what else the tables let it do; tthc/domain/access says the same.
CREATE FUNCTION units_of(role text, world boolean, unit integer, on_day date,
  OUT is_whole boolean, OUT own integer[], OUT seen integer[])
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  is_whole := role = 'auditor' OR (unit IS NULL AND role IN ('program', 'official'));
  IF is_whole THEN
    RETURN;
  END IF;
  own := '{}';
  seen := '{}';
  IF role NOT IN ('clerk', 'officer', 'leader', 'official', 'program')
    OR NOT EXISTS (SELECT FROM units u WHERE u.id = unit AND u.simulated = world)
  THEN
    RETURN;
  END IF;
  IF role IN ('leader', 'official', 'program') THEN
    seen := reach_of(unit, true, on_day);
  END IF;
  own := CASE role WHEN 'program' THEN seen ELSE reach_of(unit, false, on_day) END;
  IF role IN ('clerk', 'officer') THEN
    seen := own;
  END IF;
END $$;

CREATE FUNCTION open_scope(name text, role text, world boolean, unit integer, at timestamptz)
RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  reach record;
  note text;
BEGIN
  SELECT * INTO reach FROM units_of(role, world, unit, (at AT TIME ZONE 'Asia/Ho_Chi_Minh')::date);
  note := ARRAY[
    CASE WHEN role IN ('clerk', 'officer', 'leader') THEN 'write'
      WHEN role = 'program' THEN 'write portal' ELSE '' END,
    world::text, name, reach.seen::text]::text;
  PERFORM set_config('tthc.reader', note, true), set_config('tthc.seal', seal_of(note), true);
END $$;

CREATE FUNCTION enter(given bytea, at timestamptz) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  who record;
BEGIN
  SELECT t.actor AS name, 'program' AS role, t.simulated, t.unit_id INTO who FROM tokens t
  WHERE t.hash = given AND t.revoked_at IS NULL AND (t.expires_at IS NULL OR t.expires_at > at);
  IF NOT FOUND THEN
    SELECT a.login AS name, a.role, a.simulated, a.unit_id INTO who
    FROM sessions s JOIN accounts a ON a.id = s.account_id AND a.deactivated_at IS NULL
    WHERE s.digest = given AND s.ended_at IS NULL AND s.expires_at > at
      AND s.last_used_at + s.idle_seconds * interval '1 second' > at AND NOT a.must_change;
  END IF;
  IF NOT FOUND THEN
    PERFORM set_config('tthc.reader', '', true);
    RETURN false;
  END IF;
  PERFORM open_scope(who.name, who.role, who.simulated, who.unit_id, at);
  RETURN true;
END $$;

-- The cases that units passed on, for filters: && can use no index behind a policy. The
-- application asks of no others than the reader's.
CREATE FUNCTION passed_cases(units integer[]) RETURNS SETOF bigint
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  IF NOT pg_has_role(session_user, 'tthc_night', 'MEMBER') THEN
    units := ARRAY(SELECT unnest(units) INTERSECT SELECT unnest(reader_units()));
  END IF;
  RETURN QUERY SELECT id FROM cases WHERE passed_on_by && units AND passed_on_by <> '{}';
END $$;
"""

VISIBLE = """(receiving_unit_id = ANY ((SELECT reader_units())::integer[])
  OR competent_unit_id = ANY ((SELECT reader_units())::integer[])
  OR passed_on_by && (SELECT reader_units())
  OR simulated = (SELECT reader_world()))"""
WRITES = "(SELECT reader_may('write'))"
CASES = f"""
CREATE POLICY seen ON cases FOR SELECT TO tthc_app USING ({VISIBLE});
CREATE POLICY opened ON cases FOR INSERT TO tthc_app WITH CHECK ({WRITES} AND {VISIBLE});
CREATE POLICY moved ON cases FOR UPDATE TO tthc_app USING ({WRITES} AND {VISIBLE});
"""
# What hangs on a case is there where the case is. A case that the same statement opens is seen by
# a function that takes a fresh look.
ON_CASE = "EXISTS (SELECT FROM cases c WHERE c.id = case_id)"
IN_REACH = """
CREATE FUNCTION case_in_reach(which bigint) RETURNS boolean
LANGUAGE plpgsql VOLATILE SET search_path = public, pg_temp AS $$
BEGIN RETURN EXISTS (SELECT FROM cases WHERE id = which); END $$;
"""
CHECKED = f"{WRITES} AND case_in_reach(case_id)"
# table → who may read a row; who may write one
POLICIES = {
    "case_events": (ON_CASE, CHECKED),
    "case_words": (ON_CASE, CHECKED),
    "letters": (ON_CASE, CHECKED),
    "applicants": (ON_CASE, CHECKED),
    "explanations": (
        """unit_id = ANY ((SELECT reader_units())::integer[]) OR EXISTS (
          SELECT FROM units u WHERE u.id = unit_id AND u.simulated = (SELECT reader_world()))""",
        WRITES,
    ),
    "portal_claims": (
        "simulated = (SELECT reader_world()) AND (SELECT reader_may('portal'))",
        "simulated = (SELECT reader_world()) AND (SELECT reader_may('portal'))",
    ),
    "idempotency_keys": ("actor = (SELECT reader_name())", "actor = (SELECT reader_name())"),
}
# what only nights and commands do
NIGHT_ONLY = """
REVOKE ALL ON case_register, imports, import_rejects FROM tthc_app;
REVOKE INSERT ON ledger_days, job_runs, definition_sets FROM tthc_app;
REVOKE INSERT, DELETE ON figure_sheets, figures, figure_days, settled_sheets FROM tthc_app;
GRANT SELECT ON case_register TO tthc_night;
GRANT SELECT, INSERT ON imports, import_rejects TO tthc_night;
GRANT INSERT ON ledger_days, job_runs, definition_sets TO tthc_night;
GRANT INSERT, DELETE ON figure_sheets, figures, figure_days, settled_sheets TO tthc_night;
"""
OWNER_ONLY = "seal_of, open_scope, reader"


def upgrade() -> None:
    for statement in (SEAL, ENTER, IN_REACH, CASES, NIGHT_ONLY):
        op.execute(statement)
    for table, (read, written) in POLICIES.items():
        op.execute(
            f"CREATE POLICY reached ON {table} TO tthc_app USING ({read}) "
            f"WITH CHECK (({read}) AND {written})"
            if written == WRITES
            else f"CREATE POLICY reached ON {table} TO tthc_app USING ({read}) "
            f"WITH CHECK ({written})"
        )
    for table in ("cases", *POLICIES):
        op.execute(f"CREATE POLICY whole ON {table} TO tthc_night USING (true) WITH CHECK (true)")
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
    op.execute(f"REVOKE EXECUTE ON FUNCTION {OWNER_ONLY} FROM PUBLIC")
