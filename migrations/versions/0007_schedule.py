"""The pulse of the schedule: one row, by which a night that stops is noticed."""

from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    op.execute("""
CREATE TABLE schedule_pulse (
  only_one    boolean PRIMARY KEY DEFAULT TRUE CHECK (only_one),
  started_at  timestamptz NOT NULL,
  beat_at     timestamptz NOT NULL
)""")
    op.execute("GRANT SELECT, INSERT, UPDATE ON schedule_pulse TO tthc_app")
