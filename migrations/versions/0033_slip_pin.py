"""A number on the slip opens the look-up of a case whose owner left no telephone and no identity.

It is derived from a secret that the application can't read and from the case, so nothing is
stored; and it is good only while nothing of the owner's own is known (ADR 0133).
"""

from alembic import op

revision = "0033"
down_revision = "0032"

DIGITS = """
-- The last four digits of the owner's telephone, or of their identity number where no telephone is
-- known; NULL where neither is.
CREATE FUNCTION own_digits(which bigint) RETURNS text
LANGUAGE plpgsql STABLE SET search_path = public, pg_temp AS $$
BEGIN
  RETURN (SELECT right(coalesce(
      nullif(regexp_replace(phone, '[^0-9]', '', 'g'), ''),
      nullif(regexp_replace(identity_number, '[^0-9]', '', 'g'), '')), 4)
    FROM applicants WHERE case_id = which);
END $$;

CREATE FUNCTION derive_slip_pin(which bigint) RETURNS text  -- six digits
LANGUAGE plpgsql STABLE SET search_path = public, pg_temp AS $$
DECLARE
  key bytea := (SELECT secret FROM reader_secret);
  drawn bytea := sha256(key || sha256(key || convert_to('slip ' || which, 'UTF8')));
BEGIN
  RETURN lpad((('x' || encode(substr(drawn, 1, 7), 'hex'))::bit(56)::bigint % 1000000)::text,
    6, '0');
END $$;

-- What the slip of a case prints; NULL where the owner has digits of their own, and for whoever
-- does not write the case. Volatile: it sees the case that its own statement opens.
CREATE FUNCTION slip_pin(named text) RETURNS text
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  which bigint := (SELECT id FROM cases c WHERE code = named AND (
    pg_has_role(session_user, 'tthc_night', 'MEMBER') OR (reader_may('write') AND (
      receiving_unit_id <@ reader_reach() OR competent_unit_id <@ reader_reach()
      OR simulated = reader_world()))));
BEGIN
  IF which IS NULL OR own_digits(which) IS NOT NULL THEN
    RETURN NULL;
  END IF;
  RETURN derive_slip_pin(which);
END $$;
"""
# as in 0020, and by the slip
ENTER = """
CREATE OR REPLACE FUNCTION enter_look_up(given text, digits text)
RETURNS TABLE (code text, simulated boolean)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  this record;
  note text;
BEGIN
  SELECT c.id, c.code, c.simulated INTO this FROM cases c
  WHERE c.code = given AND digits ~ '^([0-9]{4}|[0-9]{6})$'
    AND digits = coalesce(own_digits(c.id), derive_slip_pin(c.id));
  IF NOT FOUND THEN
    RETURN;
  END IF;
  note := ARRAY['', this.simulated::text, 'tra cứu', '{}', this.id::text]::text;
  PERFORM set_config('tthc.reader', note, true), set_config('tthc.seal', seal_of(note), true);
  RETURN QUERY SELECT this.code, this.simulated;
END $$;
"""


def upgrade() -> None:
    op.execute(DIGITS)
    op.execute(ENTER)
    op.execute("REVOKE EXECUTE ON FUNCTION own_digits, derive_slip_pin FROM PUBLIC")
