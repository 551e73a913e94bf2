"""What lists of cases ask of the database: the open cases of a world by their due date, and whether
anything at all was touched since a cut-off.
"""

from alembic import op

revision = "0041"
down_revision = "0040"

# The first page of a country, and of a province where it has a good part of the country's cases:
# a unit's own cases are in `cases_open` by the same order.
DUE = "CREATE INDEX cases_open_due ON cases (overdue_at, id) WHERE active_until IS NULL"
# Asked of every world, as it says of none which; a statement that does not keep to the snapshot of
# this answer may see more than was there.
TOUCHED = """
CREATE FUNCTION touched_since(happened timestamptz, known timestamptz) RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  RETURN current_setting('transaction_isolation') NOT IN ('repeatable read', 'serializable')
    OR (SELECT max(last_effective_at) FROM cases) > happened
    OR (SELECT max(last_recorded_at) FROM cases) > known;
END $$;
"""


def upgrade() -> None:
    op.execute(DUE)
    op.execute(TOUCHED)
