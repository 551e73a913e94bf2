"""One case with its events, its terms and the codes that people know it by, in one statement."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time
from decimal import Decimal
from typing import Any

from sqlalchemy import RowMapping
from sqlalchemy.ext.asyncio import AsyncConnection

from tthc.db.calendars import STATE, KnownCalendars, known_calendars
from tthc.db.json_values import read_change
from tthc.db.sight import seen
from tthc.db.words import put_back
from tthc.domain.access import Actor
from tthc.domain.case import DECIDED, Case, Recorded, State
from tthc.domain.errors import NotFoundError

_CASE = ("id", "code", "simulated", "imported", "version", "head", *DECIDED)
_DOSSIER = f"""
SELECT {", ".join(f"c.{name}" for name in _CASE)},
  p.code AS procedure_code, p.name AS procedure_name, s.name AS sector,
  ru.code AS receiving_unit, cu.code AS competent_unit, cu.name AS competent_unit_name,
  cu.level AS competent_level, ru.level AS receiving_level, ru.name AS receiving_unit_name,
  c.passed_on_by,
  t.amount AS term_amount, t.unit AS term_unit, t.cutoff AS term_cutoff,
  st.amount AS statutory_amount, st.unit AS statutory_unit, st.cutoff AS statutory_cutoff,
  (SELECT json_agg(json_build_array(e.seq, e.type, e.effective_at, e.replaces, e.payload, e.change,
     e.occurred_at, e.recorded_at, e.actor, e.import_id) ORDER BY e.seq)
   FROM case_events e WHERE e.case_id = c.id)::text AS events,
  (SELECT json_agg(json_build_array(w.seq, w.name, w.words))
   FROM case_words w WHERE w.case_id = c.id)::text AS words,
  {STATE.format(unit="c.receiving_unit_id")} AS calendars, {{kept}} AS kept
FROM cases c
JOIN procedures p ON p.id = c.procedure_id JOIN sectors s ON s.id = p.sector_id
JOIN units ru ON ru.id = c.receiving_unit_id JOIN units cu ON cu.id = c.competent_unit_id
LEFT JOIN terms t ON t.id = c.term_id LEFT JOIN terms st ON st.id = c.statutory_term_id
WHERE {{which}}"""
_READ = _DOSSIER.format(
    which="c.code = $1",
    kept="""(SELECT json_build_array(encode(k.request, 'hex'), k.response)
   FROM idempotency_keys k WHERE k.actor = $2 AND k.key = $3::text)::text""",
)
_READ_MANY = _DOSSIER.format(which="c.id = ANY ($1::bigint[]) ORDER BY c.id", kept="NULL")


@dataclass(frozen=True, slots=True)
class TermRow:
    amount: Decimal
    unit: str
    cutoff: time | None


@dataclass(frozen=True, slots=True)
class About:
    """What people call the things that a case points to."""

    procedure_code: str
    procedure_name: str
    sector: str
    receiving_unit: str
    competent_unit: str
    competent_unit_name: str
    competent_level: str
    receiving_level: str
    receiving_unit_name: str


@dataclass(frozen=True, slots=True)
class Written:
    """An event as the ledger tells it, whether it still counts or not."""

    seq: int
    type: str
    role: str
    occurred_at: datetime
    effective_at: datetime
    recorded_at: datetime
    actor: str
    replaces: int | None
    replaced: bool
    imported: bool
    payload: dict[str, Any]
    change: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Kept:
    """The answer to a request that was made before."""

    request: bytes
    response: Any


@dataclass(frozen=True, slots=True)
class Dossier:
    """A case and all that an act or a page about it needs; `passed_on_by`: units once competent."""

    case: Case
    about: About
    term: TermRow | None
    statutory: TermRow | None
    events: tuple[Written, ...]
    kept: Kept | None
    calendars: KnownCalendars
    passed_on_by: tuple[int, ...]


async def read_case(
    actor: Actor, connection: AsyncConnection, code: str, key: str | None = None
) -> Dossier:
    """A case within the actor's scope; `key` asks also for a request of theirs made before.

    Raises NotFoundError: beyond the scope there is no such case.
    """
    sql = f"{_READ} AND {seen(actor.scope)}"
    row = (await connection.exec_driver_sql(sql, (code, actor.name, key))).mappings().one_or_none()
    if row is None:
        raise NotFoundError(f"Không có hồ sơ mã “{code}”, hoặc hồ sơ ngoài phạm vi của bạn.")
    return _dossier(row, await known_calendars(connection, row["calendars"]))


async def read_cases(connection: AsyncConnection, ids: Sequence[int]) -> list[Dossier]:
    """Many cases at once, whoever asks."""
    rows = (await connection.exec_driver_sql(_READ_MANY, (list(ids),))).mappings().all()
    return [_dossier(row, await known_calendars(connection, row["calendars"])) for row in rows]


def _dossier(row: RowMapping, calendars: KnownCalendars) -> Dossier:
    words: dict[int, dict[str, str]] = {}
    for seq, name, said in json.loads(row["words"] or "[]"):
        words.setdefault(seq, {})[name] = said
    events = tuple(_written(json.loads(row["events"] or "[]", parse_float=Decimal), words))
    live = sorted(
        (one for one in events if not one.replaced), key=lambda e: (e.effective_at, e.seq)
    )
    case = Case(
        **{name: row[name] for name in _CASE if name != "state"},
        state=State(row["state"]),
        history=tuple(
            Recorded(e.seq, e.type, e.role, e.effective_at, e.payload, e.change) for e in live
        ),
    )
    return Dossier(
        case,
        About(*(row[name] for name in About.__slots__)),
        _term(row["term_amount"], row["term_unit"], row["term_cutoff"]),
        _term(row["statutory_amount"], row["statutory_unit"], row["statutory_cutoff"]),
        events,
        read_kept(row["kept"]),
        calendars,
        tuple(row["passed_on_by"]),
    )


def read_kept(text: str | None) -> Kept | None:
    """The answer kept for a request, from its two JSON values."""
    if text is None:
        return None
    request, response = json.loads(text)
    return Kept(bytes.fromhex(request), response)


def _written(
    rows: Iterable[list[Any]], words: Mapping[int, Mapping[str, str]]
) -> Iterable[Written]:
    rows = list(rows)
    replaced = {row[3] for row in rows}
    roles: dict[int, str] = {}
    for seq, kind, effective, replaces, payload, change, occurred, told, actor, import_id in rows:
        roles[seq] = roles.get(replaces, kind) if replaces is not None else kind
        yield Written(
            seq=seq,
            type=kind,
            role=roles[seq],
            occurred_at=datetime.fromisoformat(occurred),
            effective_at=datetime.fromisoformat(effective),
            recorded_at=datetime.fromisoformat(told),
            actor=actor,
            replaces=replaces,
            replaced=seq in replaced,
            imported=import_id is not None,
            payload=put_back(payload or {}, words.get(seq, {})),
            change=read_change(change),
        )


def _term(amount: Decimal | None, unit: str | None, cutoff: time | None) -> TermRow | None:
    if unit is None:
        return None
    return TermRow(Decimal(0) if amount is None else amount, unit, cutoff)
