"""A unit numbers its other forms as it does its letters: a book for each form and year."""

from alembic import op

revision = "0039"
down_revision = "0038"

BOOKS = """
ALTER TABLE letter_numbers RENAME TO form_numbers;
ALTER TABLE form_numbers ADD COLUMN form text NOT NULL DEFAULT '04',
  DROP CONSTRAINT letter_numbers_pkey,
  ADD CONSTRAINT form_numbers_pkey PRIMARY KEY (unit_id, form, year);
ALTER TABLE form_numbers ALTER COLUMN form DROP DEFAULT;
"""


def upgrade() -> None:
    op.execute(BOOKS)
