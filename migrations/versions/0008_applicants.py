"""Applicants with what the receipt prints of them, and words that can be forgotten.

What people write freely in an act lies in `case_words`; the event seals its salted digest. Only
`forget_person`, which works as the owner, takes words away, and only once the case's chain says
so: the application's role can delete none of them.
"""

from alembic import op

revision = "0008"
down_revision = "0007"

TABLES = """
ALTER TABLE applicants
  ADD COLUMN kind text CHECK (kind IN ('citizen', 'organisation')),
  ADD COLUMN identity_number text,
  ADD COLUMN address text,
  ADD COLUMN phone text,
  ADD COLUMN email text,
  ADD COLUMN content text,
  ADD COLUMN authorised_name text,
  ADD COLUMN authorised_identity_number text,
  ADD COLUMN erased_at timestamptz;

CREATE TABLE case_words (
  case_id  bigint NOT NULL REFERENCES cases,
  seq      integer NOT NULL,
  name     text NOT NULL,   -- the key of the event's payload
  salt     text NOT NULL,
  words    text NOT NULL,
  PRIMARY KEY (case_id, seq, name)
);
"""

FORGET = """
CREATE FUNCTION forget_person(which bigint) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  at timestamptz;
BEGIN
  SELECT max(recorded_at) INTO at FROM case_events WHERE case_id = which AND type = 'erased';
  IF at IS NULL THEN
    RAISE EXCEPTION 'the erasure of case % is not recorded', which;
  END IF;
  DELETE FROM case_words WHERE case_id = which;
  UPDATE letters SET reason = '' WHERE case_id = which;
  UPDATE portal_claims SET identity = NULL
  FROM cases WHERE cases.id = which AND case_code = cases.code AND identity IS NOT NULL;
  DELETE FROM applicants WHERE case_id = which;
  INSERT INTO applicants (case_id, erased_at) VALUES (which, at);
END $$;
"""


def upgrade() -> None:
    for statement in (TABLES, FORGET):
        op.execute(statement)
    op.execute("GRANT SELECT, INSERT ON case_words TO tthc_app")
    op.execute("REVOKE DELETE ON applicants FROM tthc_app")
