"""Is the ledger as it was written? Every kind of tampering has a question that finds it."""

from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from tthc.db import integrity
from tthc.domain.digest import LedgerDay, sealed_days
from tthc.domain.errors import NotFoundError

LINKS = {
    "missing": "Hồ sơ {code}: thiếu việc ngay trước việc số {seq} (bị xóa hoặc đổi thứ tự).",
    "changed": "Hồ sơ {code}: việc số {seq} đã bị sửa, chèn hoặc đổi thứ tự.",
    "beyond": "Hồ sơ {code}: việc số {seq} được chèn vào sau việc cuối cùng.",
}


async def verify_ledger(connection: AsyncConnection, code: str | None = None) -> dict[str, Any]:
    """Count what was looked at and tell the first problem found, both worlds together.

    Raises NotFoundError for a code that never entered the ledger.
    """
    problem = (
        await _links(connection, code)
        or await _ask(
            connection,
            integrity.CUT_CASES,
            code,
            "Hồ sơ {code}: việc cuối cùng (số {seq}) đã bị xóa hoặc bị sửa.",
        )
        or await _ask(
            connection,
            integrity.WRONG_WORDS,
            code,
            "Hồ sơ {code}: lời ghi của việc số {seq} đã bị sửa hoặc bị xóa.",
        )
        or await _ask(
            connection,
            integrity.GONE_CASES,
            code,
            "Hồ sơ {code}: đã bị xóa cùng mọi việc của nó.",
        )
        or await _ask(
            connection,
            integrity.SMUGGLED_CASES,
            code,
            "Hồ sơ {code}: không vào sổ bằng đường ghi của hệ thống.",
        )
        or await _ask(
            connection,
            integrity.FIRST_WRONG_ROW,
            code,
            "Hồ sơ {code}: dòng hồ sơ khác với các việc đã ghi ({columns}).",
        )
    )
    days = 0
    if code is None:
        days, broken = await _days(connection)
        problem = problem or broken
    only = _only(code)
    row = (await connection.exec_driver_sql(_about(integrity.COUNTS, code), only)).mappings().one()
    if code is not None and row["cases"] == 0 and problem is None:
        raise NotFoundError(f"Không có hồ sơ mã “{code}”.")
    return {
        "ok": problem is None,
        "cases": row["cases"],
        "events": row["events"],
        "days": days,
        "first_problem": problem,
    }


async def _links(connection: AsyncConnection, code: str | None) -> str | None:
    found = await connection.exec_driver_sql(_about(integrity.BROKEN_LINKS, code), _only(code))
    row = found.mappings().first()
    return LINKS[row["problem"]].format(code=row["code"], seq=row["seq"]) if row else None


async def _ask(connection: AsyncConnection, sql: str, code: str | None, words: str) -> str | None:
    row = (await connection.exec_driver_sql(_about(sql, code), _only(code))).mappings().first()
    return words.format(**row) if row else None


async def _days(connection: AsyncConnection) -> tuple[int, str | None]:
    """The digests kept, made anew: how many there are, and the first that is not the same."""
    rows = (await connection.exec_driver_sql(integrity.KEPT_DAYS)).mappings()
    kept = [LedgerDay(**row) for row in rows]
    if not kept:
        return 0, None
    first, last = kept[0].day, kept[-1].day
    end = last.fromordinal(last.toordinal() + 1)
    found = (await connection.exec_driver_sql(integrity.DAYS, (first, end))).mappings()
    anew = sealed_days(first, last, [LedgerDay(**row) for row in found])
    if len(anew) != len(kept):
        return len(kept), "Sổ niêm phong hằng ngày thiếu ngày: có dòng đã bị xóa."
    for old, new in zip(kept, anew, strict=True):
        if old != new:
            return len(kept), (
                f"Ngày {old.day:%d/%m/%Y}: lúc niêm phong có {old.events} việc của {old.cases} hồ "
                f"sơ, nay {new.events} việc của {new.cases} hồ sơ, hoặc nội dung đã khác."
            )
    return len(kept), None


def _about(sql: str, code: str | None) -> str:
    narrowed = code is not None
    return sql.format(
        only="AND c.code = $1" if narrowed else "",
        only_entered="AND entered.code = $1" if narrowed else "",
    )


def _only(code: str | None) -> tuple[str, ...]:
    return () if code is None else (code,)
