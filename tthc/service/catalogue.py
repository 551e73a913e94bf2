"""What the catalogue says of a procedure on a date."""

from datetime import date
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from tthc.db.catalogue import load_terms, procedure_by_code
from tthc.domain.catalog import in_force
from tthc.domain.errors import NotFoundError
from tthc.service.workflows import describe_workflows

ONLINE_LEVELS = """
SELECT o.level, o.online_level, o.decided_by, o.valid_from, o.valid_to, s.title AS source,
       s.confirmed
FROM online_levels o JOIN sources s ON s.id = o.source_id
WHERE o.procedure_code = :code ORDER BY o.decided_by, o.level
"""
SOURCES = "SELECT id, title FROM sources WHERE id = ANY (:ids)"


async def describe_procedure(connection: AsyncConnection, code: str, on: date) -> dict[str, Any]:
    """A procedure, the terms and online levels in force on a date, and its internal workflows.

    A procedure that the catalogue does not list is shown by its workflows alone. Raises
    NotFoundError where there are none either.
    """
    workflows = await describe_workflows(connection, code)
    document: dict[str, Any] = {"on": on, "code": code, **dict.fromkeys(_PROCEDURE)}
    try:
        procedure = await procedure_by_code(connection, code, on)
    except NotFoundError:
        if not workflows:
            raise
    else:
        document |= {name: getattr(procedure, name) for name in _PROCEDURE}
    document["terms"] = await _terms(connection, code, on)
    levels = await connection.execute(text(ONLINE_LEVELS), {"code": code})
    document["online_levels"] = [
        dict(row) for row in levels.mappings() if in_force(row["valid_from"], row["valid_to"], on)
    ]
    return {**document, "workflows": workflows}


async def _terms(connection: AsyncConnection, code: str, on: date) -> list[dict[str, Any]]:
    published = (await load_terms(connection, code)).get(code, [])
    terms = [term for term in published if in_force(term.valid_from, term.valid_to, on)]
    sources = await connection.execute(
        text(SOURCES), {"ids": sorted({term.source_id for term in terms})}
    )
    titles = {row.id: row.title for row in sources}
    return [
        {**{name: getattr(term, name) for name in _TERM}, "source": titles[term.source_id]}
        for term in terms
    ]


_PROCEDURE = ("name", "sector", "levels", "decision", "valid_from", "valid_to")
_TERM = (
    *("basis", "case_kind", "level", "channel", "committed_by", "amount", "unit", "cutoff"),
    *("published", "confirmed", "problem", "valid_from", "valid_to"),
)
