"""What the portal's senders told of a case is read with the case; what waits, by who leads.

A claim that was placed, and keeps nothing of a person, is there for whoever sees its case. Claims
that wait belong to no unit yet: beside programs of a whole world, the leader of a topmost unit who
sees every case of it looks at them and lets them pass (ADR 136).
"""

from alembic import op

revision = "0042"
down_revision = "0041"

LEADS = """
-- The world of which the reader leads the topmost unit and sees every case; NULL for all others.
CREATE FUNCTION leads_world() RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  own accounts;
BEGIN
  IF reader_may('write') IS NOT TRUE OR reader_may('portal') OR reader_units() IS NULL THEN
    RETURN NULL;  -- a program may be called as a person is
  END IF;
  SELECT a.* INTO own FROM accounts a JOIN units u ON u.id = a.unit_id
  WHERE a.login = reader_name() AND a.role = 'leader' AND a.deactivated_at IS NULL
    AND u.parent_id IS NULL;
  IF NOT FOUND OR cases_beyond(own.simulated, reader_units()) THEN
    RETURN NULL;
  END IF;
  RETURN own.simulated;
END $$;
"""
POLICIES = """
CREATE POLICY led ON portal_claims FOR SELECT TO tthc_app
  USING (simulated = (SELECT leads_world()));
CREATE POLICY released ON portal_claims FOR UPDATE TO tthc_app
  USING (simulated = (SELECT leads_world()));
CREATE POLICY told ON portal_claims FOR SELECT TO tthc_app
  USING (waits IS NULL AND identity IS NULL AND (SELECT reader_case()) IS NULL
    AND EXISTS (SELECT FROM cases c
      WHERE c.code = case_code AND c.simulated = portal_claims.simulated));
"""


# As in 0017, by the units that are beyond: some thousand looks at an index, however many cases.
BEYOND = """
CREATE OR REPLACE FUNCTION cases_beyond(world boolean, own integer[]) RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  RETURN EXISTS (SELECT FROM units u WHERE u.simulated = world AND u.id <> ALL (own)
    AND EXISTS (SELECT FROM cases c WHERE c.receiving_unit_id = u.id AND c.simulated = world
      AND c.competent_unit_id <> ALL (own)));
END $$;
"""


def upgrade() -> None:
    op.execute(BEYOND)
    op.execute(LEADS)
    op.execute(POLICIES)
