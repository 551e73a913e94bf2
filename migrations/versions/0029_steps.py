"""Where a case is in its internal workflow, and the first instant too late for one of its steps."""

from alembic import op

revision = "0029"
down_revision = "0028"


def upgrade() -> None:
    op.execute(
        """ALTER TABLE cases ADD COLUMN step text, ADD COLUMN step_due_at timestamptz,
        ADD COLUMN step_overdue_at timestamptz, ADD COLUMN step_late_at timestamptz"""
    )
