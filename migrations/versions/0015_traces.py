"""Traces: who signed in, was refused, read a person, exported, changed accounts or catalogue.

One chain for each actor, sealed by the database as the rows enter; nobody but the owner can add
one otherwise, and nobody changes any. `trace_heads` says where each chain ends, `trace_days` seals
what was kept each day.
"""

from alembic import op

revision = "0015"
down_revision = "0014"

TABLES = """
CREATE TABLE traces (
  id           bigint GENERATED ALWAYS AS IDENTITY,
  actor        text NOT NULL,
  seq          integer NOT NULL,
  simulated    boolean,
  kind         text NOT NULL,
  recorded_at  timestamptz NOT NULL,
  case_ids     bigint[] NOT NULL,
  details      json NOT NULL,
  hash         bytea NOT NULL,
  PRIMARY KEY (actor, seq)
);
CREATE UNIQUE INDEX traces_id ON traces (id);
CREATE INDEX traces_kind ON traces (kind, id);
CREATE INDEX traces_recorded ON traces USING brin (recorded_at);
CREATE INDEX traces_cases ON traces USING gin (case_ids) WHERE case_ids <> '{}';

CREATE TABLE trace_heads (
  actor  text PRIMARY KEY,
  seq    integer NOT NULL,
  head   bytea NOT NULL
);

CREATE TABLE trace_days (
  day      date PRIMARY KEY,
  actors   integer NOT NULL,
  traces   integer NOT NULL,
  digest   bytea NOT NULL,
  head     bytea NOT NULL,
  made_at  timestamptz NOT NULL
);
"""

# Every field is led by its length, so that none can shift.
LINK = """
CREATE FUNCTION trace_link(before bytea, t traces) RETURNS bytea
LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path = public, pg_temp AS $$
  SELECT sha256(before || convert_to(string_agg(length(field) || ':' || field, '' ORDER BY place),
    'UTF8'))
  FROM unnest(ARRAY[t.actor, t.seq::text, coalesce(t.simulated::text, ''), t.kind,
    (extract(epoch FROM t.recorded_at) * 1000000)::bigint::text,
    array_to_string(t.case_ids, ','), t.details::text]) WITH ORDINALITY AS f (field, place)
$$;
"""
ADD = """
CREATE FUNCTION add_trace(who text, world boolean, what text, at timestamptz, about bigint[],
  named text, told json) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  last trace_heads;
  t traces;
BEGIN
  INSERT INTO trace_heads VALUES (who, 0, '') ON CONFLICT DO NOTHING;
  SELECT * INTO last FROM trace_heads WHERE actor = who FOR UPDATE;
  t.actor := who;
  t.seq := last.seq + 1;
  t.simulated := world;
  t.kind := what;
  t.recorded_at := at;
  t.case_ids := ARRAY(SELECT DISTINCT each FROM (
    SELECT unnest(about) UNION ALL SELECT id FROM cases WHERE code = named) AS x (each)
    ORDER BY each);
  t.details := told;
  t.hash := trace_link(last.head, t);
  INSERT INTO traces (actor, seq, simulated, kind, recorded_at, case_ids, details, hash)
  VALUES (t.actor, t.seq, t.simulated, t.kind, t.recorded_at, t.case_ids, t.details, t.hash);
  UPDATE trace_heads SET seq = t.seq, head = t.hash WHERE actor = who;
END $$;

-- For filters: @> can use no index behind a policy.
CREATE FUNCTION traces_of(named text) RETURNS SETOF bigint
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  RETURN QUERY SELECT t.id FROM traces t
  WHERE (reader_may('traces') OR pg_has_role(session_user, 'tthc_night', 'MEMBER'))
    AND t.case_ids <> '{}' AND t.case_ids @> ARRAY(SELECT id FROM cases WHERE code = named)
    AND EXISTS (SELECT FROM cases WHERE code = named);
END $$;
"""
# as in 0014, and who reads the traces
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
      WHEN role = 'auditor' THEN 'traces' ELSE '' END,
    world::text, name, reach.seen::text]::text;
  PERFORM set_config('tthc.reader', note, true), set_config('tthc.seal', seal_of(note), true);
END $$;
"""
GRANTS = """
GRANT SELECT ON traces TO tthc_app;
GRANT SELECT ON trace_heads, trace_days TO tthc_night;
GRANT INSERT ON trace_days TO tthc_night;
CREATE POLICY audited ON traces FOR SELECT TO tthc_app USING (
  (SELECT reader_may('traces')) AND (simulated IS NULL OR simulated = (SELECT reader_world())));
CREATE POLICY whole ON traces TO tthc_night USING (true);
ALTER TABLE traces ENABLE ROW LEVEL SECURITY;
"""


def upgrade() -> None:
    for statement in (TABLES, LINK, ADD, OPEN_SCOPE, GRANTS):
        op.execute(statement)
