"""Score sheets: rounds in windows of dates, acts that nobody changes, scores as published.

The acts of a sheet form a chain, sealed by the database as they enter; `score_sheets` says where
each chain ends, `score_days` seals what was kept each day. A round's versions follow each other.
"""

from alembic import op

revision = "0027"
down_revision = "0026"

TABLES = """
CREATE TABLE score_rounds (
  id          integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  simulated   boolean NOT NULL,
  root_id     integer NOT NULL REFERENCES units,
  rubric      text NOT NULL,
  period      text NOT NULL,
  version     integer NOT NULL CHECK (version > 0),
  decision    text NOT NULL,
  reason      text CHECK ((reason IS NULL) = (version = 1)),
  windows     json NOT NULL,
  appraisers  json NOT NULL,
  opened_by   text NOT NULL,
  opened_at   timestamptz NOT NULL,
  CONSTRAINT score_rounds_once UNIQUE (simulated, root_id, rubric, period, version)
);

CREATE TABLE score_sheets (
  simulated  boolean NOT NULL,
  rubric     text NOT NULL,
  period     text NOT NULL,
  unit_id    integer NOT NULL REFERENCES units,
  seq        integer NOT NULL,
  head       bytea NOT NULL,
  PRIMARY KEY (rubric, period, unit_id)
);

CREATE TABLE score_acts (
  simulated    boolean NOT NULL,
  rubric       text NOT NULL,
  period       text NOT NULL,
  unit_id      integer NOT NULL REFERENCES units,
  seq          integer NOT NULL,
  kind         text NOT NULL,
  leaf         text,
  told         json NOT NULL,
  actor        text NOT NULL,
  recorded_at  timestamptz NOT NULL,
  hash         bytea NOT NULL,
  PRIMARY KEY (rubric, period, unit_id, seq)
);
CREATE INDEX score_acts_unit ON score_acts (unit_id);
CREATE INDEX score_acts_recorded ON score_acts USING brin (recorded_at);

CREATE TABLE score_days (
  day      date PRIMARY KEY,
  sheets   integer NOT NULL,
  acts     integer NOT NULL,
  digest   bytea NOT NULL,
  head     bytea NOT NULL,
  made_at  timestamptz NOT NULL
);

CREATE TABLE published_scores (
  publication_id  bigint NOT NULL REFERENCES publications DEFERRABLE INITIALLY DEFERRED,
  simulated       boolean NOT NULL,
  rubric          text NOT NULL,
  version         integer NOT NULL,
  rubric_digest   text NOT NULL,
  unit_id         integer NOT NULL REFERENCES units,
  block           text,
  period          text NOT NULL,
  as_of           timestamptz NOT NULL,
  known_at        timestamptz NOT NULL,
  computed_at     timestamptz NOT NULL,
  points          numeric NOT NULL,
  most            numeric NOT NULL,
  scored_most     numeric NOT NULL,
  figures         text NOT NULL,
  leaves          json NOT NULL,
  PRIMARY KEY (publication_id, rubric, unit_id)
);
ALTER TABLE publications ADD COLUMN scores_digest bytea;
"""
# Every field is led by its length, so that none can shift.
LINK = """
CREATE FUNCTION score_link(before bytea, a score_acts) RETURNS bytea
LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path = public, pg_temp AS $$
  SELECT sha256(before || convert_to(string_agg(length(field) || ':' || field, '' ORDER BY place),
    'UTF8'))
  FROM unnest(ARRAY[a.simulated::text, a.rubric, a.period, a.unit_id::text, a.seq::text, a.kind,
    coalesce(a.leaf, ''), a.told::text, a.actor,
    (extract(epoch FROM a.recorded_at) * 1000000)::bigint::text])
    WITH ORDINALITY AS f (field, place)
$$;
CREATE FUNCTION seal_score_act() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  last score_sheets;
BEGIN
  INSERT INTO score_sheets VALUES (NEW.simulated, NEW.rubric, NEW.period, NEW.unit_id, 0, '')
  ON CONFLICT DO NOTHING;
  SELECT * INTO last FROM score_sheets
  WHERE rubric = NEW.rubric AND period = NEW.period AND unit_id = NEW.unit_id FOR UPDATE;
  NEW.seq := last.seq + 1;
  NEW.hash := score_link(last.head, NEW);
  UPDATE score_sheets SET seq = NEW.seq, head = NEW.hash
  WHERE rubric = NEW.rubric AND period = NEW.period AND unit_id = NEW.unit_id;
  RETURN NEW;
END $$;
CREATE TRIGGER score_acts_sealed BEFORE INSERT ON score_acts FOR EACH ROW
  EXECUTE FUNCTION seal_score_act();
"""
# A sheet is there for its unit, for who stands above it and for who appraises it; that it was
# published, with its sum, for every reader.
IN_REACH = """(unit_id = ANY ((SELECT reader_units())::integer[])
  OR simulated = (SELECT reader_world()))"""
APPRAISED = """(simulated = (SELECT appraised_world())
  AND unit_id <> ALL ((SELECT appraisers_units())::integer[]))"""
KNOWN = "(SELECT reader_name()) IS NOT NULL"
WRITES = "(SELECT reader_may('write'))"
ITS_WORLD = "simulated = (SELECT u.simulated FROM units u WHERE u.id = unit_id)"
POLICIES = f"""
CREATE POLICY read ON score_rounds FOR SELECT TO tthc_app USING ({KNOWN});
CREATE POLICY opened ON score_rounds FOR INSERT TO tthc_app WITH CHECK (
  {WRITES} AND opened_by = (SELECT reader_name())
  AND (root_id = ANY ((SELECT reader_units())::integer[]) OR simulated = (SELECT reader_world())));
CREATE POLICY read ON score_acts FOR SELECT TO tthc_app USING (
  {IN_REACH} OR {APPRAISED} OR (kind IN ('published', 'restated') AND {KNOWN}));
CREATE POLICY done ON score_acts FOR INSERT TO tthc_app WITH CHECK (
  actor = (SELECT reader_name()) AND {ITS_WORLD}
  AND (({WRITES} AND {IN_REACH})
    OR (kind IN ('entered', 'appraised', 'appraisal_ended') AND {APPRAISED})));
CREATE POLICY read ON published_scores FOR SELECT TO tthc_app USING ({IN_REACH} OR {APPRAISED});
CREATE POLICY publish ON published_scores FOR INSERT TO tthc_app WITH CHECK (
  {WRITES} AND {IN_REACH});
"""
GRANTS = """
GRANT SELECT, INSERT ON score_rounds, score_acts, published_scores TO tthc_app;
GRANT SELECT ON score_sheets, score_days TO tthc_night;
GRANT INSERT ON score_days TO tthc_night;
"""


def upgrade() -> None:
    for statement in (TABLES, LINK, POLICIES, GRANTS):
        op.execute(statement)
    for table in ("score_rounds", "score_acts", "published_scores"):
        op.execute(f"CREATE POLICY whole ON {table} TO tthc_night USING (true) WITH CHECK (true)")
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
