"""A list of cases as a file: whole on disk before its first byte is sent, then gone."""

import asyncio
import tempfile
from collections.abc import AsyncIterator, Iterator, Sequence
from datetime import datetime
from typing import IO, Any, Literal

from litestar.response import Stream
from sqlalchemy.ext.asyncio import AsyncConnection

from tthc import clock
from tthc.domain.access import Actor
from tthc.domain.case import STATE_NAMES, State
from tthc.reports.long_sheet import LongCsv, LongSheet
from tthc.reports.table import Cell, Column
from tthc.rules.causes import causes
from tthc.rules.conditions import read_conditions
from tthc.service.listing import Ask, read_list, trace_export
from tthc.service.words import CHANNELS, LEVELS, moment
from tthc.web.deps import Asking, begin_for

Kind = Literal["xlsx", "csv"]
TYPES = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
}
COLUMNS = (
    Column(("Mã hồ sơ",), width=22),
    Column(("Quá hạn (ngày làm việc)",), "number", 9),
    Column(("Mã thủ tục",), width=11),
    Column(("Thủ tục",), width=40),
    Column(("Lĩnh vực",), width=18),
    Column(("Cấp",), width=6),
    Column(("Cơ quan tiếp nhận",), width=20),
    Column(("Cơ quan giải quyết",), width=20),
    Column(("Người đang giữ",), width=15),
    Column(("Trạng thái",), width=15),
    Column(("Hình thức nộp",), width=10),
    Column(("Tiếp nhận",), "moment", 16),
    Column(("Hẹn trả cam kết",), "moment", 16),
    Column(("Hẹn trả hiện tại",), "moment", 16),
    Column(("Hẹn lại theo văn bản",), "moment", 16),
    Column(("Xử lý xong",), "moment", 16),
    Column(("Số văn bản xin lỗi",), width=12),
    Column(("Ngày ban hành văn bản",), "date", 11),
    Column(("Ngày gửi văn bản",), "date", 11),
    Column(("Nguyên nhân",), width=20),
    Column(("Do đơn vị tiền thân tiếp nhận",), width=9),
)
CHUNK = 64 * 1024


async def send_list(
    request: Asking, connection: AsyncConnection, actor: Actor, ask: Ask, kind: Kind, name: str
) -> Stream:
    """The whole list as a file of one snapshot, under the same conditions as the page's.

    That somebody took it away is kept before it is sent.
    """
    knowledge, batches = await read_list(connection, actor, ask)
    conditions, _ = read_conditions(ask.where)
    about = [
        ("Điều kiện", "; ".join(each.label for each in conditions)),
        *((f"{each.label} ({each.name})", each.text) for each in conditions),
        ("Đã xảy ra đến", moment(knowledge.as_of)),
        ("Đã ghi nhận đến", moment(knowledge.known_at)),
        ("Số liệu", "MÔ PHỎNG, không phải hồ sơ thật" if actor.scope.simulated else "thật"),
    ]
    title = f"{about[0][1]}, đến {moment(knowledge.as_of)}"
    if actor.scope.simulated:
        title += " · SỐ LIỆU MÔ PHỎNG"
    file = await asyncio.to_thread(tempfile.TemporaryFile)
    try:
        written = await _write(file, kind, title, about, batches)
        async with begin_for(request.app.state, request)() as writing:
            await trace_export(writing, actor, rows=written, file=kind, unit=ask.unit)
    except BaseException:
        file.close()
        raise
    return Stream(
        _pieces(file),
        media_type=TYPES[kind],
        headers={"Content-Disposition": f'attachment; filename="{name}.{kind}"'},
    )


async def _write(
    file: IO[bytes],
    kind: Kind,
    title: str,
    about: Sequence[tuple[str, str]],
    batches: AsyncIterator[list[dict[str, Any]]],
) -> int:
    """How many rows were written."""
    now, written = clock.now(), 0
    table = (
        LongSheet(file, "Hồ sơ", COLUMNS, now, about, title)
        if kind == "xlsx"
        else LongCsv(file, COLUMNS)
    )
    async for rows in batches:  # other requests are answered meanwhile
        await asyncio.to_thread(table.add, [cells_of(row) for row in rows])
        written += len(rows)
    await asyncio.to_thread(table.close)
    return written


def _pieces(file: IO[bytes]) -> Iterator[bytes]:
    with file:
        file.seek(0)
        while piece := file.read(CHUNK):
            yield piece


def cells_of(row: dict[str, Any]) -> list[Cell]:
    """A case as a row of COLUMNS."""
    return [
        row["code"],
        row["late_working_days"],
        row["procedure_code"],
        row["procedure_name"],
        row["sector"],
        LEVELS.get(row["level"], row["level"]),
        row["receiving_unit_name"],
        row["competent_unit_name"],
        row["officer_name"],
        STATE_NAMES[State(row["state"])],
        CHANNELS.get(row["channel"], row["channel"]),
        row["received_at"],
        row["promised_due_at"],
        row["due_at"],
        row["re_promised_at"],
        row["resolved_at"],
        row["letter_number"],
        _day(row["letter_issued_at"]),
        _day(row["letter_sent_at"]),
        causes().get(row["cause"], row["cause"]),
        "Có" if row["inherited"] else "Không",
    ]


def _day(at: datetime | None) -> Cell:
    return clock.local_date(at) if at else None
