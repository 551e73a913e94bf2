"""Loading the packaged reference data: once, again only when a release changed it.

The owner's role runs this inside `tthc db upgrade`. A row that a later decision brought or
ended (`tthc catalogue import`) is never touched; a row is ended, never removed.
"""

import json
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from tthc import clock
from tthc.db import calendars
from tthc.db import reference_sql as sql
from tthc.rules import catalogue
from tthc.rules.blocks import blocks
from tthc.rules.calendars import packaged_texts, parse_decision
from tthc.rules.published_terms import channel_terms, read_time
from tthc.rules.sources import sources

READING = "3"  # raised when the same files are read differently, or the report changes


@dataclass(frozen=True)
class ReferenceReport:
    """What the database holds of the packaged data; `loaded` is False when it was current."""

    loaded: bool
    units: int
    successors: int
    divided_communes: int
    sectors: int
    procedures: int
    procedures_without_term: int
    terms: int
    terms_unconfirmed: int
    terms_doubled_alike: int
    terms_doubled_contradicting: int
    online_levels: int
    online_levels_blank: int
    online_levels_outside_catalogue: int
    workflows: int
    steps: int
    calendars: int
    calendar_days: int


async def load_reference(connection: AsyncConnection) -> ReferenceReport:
    """Bring units, lineage, procedures, terms, online levels and calendars up to this release.

    Runs in the caller's transaction, by the owner's role; instant when already current.
    """
    await connection.execute(text("SELECT pg_advisory_xact_lock(hashtext('tthc.reference'))"))
    digest = f"{READING}:{catalogue.digest()}"
    last = await connection.execute(text(sql.LAST_LOAD))
    row = last.one_or_none()
    if row is not None and row.digest == digest:
        return ReferenceReport(**{**row.report, "loaded": False})
    await _load_sources(connection)
    counts = {
        **await _load_units(connection),
        **await _load_procedures(connection),
        **await _load_terms(connection),
        **await _load_online_levels(connection),
        **await _load_steps(connection),
        **await _load_calendars(connection),
    }
    await _load_blocks(connection)
    report = ReferenceReport(loaded=True, **counts)
    await connection.execute(
        text(sql.RECORD_LOAD),
        {"digest": digest, "loaded_at": clock.now(), "report": json.dumps(asdict(report))},
    )
    return report


async def _load_sources(connection: AsyncConnection) -> None:
    await _copy(connection, "sources", sql.INCOMING_SOURCES, list(sources().values()))
    await connection.execute(text(sql.MERGE_SOURCES))


async def _load_units(connection: AsyncConnection) -> dict[str, int]:
    units = catalogue.units()
    successions = catalogue.successions(units)
    await _copy(connection, "units", sql.INCOMING_UNITS, units)
    for level in ("province", "district", "commune"):  # those above come first
        await connection.execute(text(sql.MERGE_UNITS), {"level": level})
    await _copy(connection, "successions", sql.INCOMING_SUCCESSIONS, successions)
    await connection.execute(text(sql.MERGE_SUCCESSIONS))
    communes = {unit.code for unit in units if unit.level == "commune"}
    return {
        "units": len(units),
        "successors": len(successions),
        "divided_communes": len(
            {s.predecessor for s in successions if s.divided and s.predecessor in communes}
        ),
    }


async def _load_procedures(connection: AsyncConnection) -> dict[str, int]:
    procedures = catalogue.procedures()
    await _copy(connection, "procedures", sql.INCOMING_PROCEDURES, procedures)
    await connection.execute(text(sql.MERGE_SECTORS))
    await connection.execute(text(sql.MERGE_PROCEDURES))
    return {
        "procedures": len(procedures),
        "sectors": len({sector for _, _, sector, _, _ in procedures}),
    }


async def _load_terms(connection: AsyncConnection) -> dict[str, int]:
    terms = channel_terms(catalogue.terms())
    await _copy(
        connection,
        "terms",
        sql.INCOMING_TERMS,
        [(t.procedure_code, t.channel, *t.read, t.published) for t in terms],
    )
    await connection.execute(text(sql.MERGE_TERMS))
    doubled = [term for term in terms if term.rows > 1]
    alike = sum(" | " not in term.published for term in doubled)
    known = {code for code, *_ in catalogue.procedures()}
    return {
        "terms": len(terms),
        "terms_unconfirmed": sum(term.read.problem is not None for term in terms),
        "terms_doubled_alike": alike,
        "terms_doubled_contradicting": len(doubled) - alike,
        "procedures_without_term": len(known - {term.procedure_code for term in terms}),
    }


async def _load_online_levels(connection: AsyncConnection) -> dict[str, int]:
    facts = catalogue.online_levels()
    # the catalogue's other agencies have no level of government to be counted under
    decided = [fact for fact in facts if fact.online_level and fact.level != "other"]
    await _copy(connection, "online_levels", sql.INCOMING_ONLINE_LEVELS, decided)
    await connection.execute(text(sql.MERGE_ONLINE_LEVELS))
    known = {code for code, *_ in catalogue.procedures()}
    return {
        "online_levels": len(decided),
        "online_levels_blank": len({f.procedure_code for f in facts if not f.online_level}),
        "online_levels_outside_catalogue": len({f.procedure_code for f in facts} - known),
    }


async def _load_steps(connection: AsyncConnection) -> dict[str, int]:
    workflows, steps = catalogue.workflows(), catalogue.steps()
    stated = [(*each, *read_time(each.total)[:2]) for each in workflows]
    await _copy(connection, "workflows", sql.INCOMING_WORKFLOWS, stated)
    await connection.execute(text(sql.MERGE_WORKFLOWS))
    budgets = [(*each, *read_time(each.time)[:2]) for each in steps]
    await _copy(connection, "steps", sql.INCOMING_STEPS, budgets)
    await connection.execute(text(sql.MERGE_STEPS))
    return {"workflows": len(workflows), "steps": len(steps)}


async def _load_blocks(connection: AsyncConnection) -> None:
    """What a block holds by nature, for row-level security."""
    kinds = [(each.id, each.level, kind) for each in blocks().values() for kind in each.kinds]
    await _copy(connection, "blocks", sql.INCOMING_BLOCKS, kinds)
    await connection.execute(text("DELETE FROM block_kinds"))
    await connection.execute(text(sql.KEEP_BLOCKS))


async def _load_calendars(connection: AsyncConnection) -> dict[str, int]:
    """Lay the packaged decisions that are new here; what was laid before stays as it is."""
    rows = await connection.execute(text(sql.LAID), {"code": calendars.CODE})
    laid = {row.version: row.digest for row in rows}
    digest = list(laid.values())[-1] if laid else None
    for each in packaged_texts(calendars.CODE):
        if each.version not in laid:
            cited = parse_decision(each).source
            digest = await calendars.lay_decision(connection, each, cited, digest)
    known = (await calendars.read_calendars(connection)).history
    for decision in known.knowable:
        await calendars.keep_version(connection, known, decision.version)
    return dict((await connection.execute(text(sql.COUNT_CALENDARS))).mappings().one())


async def _copy(connection: AsyncConnection, name: str, columns: str, records: list[Any]) -> None:
    """Put records into the temporary table `incoming_<name>`, by COPY."""
    await connection.execute(
        text(f"CREATE TEMPORARY TABLE incoming_{name} ({columns}) ON COMMIT DROP")
    )
    driver: Any = (await connection.get_raw_connection()).driver_connection
    await driver.copy_records_to_table(f"incoming_{name}", records=records)
    await connection.execute(text(f"ANALYZE incoming_{name}"))
