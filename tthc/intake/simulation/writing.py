"""Writing a simulated ledger: batch after batch, one transaction, known again by its parameters."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC
from typing import Any

import polars as pl
from adbc_driver_manager.dbapi import Cursor
from adbc_driver_postgresql.dbapi import connect
from sqlalchemy.ext.asyncio import AsyncConnection

from tthc import clock
from tthc.db.cases import append_cases, reserve_case_ids
from tthc.db.catalogue import load_procedures, load_terms, load_units
from tthc.db.simulated_units import build_province, load_online_levels, load_successors
from tthc.domain.calendar import Calendar
from tthc.domain.errors import BusyError
from tthc.intake.ledger import as_events, last_links, seal_frame
from tthc.intake.simulation.endings import ended
from tthc.intake.simulation.histories import events
from tthc.intake.simulation.lives import begun, suspended
from tthc.intake.simulation.mix import load_mix
from tthc.intake.simulation.promises import Promises
from tthc.intake.simulation.receipts import receipts, submissions
from tthc.intake.simulation.rows import case_rows, cut, told
from tthc.intake.simulation.setting import Reference, Setting
from tthc.intake.simulation.verdicts import concluded

PROFILE = "simulation"
BATCH = 25_000
ROUNDS = (1, 2)
KNOWN = """
SELECT EXISTS (SELECT FROM imports WHERE sha256 = $1 AND profile = $2 AND simulated)
"""
RECORD = """
INSERT INTO imports (profile, file_name, sha256, simulated, imported_at, rows, created, updated,
  unchanged, rejected)
VALUES ($1, $2, $3, true, $4, $5, $5, 0, 0, 0) RETURNING id
"""


@dataclass(frozen=True, slots=True)
class Written:
    """What a run added; nothing where the same parameters had been simulated before."""

    cases: int
    events: int
    already: bool


async def prepare(connection: AsyncConnection, province: str, calendar: Calendar) -> Reference:
    """Build the simulated province (by the owner's role) and read what can be asked of it.

    Raises NotFoundError on an unknown province.
    """
    root = await build_province(connection, province, load_mix()["departments"])
    units = [u for u in await load_units(connection, simulated=True) if u.root_id in root]
    return Reference(
        units=sorted(units, key=lambda unit: (unit.code, unit.id)),
        successors=await load_successors(connection),
        procedures=await load_procedures(connection),
        terms=[t for some in (await load_terms(connection)).values() for t in some],
        online_levels=await load_online_levels(connection),
        calendar=calendar,
    )


def lives(setting: Setting, promises: Promises, first: int, last: int) -> pl.DataFrame:
    """The cases numbered [first, last) with every act that had happened by the end."""
    frame = receipts(setting, submissions(setting, first, last))
    frame = begun(setting, promises, frame)
    for round_ in ROUNDS:
        frame = suspended(setting, promises, frame, round_)
    frame = ended(setting, concluded(setting, promises, frame))
    return told(setting, cut(setting, frame))


def batches(setting: Setting) -> Iterator[pl.DataFrame]:
    """The whole simulation, in the order of the days of submission."""
    promises = Promises(setting.calendar, setting.policy, setting.terms)
    for first in range(0, setting.asked.cases, BATCH):
        yield lives(setting, promises, first, min(first + BATCH, setting.asked.cases))


def sealed(setting: Setting, frame: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Rows and sealed events of cases that have their ids."""
    chain = seal_frame(events(setting, frame))
    rows = case_rows(frame).join(
        last_links(chain), left_on="id", right_on="case_id", how="left", maintain_order="left"
    )
    since = setting.asked.events_since
    if since is not None:
        kept = rows.filter(
            pl.col("last_effective_at") >= clock.start_of(since).astimezone(UTC)
        ).select("id")
        chain = chain.join(
            kept, left_on="case_id", right_on="id", how="semi", maintain_order="left"
        )
    return rows, as_events(chain)


def write(setting: Setting, url: str, progress: Callable[[int], None]) -> Written:
    """Add the cases and events in one transaction of the application's role.

    Raises BusyError while another simulation runs.
    """
    asked = setting.asked
    with connect(url) as connection, connection.cursor() as cursor:
        if not _ask(cursor, "SELECT pg_try_advisory_xact_lock(hashtext('tthc.simulation'))"):
            raise BusyError("Một lần mô phỏng khác đang chạy: hãy chờ nó xong rồi chạy lại.")
        if _ask(cursor, KNOWN, asked.sha256, PROFILE):
            return Written(0, 0, already=True)
        ids = pl.DataFrame(reserve_case_ids(cursor, asked.cases))["id"]
        cases, count = 0, 0
        with ThreadPoolExecutor(1) as writer:
            writing = writer.submit(int)  # nothing yet
            for frame in batches(setting):
                own = ids.slice(cases, len(frame))
                rows, chain = sealed(setting, frame.with_columns(case_id=own))
                progress(cases + writing.result())
                writing = writer.submit(_append, cursor, rows, chain)
                cases, count = cases + len(rows), count + len(chain)
            progress(cases + writing.result() - len(rows))
        _ask(cursor, RECORD, PROFILE, asked.asked, asked.sha256, clock.now(), cases)
        connection.commit()
    return Written(cases, count, already=False)


def _append(cursor: Cursor, rows: pl.DataFrame, chain: pl.DataFrame) -> int:
    append_cases(cursor, rows, chain)
    return len(rows)


def _ask(cursor: Cursor, sql: str, *values: object) -> Any:  # noqa: ANN401  # one value
    cursor.execute(sql, values or None)
    return pl.DataFrame(cursor.fetch_arrow()).item()
