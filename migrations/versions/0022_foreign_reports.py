"""Reports of other systems as they came: counts by unit, nothing of a person."""

from alembic import op

revision = "0022"
down_revision = "0021"

TABLE = """
CREATE TABLE foreign_reports (
  id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  simulated    boolean NOT NULL,
  sha256       text NOT NULL,
  layout       text NOT NULL,
  period       text NOT NULL,
  file_name    text NOT NULL,
  imported_at  timestamptz NOT NULL,
  imported_by  text NOT NULL,
  rows         jsonb NOT NULL,
  UNIQUE (sha256, layout, period, simulated)
);
GRANT SELECT, INSERT ON foreign_reports TO tthc_night;
"""


def upgrade() -> None:
    op.execute(TABLE)
