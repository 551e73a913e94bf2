"""Open cases are counted from an index alone: what the tabs of lists ask of a case, and what says
who sees it, stands beside its due date there.
"""

from alembic import op

revision = "0043"
down_revision = "0042"

# A country's count reads hundreds of thousands of open cases, each on a page of its own.
INDEX = """
DROP INDEX cases_open_due;
CREATE INDEX cases_open_due ON cases (overdue_at, id) INCLUDE (
  simulated, receiving_unit_id, competent_unit_id, passed_on_by,
  state, received_on, resolved_at, suspended_at, due_on,
  letter_issued_at, re_promised_at, re_promised_on
) WHERE active_until IS NULL;
"""
# The rows themselves are looked at where a vacuum has not yet passed since they changed.
VACUUM = """
ALTER TABLE cases SET (
  autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_insert_scale_factor = 0.02)
"""


def upgrade() -> None:
    op.execute(INDEX)
    op.execute(VACUUM)
