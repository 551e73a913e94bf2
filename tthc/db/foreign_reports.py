"""Reports of other systems, kept as they came."""

from dataclasses import asdict
from datetime import datetime

from sqlalchemy import bindparam, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncConnection

from tthc.domain.foreign import ForeignReport

_KEEP = text("""
INSERT INTO foreign_reports
  (simulated, sha256, layout, period, file_name, imported_at, imported_by, rows)
VALUES (:simulated, :sha256, :layout, :period, :file_name, :at, :by, :rows)
ON CONFLICT (sha256, layout, period, simulated) DO NOTHING
""").bindparams(bindparam("rows", type_=JSONB))


async def keep_report(
    connection: AsyncConnection,
    report: ForeignReport,
    period: str,
    *,
    simulated: bool,
    at: datetime,
    by: str,
) -> bool:
    """Keep a report of a period; False where this very file is kept already."""
    kept = await connection.execute(
        _KEEP,
        {
            "simulated": simulated,
            "sha256": report.sha256,
            "layout": report.layout,
            "period": period,
            "file_name": report.file_name,
            "at": at,
            "by": by,
            "rows": [asdict(row) for row in report.rows],
        },
    )
    return bool(kept.rowcount)
