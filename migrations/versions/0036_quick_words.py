"""The functions behind every receipt keep their plans.

PostgreSQL reads and plans a function in SQL anew for each call that it can't put in its place: what
recognises a token and what tells the words of a person took a fourth of a receipt. In PL/pgSQL
their plans are kept as long as the connection. What they answer is the same.

A program's name that was looked up a moment ago is not looked up again: its transaction begins with
`must_enter`, which lets in nobody whose secret has ended (ADR 135).
"""

from alembic import op

revision = "0036"
down_revision = "0035"

TOKENS = """
CREATE OR REPLACE FUNCTION use_token(given bytea, at timestamptz,
  OUT label text, OUT actor text, OUT simulated boolean, OUT scopes text[], OUT unit_id integer)
RETURNS SETOF record
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  used timestamptz;
BEGIN
  SELECT t.label, t.actor, t.simulated, t.scopes, t.unit_id, t.last_used_at
  INTO label, actor, simulated, scopes, unit_id, used FROM tokens t
  WHERE t.hash = given AND t.revoked_at IS NULL AND (t.expires_at IS NULL OR t.expires_at > at);
  IF NOT FOUND THEN
    RETURN;
  END IF;
  IF used IS NULL OR used < at - interval '1 minute' THEN
    UPDATE tokens t SET last_used_at = at
    WHERE t.hash = given AND (t.last_used_at IS NULL OR t.last_used_at < at - interval '1 minute');
  END IF;
  RETURN NEXT;
END $$;

CREATE FUNCTION must_enter(given bytea, at timestamptz) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  IF NOT enter(given, at) THEN
    RAISE EXCEPTION USING ERRCODE = 'invalid_authorization_specification',
      MESSAGE = 'the secret has ended';
  END IF;
END $$;
"""

# as in 0026
WORDS = r"""
CREATE OR REPLACE FUNCTION plain_words(said text) RETURNS text[]  -- lower case, no marks, đ as d
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE SET search_path = public, pg_temp AS $$
BEGIN
  RETURN ARRAY(SELECT DISTINCT left(word, 60) FROM regexp_split_to_table(
    lower(translate(regexp_replace(normalize(said, NFD), '[\u0300-\u036f]', '', 'g'), 'đĐ', 'dd')),
    '[\u0001-/:-`{-\u00bf\u2000-\u206f\u3000]+') AS word
  WHERE word <> '');
END $$;

CREATE OR REPLACE FUNCTION backward_numbers(said text) RETURNS text[]
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE SET search_path = public, pg_temp AS $$
BEGIN
  RETURN ARRAY(SELECT '#' || reverse(regexp_replace(
      left(digits, 40), '^(00)?840?(?=[0-9]{9}$)', '0'))
    FROM regexp_split_to_table(said, '[^0-9+(). -]+') AS number
    CROSS JOIN LATERAL regexp_replace(number, '[^0-9]', '', 'g') AS digits WHERE digits <> '');
END $$;

CREATE OR REPLACE FUNCTION keep_sought() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  words text[] := plain_words(concat_ws(' ', NEW.name, NEW.authorised_name));
BEGIN
  IF NEW.phone IS NOT NULL THEN
    words := words || backward_numbers(NEW.phone);
  END IF;
  NEW.sought := (SELECT array_to_tsvector(array_agg(place || ':' || word)) FROM cases c
    CROSS JOIN LATERAL unnest(
      ARRAY[c.receiving_unit_id, c.competent_unit_id]::text[] || c.passed_on_by::text[]
      || CASE WHEN c.simulated THEN 'simulated' ELSE 'real' END) AS place
    CROSS JOIN unnest(words) AS word
    WHERE c.id = NEW.case_id);
  RETURN NEW;
END $$;

DROP FUNCTION sought_of(applicants);
"""


def upgrade() -> None:
    for statement in (TOKENS, WORDS):
        op.execute(statement)
    op.execute("REVOKE EXECUTE ON FUNCTION must_enter FROM PUBLIC")
    op.execute("GRANT EXECUTE ON FUNCTION must_enter TO tthc_app")
