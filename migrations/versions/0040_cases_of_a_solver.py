"""All cases of a competent unit, closed ones too, page by page: without it a commune's list of
them read the whole table (2.1 s at a million cases, 0.1 s with it).
"""

from alembic import op

revision = "0040"
down_revision = "0039"


def upgrade() -> None:
    op.execute("CREATE INDEX cases_solved_by ON cases (competent_unit_id, id)")
