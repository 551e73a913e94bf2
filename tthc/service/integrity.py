"""Is the ledger as it was written? Every kind of tampering has a question that finds it."""

from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from tthc.db import integrity, score_integrity, trace_integrity
from tthc.db.integrity import LEDGER_BOOK, DayBook
from tthc.db.score_integrity import SCORE_BOOK
from tthc.db.trace_integrity import TRACE_BOOK
from tthc.domain.digest import LedgerDay, sealed_days
from tthc.domain.errors import NotFoundError
from tthc.service.explanations import find_bent

LINKS = {
    "missing": "Hồ sơ {code}: thiếu việc ngay trước việc số {seq} (bị xóa hoặc đổi thứ tự).",
    "changed": "Hồ sơ {code}: việc số {seq} đã bị sửa, chèn hoặc đổi thứ tự.",
    "beyond": "Hồ sơ {code}: việc số {seq} được chèn vào sau việc cuối cùng.",
}
TRACES = {
    "missing": "Nhật ký của “{actor}”: thiếu dòng ngay trước dòng số {seq} (bị xóa hoặc đổi chỗ).",
    "changed": "Nhật ký của “{actor}”: dòng số {seq} đã bị sửa, chèn hoặc đổi chỗ.",
    "beyond": "Nhật ký của “{actor}”: dòng số {seq} được chèn vào sau dòng cuối cùng.",
}
SHEETS = {
    "missing": "{sheet}: thiếu việc ngay trước việc số {seq} (bị xóa hoặc đổi thứ tự).",
    "changed": "{sheet}: việc số {seq} đã bị sửa, chèn hoặc đổi thứ tự.",
    "beyond": "{sheet}: việc số {seq} được chèn vào sau việc cuối cùng.",
    "cut": "{sheet}: việc cuối (số {seq}) đã bị xóa hoặc bị sửa.",
}
SHEET = "Phiếu chấm điểm {rubric}, kỳ {period}, đơn vị {unit}"
BENT = "Giải trình số liệu kỳ {period} đã bị sửa hoặc chèn: nhật ký không có lời như vậy."
GONE = "Giải trình số liệu của một kỳ đã bị xóa: nhật ký còn dấu của lời ấy."
CASE_DAY = (
    "Ngày {day:%d/%m/%Y}: lúc niêm phong có {links} việc của {chains} hồ sơ, nay {links_now} việc "
    "của {chains_now} hồ sơ, hoặc nội dung đã khác."
)
TRACE_DAY = (
    "Nhật ký ngày {day:%d/%m/%Y}: lúc niêm phong có {links} dòng của {chains} người, nay "
    "{links_now} dòng của {chains_now} người, hoặc nội dung đã khác."
)
SCORE_DAY = (
    "Phiếu chấm điểm ngày {day:%d/%m/%Y}: lúc niêm phong có {links} việc của {chains} phiếu, nay "
    "{links_now} việc của {chains_now} phiếu, hoặc nội dung đã khác."
)


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
    days = traces = 0
    if code is None:
        days, broken = await _days(connection, LEDGER_BOOK, CASE_DAY)
        problem = problem or broken or await _check_traces(connection)
        problem = problem or await _check_sheets(connection)
        traces = (await connection.exec_driver_sql(trace_integrity.COUNT)).scalar_one()
    only = _only(code)
    row = (await connection.exec_driver_sql(_about(integrity.COUNTS, code), only)).mappings().one()
    if code is not None and row["cases"] == 0 and problem is None:
        raise NotFoundError(f"Không có hồ sơ mã “{code}”.")
    return {
        "ok": problem is None,
        "cases": row["cases"],
        "events": row["events"],
        "days": days,
        "traces": traces,
        "first_problem": problem,
    }


async def _links(connection: AsyncConnection, code: str | None) -> str | None:
    found = await connection.exec_driver_sql(_about(integrity.BROKEN_LINKS, code), _only(code))
    row = found.mappings().first()
    return LINKS[row["problem"]].format(code=row["code"], seq=row["seq"]) if row else None


async def _ask(connection: AsyncConnection, sql: str, code: str | None, words: str) -> str | None:
    row = (await connection.exec_driver_sql(_about(sql, code), _only(code))).mappings().first()
    return words.format(**row) if row else None


async def _check_traces(connection: AsyncConnection) -> str | None:
    row = (await connection.exec_driver_sql(trace_integrity.BROKEN_TRACES)).mappings().first()
    if row:
        return TRACES[row["problem"]].format(actor=row["actor"], seq=row["seq"])
    row = (await connection.exec_driver_sql(trace_integrity.CUT_TRACES)).mappings().first()
    if row:
        return f"Nhật ký của “{row['actor']}”: dòng cuối (số {row['seq']}) đã bị xóa hoặc bị sửa."
    bent = await find_bent(connection)
    if bent is not None:
        return BENT.format(period=bent) if bent else GONE
    return (await _days(connection, TRACE_BOOK, TRACE_DAY))[1]


async def _check_sheets(connection: AsyncConnection) -> str | None:
    for sql in (score_integrity.BROKEN_ACTS, score_integrity.CUT_SHEETS):
        row = (await connection.exec_driver_sql(sql)).mappings().first()
        if row:
            sheet = SHEET.format(**row)
            return SHEETS[row.get("problem", "cut")].format(sheet=sheet, seq=row["seq"])
    return (await _days(connection, SCORE_BOOK, SCORE_DAY))[1]


async def _days(connection: AsyncConnection, book: DayBook, words: str) -> tuple[int, str | None]:
    """The digests kept, made anew: how many there are, and the first that is not the same."""
    rows = (await connection.exec_driver_sql(book.kept)).mappings()
    kept = [LedgerDay(**row) for row in rows]
    if not kept:
        return 0, None
    first, last = kept[0].day, kept[-1].day
    end = last.fromordinal(last.toordinal() + 1)
    found = (await connection.exec_driver_sql(book.days, (first, end))).mappings()
    anew = sealed_days(first, last, [LedgerDay(**row) for row in found])
    if len(anew) != len(kept):
        return len(kept), "Sổ niêm phong hằng ngày thiếu ngày: có dòng đã bị xóa."
    for old, new in zip(kept, anew, strict=True):
        if old != new:
            return len(kept), words.format(
                day=old.day,
                links=old.links,
                chains=old.chains,
                links_now=new.links,
                chains_now=new.chains,
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
