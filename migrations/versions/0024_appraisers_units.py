"""An appraiser's own units, which they never appraise, where everybody else's are worked out.

Until now `open_scope` found them by itself, and who asks could not be told of them.
"""

from alembic import op

revision = "0024"
down_revision = "0023"

# How far a role sees, and what is its own; tthc/domain/access says the same. As in 0014 but for
# the appraiser, who sees no case and whose own units are there to be kept from them.
UNITS_OF = """
CREATE OR REPLACE FUNCTION units_of(role text, world boolean, unit integer, on_day date,
  OUT is_whole boolean, OUT own integer[], OUT seen integer[])
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  is_whole := role = 'auditor' OR (unit IS NULL AND role IN ('program', 'official'));
  IF is_whole THEN
    RETURN;
  END IF;
  own := '{}';
  seen := '{}';
  IF NOT EXISTS (SELECT FROM units u WHERE u.id = unit AND u.simulated = world) THEN
    RETURN;
  END IF;
  IF role = 'appraiser' THEN
    own := reach_of(unit, false, on_day) || unit;  -- theirs even where it has ended
    RETURN;
  END IF;
  IF role NOT IN ('clerk', 'officer', 'leader', 'official', 'program') THEN
    RETURN;
  END IF;
  IF role IN ('leader', 'official', 'program') THEN
    seen := reach_of(unit, true, on_day);
  END IF;
  own := CASE role WHEN 'program' THEN seen ELSE reach_of(unit, false, on_day) END;
  IF role IN ('clerk', 'officer') THEN
    seen := own;
  END IF;
END $$;
"""
OPEN_SCOPE = """
CREATE OR REPLACE FUNCTION open_scope(name text, role text, world boolean, unit integer,
  at timestamptz) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  reach record;
  note text;
BEGIN
  SELECT * INTO reach FROM units_of(role, world, unit, (at AT TIME ZONE 'Asia/Ho_Chi_Minh')::date);
  note := ARRAY[
    CASE WHEN role IN ('clerk', 'officer', 'leader') THEN 'write'
      WHEN role = 'program' THEN 'write portal'
      WHEN role = 'appraiser' THEN 'appraise'
      WHEN role = 'auditor' THEN 'traces' ELSE '' END,
    world::text, name, reach.seen::text, NULL,  -- the one case of a look-up
    CASE WHEN role = 'appraiser' THEN reach.own::text END]::text;
  PERFORM set_config('tthc.reader', note, true), set_config('tthc.seal', seal_of(note), true);
END $$;
"""


def upgrade() -> None:
    op.execute(UNITS_OF)
    op.execute(OPEN_SCOPE)
