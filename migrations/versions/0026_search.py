"""Cases found by pieces of their persons' names and telephones.

`applicants.sought` holds the words of the names without marks and the telephones backwards, each
under every unit that sees the case and under its world: so what a commune's clerk asks for touches
the commune's entries of the index and no others. It lies in the person's own row and goes with it.
"""

from alembic import op

revision = "0026"
down_revision = "0025"

# As stored and as asked for, by the same functions; tthc/domain/vietnamese.py tells words alike.
WORDS = r"""
ALTER TABLE applicants ADD COLUMN sought tsvector;

CREATE FUNCTION plain_words(said text) RETURNS text[]  -- lower case, no marks, đ as d
LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path = public, pg_temp AS $$
  SELECT coalesce(array_agg(DISTINCT left(word, 60)), '{}') FROM regexp_split_to_table(
    lower(translate(regexp_replace(normalize(said, NFD), '[\u0300-\u036f]', '', 'g'), 'đĐ', 'dd')),
    '[\u0001-/:-`{-\u00bf\u2000-\u206f\u3000]+') AS word
  WHERE word <> ''
$$;

-- The numbers of a text, with the 0 of Vietnam for +84, backwards: people know the last digits.
CREATE FUNCTION backward_numbers(said text) RETURNS text[]
LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path = public, pg_temp AS $$
  SELECT coalesce(array_agg('#' || reverse(regexp_replace(
    left(digits, 40), '^(00)?840?(?=[0-9]{9}$)', '0'))), '{}')
  FROM regexp_split_to_table(said, '[^0-9+(). -]+') AS number
  CROSS JOIN LATERAL regexp_replace(number, '[^0-9]', '', 'g') AS digits WHERE digits <> ''
$$;

CREATE FUNCTION sought_of(a applicants) RETURNS tsvector
LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
  SELECT array_to_tsvector(array_agg(DISTINCT place || ':' || word)) FROM cases c
  CROSS JOIN LATERAL unnest(
    ARRAY[c.receiving_unit_id, c.competent_unit_id]::text[] || c.passed_on_by::text[]
    || CASE WHEN c.simulated THEN 'simulated' ELSE 'real' END) AS place
  CROSS JOIN LATERAL unnest(plain_words(concat_ws(' ', a.name, a.authorised_name))
    || backward_numbers(a.phone)) AS word
  WHERE c.id = a.case_id
$$;
"""
KEPT = """
CREATE FUNCTION keep_sought() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  NEW.sought := sought_of(NEW);
  RETURN NEW;
END $$;
CREATE TRIGGER applicants_sought BEFORE INSERT OR UPDATE ON applicants FOR EACH ROW
  EXECUTE FUNCTION keep_sought();

-- a case that is passed on is found where it came to
CREATE FUNCTION move_sought() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  UPDATE applicants SET sought = NULL WHERE case_id = NEW.id AND sought IS NOT NULL;
  RETURN NULL;
END $$;
CREATE TRIGGER cases_sought AFTER UPDATE ON cases FOR EACH ROW WHEN (
  (OLD.receiving_unit_id, OLD.competent_unit_id, OLD.passed_on_by)
  IS DISTINCT FROM (NEW.receiving_unit_id, NEW.competent_unit_id, NEW.passed_on_by))
  EXECUTE FUNCTION move_sought();

UPDATE applicants SET sought = NULL WHERE erased_at IS NULL;
-- new entries wait in a short list until they are merged: a save pays little, a search reads it
CREATE INDEX applicants_sought ON applicants USING gin (sought)
  WITH (fastupdate = on, gin_pending_list_limit = 256);
"""
# Whole telephones and pieces of names: every word asked for begins one that is kept. `few`: up to
# so many units are asked one by one; beyond, the world is, and its cases are looked through.
ASKED = """
CREATE FUNCTION asked_words(said text) RETURNS text[]  -- each a choice of beginnings, by |
LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path = public, pg_temp AS $$
  SELECT CASE WHEN said ~ '^[0-9+(). -]+$' AND digits ~ '^[0-9]{3,}$'
    THEN ARRAY[array_to_string(backward_numbers(said) || digits, '|')]
    ELSE ARRAY(SELECT CASE WHEN word ~ '^[0-9]{3,}$'
      THEN array_to_string(backward_numbers(word) || word, '|') ELSE word END
      FROM unnest(plain_words(said)) AS word) END
  FROM regexp_replace(said, '[^0-9]', '', 'g') AS digits
$$;

CREATE FUNCTION asked_of(places text[], words text[]) RETURNS tsquery
LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path = public, pg_temp AS $$
  SELECT string_agg('(' || (
    SELECT string_agg('(' || (
      SELECT string_agg(format($q$'%s:%s':*$q$, place, beginning), ' | ')
      FROM unnest(string_to_array(word, '|')) AS beginning) || ')', ' & ')
    FROM unnest(words) AS word) || ')', ' | ')::tsquery
  FROM unnest(places) AS place
$$;

-- The newest cases of those who may read their persons, as tthc/domain/access.py says.
CREATE FUNCTION sought_cases(said text, world boolean, units integer[], most integer)
RETURNS SETOF bigint
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  few CONSTANT integer := 8;
  words text[] := asked_words(said);
BEGIN
  IF NOT pg_has_role(session_user, 'tthc_night', 'MEMBER') THEN
    IF NOT coalesce(reader_may('write') OR reader_may('traces'), false) THEN
      RETURN;
    ELSIF reader_world() IS NULL THEN
      units := ARRAY(SELECT unnest(units) INTERSECT SELECT unnest(reader_units()));
    ELSIF reader_world() <> world THEN
      RETURN;
    END IF;
  END IF;
  IF words = '{}' OR units = '{}' THEN
    RETURN;
  ELSIF cardinality(units) <= few THEN
    RETURN QUERY EXECUTE 'WITH found AS MATERIALIZED (
        SELECT case_id FROM applicants WHERE sought @@ $1)
      SELECT case_id FROM found ORDER BY case_id DESC LIMIT $2'
      USING asked_of(units::text[], words), most;
  ELSE
    RETURN QUERY EXECUTE 'SELECT a.case_id FROM applicants a JOIN cases c ON c.id = a.case_id
      WHERE a.sought @@ $1 AND ($3 IS NULL OR c.receiving_unit_id = ANY ($3)
        OR c.competent_unit_id = ANY ($3) OR c.passed_on_by && $3)
      ORDER BY a.case_id DESC LIMIT $2'
      USING asked_of(ARRAY[CASE WHEN world THEN 'simulated' ELSE 'real' END], words), most, units;
  END IF;
END $$;
"""


def upgrade() -> None:
    for statement in (WORDS, KEPT, ASKED):
        op.execute(statement)
