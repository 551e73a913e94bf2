"""What the tests of a decision's annex share."""

from collections.abc import Awaitable, Callable
from datetime import date
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from tthc.intake.catalogue.decision import CatalogueReport

DECIDED = date(2026, 10, 1)
EVE = date(2026, 9, 30)
BIRTH = "1.001193"  # published as "1", without a unit

Import = Callable[..., Awaitable[CatalogueReport]]


def counts(report: CatalogueReport) -> tuple[int, int, int, int, int]:
    return report.added, report.changed, report.ended, report.unconfirmed, report.rejected


async def fingerprint(connection: AsyncConnection) -> list[Any]:
    tables = ("units", "unit_successors", "procedures", "terms", "case_kinds", "sources")
    return [
        (await connection.execute(text(f"SELECT count(*), max(t::text) FROM {table} t"))).one()
        for table in tables
    ]
