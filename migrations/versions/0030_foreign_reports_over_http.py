"""Reports of other systems are sent over HTTP too: counts of units, nothing of a person."""

from alembic import op

revision = "0030"
down_revision = "0029"


def upgrade() -> None:
    op.execute("GRANT SELECT, INSERT ON foreign_reports TO tthc_app")
