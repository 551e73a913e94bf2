"""The date on which a case is due is the last one on which it is not late.

A shop that closes at 24:00 has its closing at the next date's 00:00, so the date of `due_at` is a
day late there. What is late from a midnight on is due on the date before; what is late from an
instant on, on that instant's date: in both, the date just before the first overdue instant.
"""

from alembic import op

revision = "0009"
down_revision = "0008"

BASES = ("promised_", "", "statutory_")


def _date(overdue: str) -> str:
    local = f"{overdue} AT TIME ZONE 'Asia/Ho_Chi_Minh'"
    return f"(({local}) - INTERVAL '1 microsecond')::date"


def upgrade() -> None:
    columns = (
        f"DROP COLUMN {basis}due_on, "
        f"ADD COLUMN {basis}due_on date GENERATED ALWAYS AS ({_date(f'{basis}overdue_at')}) STORED"
        for basis in BASES
    )
    op.execute(f"ALTER TABLE cases {', '.join(columns)}")
