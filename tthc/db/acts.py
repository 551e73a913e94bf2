"""The one door for single acts: row, events and chain in one statement on the caller's transaction.

Whoever read an older version of the case writes nothing. A repeated request (`Repeatable`) writes
nothing either: its answer is kept beside what it did.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy.ext.asyncio import AsyncConnection

from tthc.db.history import Kept, read_kept
from tthc.db.json_values import as_text, checked
from tthc.db.words import Said, put_apart
from tthc.domain.applicant import FIELDS, LOOKED_UP_BY, Applicant
from tthc.domain.case import DECIDED, Case, Decision
from tthc.domain.events import Event, seal_all
from tthc.domain.lifecycle import Occasion

_COLUMNS = ", ".join(DECIDED)
_PERSON = ", ".join(FIELDS)
_FOLD = ", ".join(f"r.{name}" for name in DECIDED)
# $1 to $5: actor, key (or NULL), request, response, recorded_at
_KEPT = """
WITH kept AS (
  INSERT INTO idempotency_keys (actor, key, request, response, recorded_at)
  SELECT $1, $2, $3, $4::text::json, $5::timestamptz WHERE $2::text IS NOT NULL
  ON CONFLICT DO NOTHING RETURNING 1
)"""
_NOT_REPEATED = "($2::text IS NULL OR EXISTS (SELECT FROM kept))"
# $10 to $17: the events' columns; $18: what was written freely in them
_ACTS = """
acts AS (
  INSERT INTO case_events (case_id, recorded_at, actor, seq, type, occurred_at, effective_at,
    replaces, payload, change, hash)
  SELECT written.id, $5::timestamptz, $1, e.seq, e.type, e.occurred_at, e.effective_at,
    e.replaces, e.payload::json, e.change::json, e.hash
  FROM written, unnest($10::integer[], $11::text[], $12::timestamptz[], $13::timestamptz[],
    $14::integer[], $15::text[], $16::text[], $17::bytea[])
    AS e (seq, type, occurred_at, effective_at, replaces, payload, change, hash)
), said AS (
  INSERT INTO case_words (case_id, seq, name, salt, words)
  SELECT written.id, w.* FROM written, json_to_recordset($18::text::json)
    AS w (seq integer, name text, salt text, words text)
)"""
OPEN = f"""{_KEPT},
written AS (
  INSERT INTO cases (code, simulated, imported, version, head, last_effective_at,
    last_recorded_at, {_COLUMNS})
  SELECT $19, $20::boolean, false, $6::integer, $7::bytea, $8::timestamptz, $5, {_FOLD}
  FROM jsonb_populate_record(NULL::cases, $9::text::jsonb) AS r
  WHERE {_NOT_REPEATED}
  ON CONFLICT (code) DO NOTHING
  RETURNING id
), named AS (
  INSERT INTO applicants (case_id, {_PERSON})
  SELECT written.id, {", ".join(f"a.{name}" for name in FIELDS)}
  FROM written, jsonb_populate_record(NULL::applicants, $21::text::jsonb) AS a
  WHERE $21::text IS NOT NULL
), {_ACTS}
SELECT id, CASE WHEN $22::boolean THEN slip_pin($19) END AS slip_pin FROM written"""
GO_ON = f"""{_KEPT},
written AS (
  UPDATE cases SET version = $6::integer, head = $7::bytea,
    last_effective_at = greatest(last_effective_at, $8::timestamptz),
    last_recorded_at = greatest(last_recorded_at, $5::timestamptz),
    ({_COLUMNS}) = (SELECT {_FOLD} FROM jsonb_populate_record(NULL::cases, $9::text::jsonb) AS r)
  WHERE id = $19::bigint AND version = $20::integer AND {_NOT_REPEATED}
  RETURNING id
), {_ACTS}
SELECT id FROM written"""
_ANSWER = """
SELECT json_build_array(encode(request, 'hex'), response)::text FROM idempotency_keys
WHERE actor = $1 AND key = $2"""


class Opened(NamedTuple):
    """A case that was opened; `slip_pin` looks it up where nothing of its owner's is known."""

    id: int
    slip_pin: str | None


@dataclass(frozen=True, slots=True)
class Repeatable:
    """A request that its sender may repeat: its key, what it asked, and the answer to keep."""

    key: str
    request: bytes
    response: str


async def open_case(
    connection: AsyncConnection,
    case: Case,
    decisions: Sequence[Decision],
    on: Occasion,
    *,
    applicant: Applicant | None = None,
    repeatable: Repeatable | None = None,
) -> Opened | None:
    """Write a new case with its first acts.

    None: nothing was written, for the code exists or the request is a repeated one.
    """
    values = _values(case, b"", 0, decisions, on, repeatable)
    person = applicant.said() if applicant else {}
    values += (case.code, case.simulated, as_text(person) if person else None)
    values += (person.keys().isdisjoint(LOOKED_UP_BY),)
    row = (await connection.exec_driver_sql(OPEN, values)).one_or_none()
    return Opened(row.id, row.slip_pin) if row else None


async def go_on(
    connection: AsyncConnection,
    before: Case,
    after: Case,
    decisions: Sequence[Decision],
    on: Occasion,
    *,
    repeatable: Repeatable | None = None,
) -> bool:
    """Write further acts of a case.

    False: nothing was written, for the case has moved on or the request is a repeated one.
    """
    values = _values(after, before.head, before.version, decisions, on, repeatable)
    values += (before.id, before.version)
    return (await connection.exec_driver_sql(GO_ON, values)).one_or_none() is not None


async def read_answer(connection: AsyncConnection, actor: str, key: str) -> Kept | None:
    """The answer kept for a request, as it stands after another transaction wrote it."""
    found = await connection.exec_driver_sql(_ANSWER, (actor, key))
    return read_kept(found.scalar_one_or_none())


def sealed(
    code: str, head: bytes, version: int, decisions: Sequence[Decision], on: Occasion
) -> tuple[list[Event], list[bytes], list[Said]]:
    """The events that decisions become, the links of the chain after a head, and what was
    written freely in them.
    """
    events: list[Event] = []
    said: list[Said] = []
    for seq, one in enumerate(decisions, start=version + 1):
        payload, apart = put_apart(seq, one.payload)
        said += apart
        events.append(
            Event(
                code,
                seq,
                one.type,
                one.occurred_at or one.effective_at,
                one.effective_at,
                on.now,
                on.by.name,
                one.replaces,
                None if payload is None else as_text(payload),
                as_text(one.change),
            )
        )
    return events, seal_all(head, events), said


def _values(
    case: Case,
    head: bytes,
    version: int,
    decisions: Sequence[Decision],
    on: Occasion,
    repeatable: Repeatable | None,
) -> tuple[Any, ...]:
    events, links, said = sealed(case.code, head, version, decisions, on)
    kept = (None, None, None)
    if repeatable:
        kept = (repeatable.key, repeatable.request, repeatable.response)  # type: ignore[assignment]  # or three nulls
    return (
        on.by.name,
        *kept,
        on.now,
        events[-1].seq,
        links[-1],
        max(one.effective_at for one in events),
        as_text({name: getattr(case, name) for name in DECIDED}),
        [one.seq for one in events],
        [one.type for one in events],
        [one.occurred_at for one in events],
        [one.effective_at for one in events],
        [one.replaces for one in events],
        [one.payload for one in events],
        [one.change for one in events],
        links,
        _words_text(said),
    )


def _words_text(said: Sequence[Said]) -> str | None:
    """What was written freely, as the statement takes it."""
    if not said:
        return None
    return checked(json.dumps([one._asdict() for one in said], ensure_ascii=False))
