"""Figures as packed verdicts, histograms of working days, and cases that are settled.

A row of `figures` holds how many cases share dimensions and verdicts, a bit for each condition of
the sheet's definition set. Figures of earlier nights go: their next run makes them anew.
"""

from alembic import op

revision = "0012"
down_revision = "0011"

ZONE = "'Asia/Ho_Chi_Minh'"

# The last date on which time alone can change what a case counts as; NULL while it is open.
SETTLED = f"""
ALTER TABLE cases ADD COLUMN settled_on date GENERATED ALWAYS AS (
  CASE WHEN resolved_at IS NOT NULL OR state IN (3, 7, 8) THEN
    (greatest(last_effective_at, submitted_at, received_at, due_at, overdue_at, promised_due_at,
      promised_overdue_at, statutory_due_at, statutory_overdue_at, re_promised_at, suspended_at,
      resolved_at, returned_at, ended_at, letter_issued_at, letter_sent_at)
      AT TIME ZONE {ZONE})::date END) STORED;
DROP INDEX cases_active;
CREATE INDEX cases_settled ON cases (settled_on);
"""

FIGURES = """
DROP TABLE figures;
DELETE FROM figure_sheets;
DROP INDEX figure_sheets_period;
ALTER TABLE figure_sheets
  DROP COLUMN axis,
  -- whose cells count with this sheet's: the settled cases of the whole ledger
  ADD COLUMN settled_sheet_id integer REFERENCES figure_sheets;
CREATE INDEX figure_sheets_period ON figure_sheets (period, simulated, as_of);

CREATE TABLE figures (
  sheet_id           integer NOT NULL,  -- of figure_sheets; no foreign key: a night writes many
  receiving_unit_id  integer NOT NULL,
  competent_unit_id  integer NOT NULL,
  level              text NOT NULL,
  procedure_id       integer NOT NULL,
  channel            text NOT NULL,
  verdicts           bigint[] NOT NULL,  -- 63 conditions each
  cases              integer NOT NULL    -- below 0 where it takes back what was counted before
);
-- a sheet's rows lie together, so that ranges of pages find them at a tenth of a b-tree's price
CREATE INDEX figures_sheet ON figures USING brin (sheet_id)
  WITH (pages_per_range = 32, autosummarize = on);

-- A histogram in each row: so many cases took so many working days.
CREATE TABLE figure_days (
  sheet_id           integer NOT NULL,
  receiving_unit_id  integer NOT NULL,
  competent_unit_id  integer NOT NULL,
  level              text NOT NULL,
  procedure_id       integer NOT NULL,
  channel            text NOT NULL,
  spread             integer NOT NULL,  -- its place in the definition set
  days               integer[] NOT NULL,
  cases              integer[] NOT NULL
);
CREATE INDEX figure_days_sheet ON figure_days USING brin (sheet_id)
  WITH (pages_per_range = 32, autosummarize = on);

CREATE TABLE settled_sheets (
  sheet_id      integer PRIMARY KEY REFERENCES figure_sheets,
  boundary      date NOT NULL,
  quiet         timestamptz NOT NULL,
  last_case_id  bigint NOT NULL,
  reference     text NOT NULL  -- the digest of what was looked up in reference data
);
"""


def upgrade() -> None:
    op.execute(SETTLED)
    op.execute(FIGURES)
    op.execute("GRANT SELECT, INSERT, DELETE ON figures, figure_days, settled_sheets TO tthc_app")
