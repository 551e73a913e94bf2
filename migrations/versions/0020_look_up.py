"""A citizen looks one case up by its code and a second secret, and sees that case alone.

`enter_look_up` notes for the transaction, under the same seal as `enter`, which case it is about.
What names a person stays hidden from such a reader.
"""

from alembic import op

revision = "0020"
down_revision = "0019"

LOOK_UP = """
CREATE FUNCTION reader_case() RETURNS bigint
LANGUAGE plpgsql STABLE PARALLEL RESTRICTED SECURITY DEFINER
SET search_path = public, pg_temp AS $$
BEGIN RETURN (reader())[5]::bigint; END $$;

-- The secret: the last four digits of the owner's telephone, or of their identity number where no
-- telephone is known.
CREATE FUNCTION enter_look_up(given text, digits text) RETURNS TABLE (code text, simulated boolean)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  this record;
  note text;
BEGIN
  SELECT c.id, c.code, c.simulated INTO this FROM cases c JOIN applicants a ON a.case_id = c.id
  WHERE c.code = given AND digits ~ '^[0-9]{4}$' AND digits = right(coalesce(
    nullif(regexp_replace(a.phone, '[^0-9]', '', 'g'), ''),
    regexp_replace(a.identity_number, '[^0-9]', '', 'g')), 4);
  IF NOT FOUND THEN
    RETURN;
  END IF;
  note := ARRAY['', this.simulated::text, 'tra cứu', '{}', this.id::text]::text;
  PERFORM set_config('tthc.reader', note, true), set_config('tthc.seal', seal_of(note), true);
  RETURN QUERY SELECT this.code, this.simulated;
END $$;

CREATE POLICY looked_up ON cases FOR SELECT TO tthc_app USING (id = (SELECT reader_case()));
CREATE POLICY named_to_no_stranger ON applicants AS RESTRICTIVE FOR SELECT TO tthc_app
  USING ((SELECT reader_case()) IS NULL);
CREATE POLICY told_to_no_stranger ON case_words AS RESTRICTIVE FOR SELECT TO tthc_app
  USING ((SELECT reader_case()) IS NULL);
"""


def upgrade() -> None:
    op.execute(LOOK_UP)
