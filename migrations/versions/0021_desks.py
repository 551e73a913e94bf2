"""What lies on desks, and what a shop received last."""

from alembic import op

revision = "0021"
down_revision = "0020"

UPGRADE = """
CREATE INDEX cases_received_by ON cases (receiving_unit_id, id);
CREATE INDEX cases_at_hand_received ON cases (receiving_unit_id)
  WHERE state IN (1, 2, 4, 5, 6, 9);
CREATE INDEX cases_at_hand_competent ON cases (competent_unit_id)
  WHERE state IN (1, 2, 4, 5, 6, 9);
"""


def upgrade() -> None:
    op.execute(UPGRADE)


def downgrade() -> None:
    op.execute("DROP INDEX cases_received_by, cases_at_hand_received, cases_at_hand_competent")
