"""Forms: the paper that a unit chose, a leader's approval of a draft, numbers of letters by unit.

A hand-over slip finds the files of its batch by an index.
"""

from alembic import op

revision = "0010"
down_revision = "0009"

TABLES = """
CREATE TABLE form_papers (
  unit_id  integer NOT NULL REFERENCES units,
  form     text NOT NULL,
  paper    text NOT NULL CHECK (paper IN ('a4', 'a5')),
  set_by   text NOT NULL,
  set_at   timestamptz NOT NULL,
  PRIMARY KEY (unit_id, form)
);

ALTER TABLE letters
  ADD COLUMN approver text,
  ADD COLUMN approved_at timestamptz,
  ADD CONSTRAINT letters_approved CHECK ((approver IS NULL) = (approved_at IS NULL));

-- the last number that a unit gave to a letter in a year
CREATE TABLE letter_numbers (
  unit_id  integer NOT NULL REFERENCES units,
  year     smallint NOT NULL,
  last     integer NOT NULL,
  PRIMARY KEY (unit_id, year)
);

CREATE INDEX case_events_batch ON case_events ((payload ->> 'batch'))
  WHERE type = 'transferred' AND payload ->> 'batch' IS NOT NULL;
"""


def upgrade() -> None:
    op.execute(TABLES)
    op.execute("GRANT SELECT, INSERT, UPDATE ON form_papers, letter_numbers TO tthc_app")
    op.execute("GRANT UPDATE (approver, approved_at) ON letters TO tthc_app")
