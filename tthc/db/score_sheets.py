"""Rounds of scoring and the acts on score sheets: only ever added; the database seals them."""

import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from tthc.domain.score_sheet.acts import Act, Noted, read_act
from tthc.domain.score_sheet.rounds import Round, Stage, Window, Windows

_HOLD = "SELECT pg_advisory_xact_lock(hashtext($1))"
_ACTS = """
SELECT unit_id, seq, kind, leaf, told::text AS told, actor, recorded_at FROM score_acts
WHERE rubric = $1 AND period = $2 AND simulated = $3
  AND ($4::integer[] IS NULL OR unit_id = ANY ($4))
  AND ($5::text[] IS NULL OR kind = ANY ($5)) AND ($6::timestamptz IS NULL OR recorded_at <= $6)
ORDER BY unit_id, seq"""
_ADD = """
INSERT INTO score_acts
  (simulated, rubric, period, unit_id, seq, kind, leaf, told, actor, recorded_at, hash)
SELECT $1, $2, $3, $4, 0, kind, leaf, told, $6, $7, ''
FROM json_to_recordset($5::text::json) AS a (kind text, leaf text, told json)"""
_ROUNDS = """
SELECT DISTINCT ON (rubric, period, root_id) rubric, period, root_id, version, decision, reason,
  windows::text AS windows, block_windows::text AS block_windows, appraisers::text AS appraisers,
  opened_by, opened_at
FROM score_rounds WHERE simulated = $1 AND ($2::text IS NULL OR rubric = $2)
  AND ($3::text IS NULL OR period = $3) AND ($4::integer IS NULL OR root_id = $4)
ORDER BY rubric, period, root_id, version DESC"""
_OPEN = """
INSERT INTO score_rounds (simulated, root_id, rubric, period, version, decision, reason, windows,
  block_windows, appraisers, opened_by, opened_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8::text::json, $9::text::json, $10::text::json, $11, $12)"""


@dataclass(frozen=True, slots=True)
class SheetKey:
    """Which sheet: a rubric's, of a unit, in a period."""

    simulated: bool
    rubric: str
    period: str
    unit_id: int


@dataclass(frozen=True, slots=True)
class OpenedRound:
    """A round as its last version has it, who set it and why."""

    rubric: str
    period: str
    root_id: int
    round: Round
    reason: str | None
    opened_by: str
    opened_at: datetime


async def hold_sheet(connection: AsyncConnection, key: SheetKey) -> None:
    """Let nobody else act on a sheet until this transaction ends."""
    name = f"score sheet:{key.rubric}:{key.period}:{key.unit_id}"
    await connection.exec_driver_sql(_HOLD, (name,))


async def hold_round(connection: AsyncConnection, root_id: int, rubric: str, period: str) -> None:
    """Let nobody else set a round until this transaction ends."""
    await connection.exec_driver_sql(_HOLD, (f"score round:{rubric}:{period}:{root_id}",))


async def read_acts(
    connection: AsyncConnection,
    rubric: str,
    period: str,
    *,
    simulated: bool,
    unit_ids: Sequence[int] | None = None,
    kinds: Sequence[str] | None = None,
    known_at: datetime | None = None,
) -> dict[int, list[Noted]]:
    """The acts on sheets of a round by unit, in their order, that the reader may see."""
    units = None if unit_ids is None else list(unit_ids)
    asked = (rubric, period, simulated, units, list(kinds) if kinds else None, known_at)
    found: dict[int, list[Noted]] = defaultdict(list)
    for row in await connection.exec_driver_sql(_ACTS, asked):
        act = read_act(row.kind, row.leaf, json.loads(row.told))
        found[row.unit_id].append(Noted(row.seq, act, row.actor, row.recorded_at))
    return dict(found)


async def add_acts(
    connection: AsyncConnection, key: SheetKey, acts: Iterable[Act], actor: str, now: datetime
) -> None:
    """Keep acts on a sheet that is held, in their order."""
    rows = [{"kind": act.kind.value, "leaf": act.leaf, "told": act.told()} for act in acts]
    if rows:
        await connection.exec_driver_sql(
            _ADD,
            (
                *(key.simulated, key.rubric, key.period, key.unit_id),
                *(json.dumps(rows, ensure_ascii=False), actor, now),
            ),
        )


async def read_rounds(
    connection: AsyncConnection,
    *,
    simulated: bool,
    rubric: str | None = None,
    period: str | None = None,
    root_id: int | None = None,
) -> list[OpenedRound]:
    """The rounds that there are, each as its last version has it."""
    rows = await connection.exec_driver_sql(_ROUNDS, (simulated, rubric, period, root_id))
    return [_round(dict(row)) for row in rows.mappings()]


async def keep_round(
    connection: AsyncConnection,
    opened: OpenedRound,
    *,
    simulated: bool,
) -> None:
    """Keep a version of a round that is held."""
    windows = _told(opened.round.windows)
    of_blocks = {name: _told(each) for name, each in opened.round.blocks.items()}
    appraisers = {name: list(each) for name, each in (opened.round.appraisers or {}).items()}
    await connection.exec_driver_sql(
        _OPEN,
        (
            *(simulated, opened.root_id, opened.rubric, opened.period, opened.round.version),
            *(opened.round.decision, opened.reason, json.dumps(windows), json.dumps(of_blocks)),
            *(json.dumps(appraisers, ensure_ascii=False), opened.opened_by, opened.opened_at),
        ),
    )


def _round(row: dict[str, Any]) -> OpenedRound:
    of_blocks = json.loads(row["block_windows"])
    appraisers = {name: tuple(each) for name, each in json.loads(row["appraisers"]).items()}
    return OpenedRound(
        *(row["rubric"], row["period"], row["root_id"]),
        Round(
            *(_windows(json.loads(row["windows"])), row["decision"], row["version"], appraisers),
            {name: _windows(each) for name, each in of_blocks.items()},
        ),
        *(row["reason"], row["opened_by"], row["opened_at"]),
    )


def _told(windows: Windows) -> dict[str, list[str]]:
    return {
        stage.value: [each.first.isoformat(), each.last.isoformat()]
        for stage, each in windows.items()
    }


def _windows(told: dict[str, list[str]]) -> dict[Stage, Window]:
    return {Stage(name): Window(*map(date.fromisoformat, ends)) for name, ends in told.items()}
