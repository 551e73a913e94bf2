"""Signals: whether an instant lies in a unit's office hours, and what nights counted for units."""

from alembic import op

revision = "0028"
down_revision = "0027"

# Of a unit's own decisions the later wins (domain/unit_hours.py). The country's lists of days are
# read from its count of working days: a weekday that its week has hours for and that was not
# worked was a day off; one without hours that was worked was worked in lieu. A weekend that the
# country's list names as off looks like any other. Hours at which a shop only receives are hours
# too: somebody is there.
HOURS = """
CREATE FUNCTION office_hours_at(unit integer, at timestamptz, usual jsonb) RETURNS text
LANGUAGE plpgsql STABLE AS $$
DECLARE
  wall timestamp := at AT TIME ZONE 'Asia/Ho_Chi_Minh';
  today date := wall::date;
  weekdays text[] := '{mon,tue,wed,thu,fri,sat,sun}';
  weekday text := weekdays[extract(isodow FROM wall)::integer];
  own record;
  week jsonb;
  reception jsonb;
  worked boolean;
  own_worked boolean;
  slots jsonb;
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
      RETURN 'unknown';
    END IF;
    own_worked := CASE WHEN usual ? weekday THEN CASE WHEN worked THEN NULL ELSE false END
      WHEN worked THEN true END;
  END IF;
  IF own_worked = false THEN
    RETURN 'outside';
  END IF;
  slots := week -> weekday;
  IF own_worked AND slots IS NULL THEN
    SELECT week -> name INTO slots
    FROM unnest(weekdays) WITH ORDINALITY AS d (name, place)
    WHERE week ? name ORDER BY place LIMIT 1;
  END IF;
  slots := coalesce(slots, reception -> weekday, '[]');
  RETURN CASE WHEN EXISTS (SELECT FROM jsonb_array_elements(slots) AS s
    WHERE wall - today::timestamp BETWEEN (s ->> 0)::interval AND (s ->> 1)::interval)
    THEN 'inside' ELSE 'outside' END;
END $$;
"""
# One row for each unit and signal that had cases, and `on_hand`, what they are a part of.
TABLE = """
CREATE TABLE unit_signals (
  run_id     bigint NOT NULL,  -- of job_runs, whose row is written last
  simulated  boolean NOT NULL,
  period     text NOT NULL,
  as_of      timestamptz NOT NULL,
  unit_id    integer NOT NULL REFERENCES units,
  signal     text NOT NULL,
  cases      integer NOT NULL,
  PRIMARY KEY (run_id, signal, unit_id)
);
CREATE INDEX unit_signals_last ON unit_signals (simulated, as_of, run_id);
CREATE POLICY read ON unit_signals FOR SELECT TO tthc_app USING (
  unit_id = ANY ((SELECT reader_units())::integer[]) OR simulated = (SELECT reader_world()));
CREATE POLICY whole ON unit_signals TO tthc_night USING (true) WITH CHECK (true);
ALTER TABLE unit_signals ENABLE ROW LEVEL SECURITY;
GRANT SELECT ON unit_signals TO tthc_app;
GRANT SELECT, INSERT, DELETE ON unit_signals TO tthc_night;
"""


def upgrade() -> None:
    op.execute(HOURS)
    op.execute(TABLE)
