"""${message}."""

from alembic import op

revision = "${up_revision}"
down_revision = ${repr(down_revision)}
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Grant to tthc_app what it needs, table by table: nothing is granted by default."""
    ${upgrades if upgrades else 'op.execute("")'}
