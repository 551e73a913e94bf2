"""What of a publication is open to everybody: the table as it is shown, small counts hidden.

The application reads it for whoever asks; what it is drawn from stays behind row-level security.
"""

from alembic import op

revision = "0032"
down_revision = "0031"

TABLE = """
CREATE TABLE open_figures (
  publication_id  bigint PRIMARY KEY REFERENCES publications DEFERRABLE INITIALLY DEFERRED,
  simulated       boolean NOT NULL,
  period          text NOT NULL,
  as_of           timestamptz NOT NULL,
  conditions      json NOT NULL,  -- of each definition: population, counted, as texts
  document        json NOT NULL
);
CREATE INDEX open_figures_period ON open_figures (simulated, period, publication_id);
CREATE POLICY read ON open_figures FOR SELECT TO tthc_app USING (true);
CREATE POLICY publish ON open_figures FOR INSERT TO tthc_app
  WITH CHECK ((SELECT reader_may('write')));
CREATE POLICY whole ON open_figures TO tthc_night USING (true) WITH CHECK (true);
ALTER TABLE open_figures ENABLE ROW LEVEL SECURITY;
GRANT SELECT, INSERT ON open_figures TO tthc_app, tthc_night;
"""


def upgrade() -> None:
    op.execute(TABLE)
