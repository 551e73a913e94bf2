"""Whose cases a unit's people handle, by lineage, and which units passed a case on."""

from alembic import op

revision = "0013"
down_revision = "0012"

# Where a case was before it was passed on: every unit that was competent once and is no longer.
PASSED_ON = """
ALTER TABLE cases ADD COLUMN passed_on_by integer[] NOT NULL DEFAULT '{}';

CREATE FUNCTION competent_before(which bigint, now_competent integer) RETURNS integer[]
LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
  SELECT coalesce(array_agg(DISTINCT unit_id ORDER BY unit_id), '{}') FROM (
    SELECT (change ->> 'competent_unit_id')::integer AS unit_id FROM case_events
    WHERE case_id = which
  ) AS told WHERE unit_id <> now_competent
$$;
-- before the row is checked, so that who passes a case on still sees it
CREATE FUNCTION keep_sight() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  NEW.passed_on_by := ARRAY(
    SELECT DISTINCT unit_id FROM unnest(OLD.passed_on_by || OLD.competent_unit_id) AS unit_id
    WHERE unit_id <> NEW.competent_unit_id ORDER BY unit_id);
  RETURN NEW;
END $$;
CREATE TRIGGER cases_passed_on BEFORE UPDATE OF competent_unit_id ON cases FOR EACH ROW
  WHEN (OLD.competent_unit_id <> NEW.competent_unit_id) EXECUTE FUNCTION keep_sight();
-- and for histories that come with their transfers
CREATE FUNCTION tell_sight() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  UPDATE cases c SET passed_on_by = told.unit_ids
  FROM (SELECT competent_before(id, competent_unit_id) AS unit_ids FROM cases
        WHERE id = NEW.case_id) AS told
  WHERE c.id = NEW.case_id AND NOT c.passed_on_by @> told.unit_ids;
  RETURN NULL;
END $$;
CREATE TRIGGER case_events_passed_on AFTER INSERT ON case_events FOR EACH ROW
  WHEN (NEW.type = 'transferred') EXECUTE FUNCTION tell_sight();

UPDATE cases SET passed_on_by = competent_before(id, competent_unit_id)
WHERE id IN (SELECT case_id FROM case_events WHERE type = 'transferred');

CREATE INDEX cases_passed_on ON cases USING gin (passed_on_by) WHERE passed_on_by <> '{}';
CREATE INDEX cases_open_received ON cases (receiving_unit_id, overdue_at, id)
  WHERE active_until IS NULL;
"""

# Whose cases a unit's people handle at a date: its own, those of ended units with one successor,
# and for a province those of ended units that nobody alone inherited. `below`: of the units under
# it as well. Kept for the day, until the catalogue changes.
UNITS = """
CREATE TABLE reaches (
  unit_id   integer NOT NULL REFERENCES units,
  below     boolean NOT NULL,
  day       date NOT NULL,
  unit_ids  integer[] NOT NULL,
  PRIMARY KEY (unit_id, below, day)
);

CREATE FUNCTION find_units(unit integer, below boolean, day date) RETURNS integer[]
LANGUAGE plpgsql STABLE SET search_path = public, pg_temp AS $$
BEGIN
  RETURN (
    WITH RECURSIVE held (id, waits) AS (
      SELECT u.id, false FROM units u
      WHERE u.id = unit AND (u.valid_from IS NULL OR u.valid_from <= day)
        AND (u.valid_to IS NULL OR day < u.valid_to)
      UNION
      SELECT n.id, n.waits FROM held h JOIN units p ON p.id = h.id CROSS JOIN LATERAL (
        SELECT c.id, false AS waits FROM units c  -- below
        WHERE below AND NOT h.waits AND c.parent_id = h.id
          AND (c.valid_from IS NULL OR c.valid_from <= day)
          AND (c.valid_to IS NULL OR day < c.valid_to)
        UNION ALL
        SELECT x.id, false FROM unit_successors s JOIN units x ON x.id = s.predecessor_id
        WHERE NOT h.waits AND s.successor_id = h.id AND x.valid_to <= day  -- inherited alone
          AND 1 = (SELECT count(*) FROM unit_successors o WHERE o.predecessor_id = x.id)
        UNION ALL
        SELECT c.id, true FROM units c  -- up to the first of the province's level
        WHERE c.parent_id = h.id AND h.waits <> (p.level = 'province')
        UNION ALL
        SELECT h.id, false  -- waits there
        WHERE h.waits AND p.valid_to <= day
          AND 1 <> (SELECT count(*) FROM unit_successors o WHERE o.predecessor_id = h.id)
      ) AS n
    )
    SELECT coalesce(array_agg(DISTINCT held.id ORDER BY held.id), '{}')
    FROM held WHERE NOT held.waits
  );
END $$;

-- Who changes the catalogue holds the lock shared; who would keep a reach tries it alone.
CREATE FUNCTION reach_of(unit integer, below_it boolean, on_day date) RETURNS integer[]
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  found_ids integer[];
BEGIN
  SELECT r.unit_ids INTO found_ids FROM reaches r
  WHERE r.unit_id = unit AND r.below = below_it AND r.day = on_day;
  IF found_ids IS NOT NULL THEN
    RETURN found_ids;
  END IF;
  IF unit IS NULL OR current_setting('transaction_read_only') = 'on'
    OR current_setting('transaction_isolation') <> 'read committed'
    OR on_day <> (now() AT TIME ZONE 'Asia/Ho_Chi_Minh')::date
    OR NOT pg_try_advisory_xact_lock(7484, 9)
  THEN
    RETURN find_units(unit, below_it, on_day);
  END IF;
  found_ids := find_units(unit, below_it, on_day);
  DELETE FROM reaches r WHERE r.day < on_day;
  INSERT INTO reaches VALUES (unit, below_it, on_day, found_ids) ON CONFLICT DO NOTHING;
  RETURN found_ids;
END $$;

CREATE FUNCTION forget_reaches() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  PERFORM pg_advisory_xact_lock_shared(7484, 9);
  DELETE FROM reaches;
  RETURN NULL;
END $$;
CREATE TRIGGER units_change AFTER INSERT OR UPDATE OR DELETE ON units
  FOR EACH STATEMENT EXECUTE FUNCTION forget_reaches();
CREATE TRIGGER unit_successors_change AFTER INSERT OR UPDATE OR DELETE ON unit_successors
  FOR EACH STATEMENT EXECUTE FUNCTION forget_reaches();
"""


def upgrade() -> None:
    for statement in (PASSED_ON, UNITS):
        op.execute(statement)
    op.execute("REVOKE EXECUTE ON FUNCTION reach_of, find_units FROM PUBLIC")
