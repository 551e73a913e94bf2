"""Notices to units by e-mail: where they go, and each notice once per unit, day and address."""

from alembic import op

revision = "0018"
down_revision = "0017"


def upgrade() -> None:
    op.execute("""
CREATE TABLE notice_addresses (
  id        integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  unit_id   integer NOT NULL REFERENCES units,
  address   text NOT NULL,
  given_at  timestamptz NOT NULL,
  ended_at  timestamptz
);
CREATE UNIQUE INDEX notice_addresses_live ON notice_addresses (unit_id, address)
  WHERE ended_at IS NULL;

CREATE TABLE notices (
  id        bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  unit_id   integer NOT NULL REFERENCES units,
  day       date NOT NULL,
  address   text NOT NULL,
  subject   text NOT NULL,
  body      text NOT NULL,
  written_at timestamptz NOT NULL,
  tries     integer NOT NULL DEFAULT 0,
  tried_at  timestamptz,
  failure   text,
  sent_at   timestamptz,
  CONSTRAINT notices_once UNIQUE (unit_id, day, address)
);
CREATE INDEX notices_waiting ON notices (id) WHERE sent_at IS NULL;
""")
    op.execute("GRANT SELECT, INSERT, UPDATE ON notice_addresses, notices TO tthc_night")
    op.execute("GRANT EXECUTE ON FUNCTION find_units TO tthc_night")
