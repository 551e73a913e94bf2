"""Administrators keep accounts and tokens from the site: by functions that ask whose they may.

As before the application reads and writes neither table, and no hash is told (0019). An
administrator of a unit keeps those of the unit and below, and gives no role that reads further.
"""

from alembic import op

revision = "0037"
down_revision = "0036"

MANAGES = """
CREATE FUNCTION manages(world boolean, unit integer, its_role text) RETURNS boolean
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  own accounts;
BEGIN
  IF pg_has_role(session_user, 'tthc_night', 'MEMBER') THEN
    RETURN true;  -- a command
  END IF;
  IF reader_may('accounts') IS NOT TRUE THEN
    RETURN false;
  END IF;
  SELECT * INTO own FROM accounts a WHERE a.login = reader_name();
  RETURN coalesce(own.simulated = world AND (own.unit_id IS NULL
    OR (its_role NOT IN ('auditor', 'appraiser') AND unit = ANY (reach_of(own.unit_id, true,
      (now() AT TIME ZONE 'Asia/Ho_Chi_Minh')::date) || own.unit_id))), false);
END $$;
"""
PEOPLE = """
CREATE FUNCTION list_accounts(at timestamptz, OUT login text, OUT name text, OUT role text,
  OUT simulated boolean, OUT unit text, OUT unit_name text, OUT blocks text[],
  OUT must_change boolean, OUT created_at timestamptz, OUT created_by text,
  OUT password_at timestamptz, OUT deactivated_at timestamptz, OUT last_used_at timestamptz,
  OUT alive bigint) RETURNS SETOF record
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT a.login, a.name, a.role, a.simulated, u.code, u.name, a.blocks, a.must_change,
    a.created_at, a.created_by, a.password_at, a.deactivated_at, max(s.last_used_at),
    count(*) FILTER (WHERE s.ended_at IS NULL AND s.expires_at > at
      AND s.last_used_at + s.idle_seconds * interval '1 second' > at)
  FROM accounts a LEFT JOIN units u ON u.id = a.unit_id LEFT JOIN sessions s ON s.account_id = a.id
  WHERE manages(a.simulated, a.unit_id, a.role) GROUP BY a.id, u.id ORDER BY a.login
$$;

CREATE FUNCTION open_account(given text, called text, its_role text, world boolean, unit integer,
  its_blocks text[], kept text, first boolean, at timestamptz, by_whom text) RETURNS boolean
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  IF NOT manages(world, unit, its_role) THEN
    RETURN false;
  END IF;
  INSERT INTO accounts (login, name, role, simulated, unit_id, blocks, password_hash, must_change,
    password_at, created_at, created_by)
  VALUES (given, called, its_role, world, unit, its_blocks, kept, first, at, at, by_whom);
  RETURN true;
END $$;

-- Another part in the work; what they have open goes on with it.
CREATE FUNCTION change_account(given text, its_role text, unit integer, its_blocks text[])
RETURNS boolean
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  UPDATE accounts a SET role = its_role, unit_id = unit, blocks = its_blocks
  WHERE a.login = given AND a.deactivated_at IS NULL
    AND manages(a.simulated, a.unit_id, a.role) AND manages(a.simulated, unit, its_role)
    AND (unit IS NULL OR EXISTS (
      SELECT FROM units u WHERE u.id = unit AND u.simulated = a.simulated));
  RETURN FOUND;
END $$;

CREATE FUNCTION end_sessions(given text, at timestamptz) RETURNS integer
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  ended integer;
BEGIN
  UPDATE sessions s SET ended_at = at FROM accounts a
  WHERE a.login = given AND s.account_id = a.id AND s.ended_at IS NULL
    AND manages(a.simulated, a.unit_id, a.role);
  GET DIAGNOSTICS ended = ROW_COUNT;
  RETURN ended;
END $$;

CREATE FUNCTION give_password(given text, kept text, at timestamptz) RETURNS boolean
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  UPDATE accounts a SET password_hash = kept, must_change = true, password_at = at
  WHERE a.login = given AND a.deactivated_at IS NULL AND manages(a.simulated, a.unit_id, a.role);
  IF NOT FOUND THEN
    RETURN false;
  END IF;
  PERFORM end_sessions(given, at);
  RETURN true;
END $$;

CREATE FUNCTION end_account(given text, at timestamptz) RETURNS boolean
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  UPDATE accounts a SET deactivated_at = at
  WHERE a.login = given AND a.deactivated_at IS NULL AND manages(a.simulated, a.unit_id, a.role);
  IF NOT FOUND THEN
    RETURN false;
  END IF;
  PERFORM end_sessions(given, at);
  RETURN true;
END $$;

CREATE FUNCTION list_sessions(given text, at timestamptz, OUT created_at timestamptz,
  OUT last_used_at timestamptz, OUT expires_at timestamptz, OUT ended_at timestamptz,
  OUT alive boolean) RETURNS SETOF record
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT s.created_at, s.last_used_at, s.expires_at, s.ended_at,
    s.ended_at IS NULL AND s.expires_at > at
      AND s.last_used_at + s.idle_seconds * interval '1 second' > at
  FROM sessions s JOIN accounts a ON a.id = s.account_id
  WHERE a.login = given AND manages(a.simulated, a.unit_id, a.role) ORDER BY s.id
$$;
"""
PROGRAMS = """
CREATE FUNCTION list_tokens(OUT label text, OUT actor text, OUT simulated boolean,
  OUT scopes text[], OUT unit text, OUT created_at timestamptz, OUT expires_at timestamptz,
  OUT revoked_at timestamptz, OUT last_used_at timestamptz) RETURNS SETOF record
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT t.label, t.actor, t.simulated, t.scopes, u.code, t.created_at, t.expires_at, t.revoked_at,
    t.last_used_at
  FROM tokens t LEFT JOIN units u ON u.id = t.unit_id
  WHERE manages(t.simulated, t.unit_id, 'program') ORDER BY t.id
$$;

CREATE FUNCTION give_token(digest bytea, called text, acts_as text, world boolean,
  allowed text[], unit integer, at timestamptz, until timestamptz) RETURNS boolean
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  IF NOT manages(world, unit, 'program') THEN
    RETURN false;
  END IF;
  INSERT INTO tokens (hash, label, actor, simulated, scopes, unit_id, created_at, expires_at)
  VALUES (digest, called, acts_as, world, allowed, unit, at, until);
  RETURN true;
END $$;

CREATE FUNCTION revoke_token(called text, at timestamptz) RETURNS boolean  -- its world
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  UPDATE tokens t SET revoked_at = at
  WHERE t.label = called AND t.revoked_at IS NULL AND manages(t.simulated, t.unit_id, 'program')
  RETURNING t.simulated
$$;
"""
RIGHTS = """
REVOKE INSERT, UPDATE ON accounts, tokens FROM tthc_night;
REVOKE UPDATE (password_hash, must_change, password_at, deactivated_at, blocks) ON accounts
  FROM tthc_night;
REVOKE UPDATE (revoked_at) ON tokens FROM tthc_night;
"""


# open_scope as it stands, with the right of an administrator
OPEN_SCOPE = """
DO $do$ BEGIN EXECUTE replace(
  pg_get_functiondef('open_scope(text, text, boolean, integer, timestamptz)'::regprocedure),
  $$WHEN role = 'auditor' THEN 'traces'$$,
  $$WHEN role = 'auditor' THEN 'traces' WHEN role = 'admin' THEN 'accounts'$$); END $do$;
"""


def upgrade() -> None:
    for statement in (MANAGES, PEOPLE, PROGRAMS, RIGHTS, OPEN_SCOPE):
        op.execute(statement)
    op.execute("REVOKE EXECUTE ON FUNCTION manages FROM PUBLIC")
