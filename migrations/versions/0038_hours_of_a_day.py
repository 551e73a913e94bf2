"""When a unit's office is open on a day: asked once for a unit and day, not for every case."""

from alembic import op

revision = "0038"
down_revision = "0037"

# Of a unit's own decisions the later wins (domain/unit_hours.py). The country's lists of days are
# read from its count of working days: a weekday that its week has hours for and that was not
# worked was a day off; one without hours that was worked was worked in lieu. A weekend that the
# country's list names as off looks like any other. Hours at which a shop only receives are hours
# too: somebody is there.
HOURS = """
CREATE FUNCTION office_hours_on(unit integer, today date, usual jsonb)
RETURNS TABLE (slots jsonb)  -- pairs of times; NULL where the calendar does not hold the day
LANGUAGE plpgsql STABLE ROWS 1 COST 1000 AS $$
DECLARE
  weekdays text[] := '{mon,tue,wed,thu,fri,sat,sun}';
  weekday text := weekdays[extract(isodow FROM today)::integer];
  own record;
  week jsonb;
  reception jsonb;
  worked boolean;
  own_worked boolean;
BEGIN
  FOR own IN SELECT hours::jsonb AS said FROM unit_hours h WHERE h.unit_id = unit
    AND h.valid_from <= today AND (h.valid_to IS NULL OR today < h.valid_to) ORDER BY h.id DESC
  LOOP
    week := coalesce(week, own.said -> 'week');
    reception := coalesce(reception, own.said -> 'reception');
    own_worked := coalesce(own_worked, CASE WHEN own.said -> 'days_off' ? today::text THEN false
      WHEN own.said -> 'days_worked' ? today::text THEN true END);
  END LOOP;
  week := coalesce(week, usual);
  IF own_worked IS NULL THEN
    SELECT d.ordinal > coalesce((SELECT ordinal FROM current_days WHERE day = today - 1), 0)
    INTO worked FROM current_days d WHERE d.day = today;
    IF NOT FOUND THEN
      RETURN NEXT;
      RETURN;
    END IF;
    own_worked := CASE WHEN usual ? weekday THEN CASE WHEN worked THEN NULL ELSE false END
      WHEN worked THEN true END;
  END IF;
  IF own_worked = false THEN
    slots := '[]';
  ELSE
    slots := week -> weekday;
    IF own_worked AND slots IS NULL THEN
      SELECT week -> name INTO slots
      FROM unnest(weekdays) WITH ORDINALITY AS d (name, place)
      WHERE week ? name ORDER BY place LIMIT 1;
    END IF;
    slots := coalesce(slots, reception -> weekday, '[]');
  END IF;
  RETURN NEXT;
END $$;
DROP FUNCTION office_hours_at;
"""


def upgrade() -> None:
    op.execute(HOURS)
