"""A sheet may be sent back, a block has windows of its own, the ministry approves a province's.

The last is done by an appraiser who belongs to no unit of the ledger (ADR 0160).
"""

from alembic import op

revision = "0034"
down_revision = "0033"

BLOCKS = "ALTER TABLE score_rounds ADD COLUMN block_windows json NOT NULL DEFAULT '{}'"
DONE = """
DROP POLICY done ON score_acts;
CREATE POLICY done ON score_acts FOR INSERT TO tthc_app WITH CHECK (
  actor = (SELECT reader_name())
  AND simulated = (SELECT u.simulated FROM units u WHERE u.id = unit_id)
  AND (((SELECT reader_may('write')) AND (unit_id = ANY ((SELECT reader_units())::integer[])
      OR simulated = (SELECT reader_world())))
    OR (simulated = (SELECT appraised_world())
      AND unit_id <> ALL ((SELECT appraisers_units())::integer[])
      AND (kind IN ('entered', 'appraised', 'appraisal_ended', 'returned')
        OR (kind IN ('approved', 'approval_ended', 'restated')
          AND (SELECT appraisers_units())::integer[] = '{}'
          AND unit_id = (SELECT coalesce(u.root_id, u.id) FROM units u
            WHERE u.id = unit_id AND u.parent_id IS NULL))))));
"""


def upgrade() -> None:
    op.execute(BLOCKS)
    op.execute(DONE)
