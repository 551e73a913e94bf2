"""What opens a door is held by the database and never told: not to the application's role either.

The application proves a password by hashing it again as the kept one was, and gives a digest for
each session or token; functions of the owner's say whether they are true. Who can run SQL in the
site finds nothing to enter with, and can't begin a session, open an account or give a token.
"""

from alembic import op

revision = "0019"
down_revision = "0018"

PEOPLE = """
-- How a login's password was hashed (its cost and its salt), never what came out of it.
CREATE FUNCTION find_login(given text,
  OUT id integer, OUT login text, OUT recipe text, OUT must_change boolean, OUT active boolean,
  OUT simulated boolean)
RETURNS SETOF record
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT a.id, a.login, substring(a.password_hash FROM '^(.*\\$)[^$]*$')
      || repeat('A', length(substring(a.password_hash FROM '[^$]*$'))),
    a.must_change, a.deactivated_at IS NULL, a.simulated
  FROM accounts a WHERE a.login = given
$$;

-- A session for who proved a password; false where the proof is wrong. The lock waits for a
-- password that is being changed.
CREATE FUNCTION begin_session(who integer, proof text, given bytea,
  at timestamptz, idle integer, until timestamptz) RETURNS boolean
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  PERFORM FROM accounts a
  WHERE a.id = who AND a.password_hash = proof AND a.deactivated_at IS NULL FOR SHARE;
  IF NOT FOUND THEN
    RETURN false;
  END IF;
  DELETE FROM sessions s WHERE s.account_id = who AND s.expires_at < at;
  INSERT INTO sessions (digest, account_id, created_at, last_used_at, idle_seconds, expires_at)
  VALUES (given, who, at, at, idle, until);
  RETURN true;
END $$;

-- A new password for who proved the old one: every session ends, and one begins.
CREATE FUNCTION change_password(who integer, proof text, kept text, given bytea,
  at timestamptz, idle integer, until timestamptz) RETURNS boolean
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  UPDATE accounts a SET password_hash = kept, must_change = false, password_at = at
  WHERE a.id = who AND a.password_hash = proof AND a.deactivated_at IS NULL;
  IF NOT FOUND THEN
    RETURN false;
  END IF;
  UPDATE sessions s SET ended_at = at WHERE s.account_id = who AND s.ended_at IS NULL;
  RETURN begin_session(who, kept, given, at, idle, until);
END $$;

-- The same password at today's cost.
CREATE FUNCTION renew_password(who integer, proof text, kept text) RETURNS void
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  UPDATE accounts a SET password_hash = kept WHERE a.id = who AND a.password_hash = proof
$$;

-- Noted at most once a minute, so that a row is not written at every request.
CREATE FUNCTION use_session(given bytea, at timestamptz,
  OUT session_id bigint, OUT account_id integer, OUT login text, OUT name text, OUT role text,
  OUT simulated boolean, OUT unit_id integer, OUT unit_name text, OUT must_change boolean)
RETURNS SETOF record
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  UPDATE sessions s SET last_used_at = at
  WHERE s.digest = given AND s.ended_at IS NULL AND s.last_used_at < at - interval '1 minute'
    AND s.expires_at > at AND s.last_used_at + s.idle_seconds * interval '1 second' > at;
  SELECT s.id, a.id, a.login, a.name, a.role, a.simulated, a.unit_id, u.name, a.must_change
  FROM sessions s JOIN accounts a ON a.id = s.account_id AND a.deactivated_at IS NULL
  LEFT JOIN units u ON u.id = a.unit_id
  WHERE s.digest = given AND s.ended_at IS NULL AND s.expires_at > at
    AND s.last_used_at + s.idle_seconds * interval '1 second' > at
$$;

CREATE FUNCTION end_session(given bytea, at timestamptz,
  OUT login text, OUT simulated boolean) RETURNS SETOF record
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  UPDATE sessions s SET ended_at = at FROM accounts a
  WHERE s.digest = given AND a.id = s.account_id AND s.ended_at IS NULL
  RETURNING a.login, a.simulated
$$;
"""

PROGRAMS = """
CREATE FUNCTION use_token(given bytea, at timestamptz,
  OUT label text, OUT actor text, OUT simulated boolean, OUT scopes text[], OUT unit_id integer)
RETURNS SETOF record
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  UPDATE tokens t SET last_used_at = at
  WHERE t.hash = given AND t.revoked_at IS NULL AND (t.expires_at IS NULL OR t.expires_at > at)
    AND (t.last_used_at IS NULL OR t.last_used_at < at - interval '1 minute');
  SELECT t.label, t.actor, t.simulated, t.scopes, t.unit_id FROM tokens t
  WHERE t.hash = given AND t.revoked_at IS NULL AND (t.expires_at IS NULL OR t.expires_at > at)
$$;
"""

RIGHTS = """
REVOKE ALL ON accounts, sessions, tokens FROM tthc_app;
REVOKE ALL ON SEQUENCE accounts_id_seq, sessions_id_seq, tokens_id_seq FROM tthc_app;
GRANT SELECT (login, name) ON accounts TO tthc_app;
GRANT SELECT, INSERT ON accounts, tokens TO tthc_night;
GRANT SELECT ON sessions TO tthc_night;
GRANT UPDATE (password_hash, must_change, password_at, deactivated_at) ON accounts TO tthc_night;
GRANT UPDATE (ended_at), DELETE ON sessions TO tthc_night;
GRANT UPDATE (revoked_at) ON tokens TO tthc_night;
GRANT USAGE ON SEQUENCE accounts_id_seq, sessions_id_seq, tokens_id_seq TO tthc_night;
"""


def upgrade() -> None:
    for statement in (PEOPLE, PROGRAMS, RIGHTS):
        op.execute(statement)
