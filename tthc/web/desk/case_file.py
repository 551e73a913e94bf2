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
from tthc.reports.sheet import Cell, Column
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
    Column(("Mã hồ sơ",), width=24),
    Column(("Quá hạn (ngày làm việc)",), "number", 12),
    Column(("Mã thủ tục",), width=14),
    Column(("Thủ tục",), width=50),
    Column(("Lĩnh vực",), width=24),
    Column(("Cấp",), width=8),
    Column(("Cơ quan tiếp nhận",), width=28),
    Column(("Cơ quan giải quyết",), width=28),
    Column(("Người đang giữ",), width=20),
    Column(("Trạng thái",), width=20),
    Column(("Hình thức nộp",), width=14),
    Column(("Tiếp nhận",), "moment", 18),
    Column(("Hẹn trả cam kết",), "moment", 18),
    Column(("Hẹn trả hiện tại",), "moment", 18),
    Column(("Hẹn lại theo văn bản",), "moment", 18),
    Column(("Xử lý xong",), "moment", 18),
    Column(("Số văn bản xin lỗi",), width=18),
    Column(("Ngày ban hành văn bản",), "date", 14),
    Column(("Ngày gửi văn bản",), "date", 14),
    Column(("Nguyên nhân",), width=28),
    Column(("Do đơn vị tiền thân tiếp nhận",), width=12),
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
        *((each.name, each.text) for each in conditions),
        ("Đã xảy ra đến", moment(knowledge.as_of)),
        ("Đã ghi nhận đến", moment(knowledge.known_at)),
        ("Số liệu", "MÔ PHỎNG, không phải hồ sơ thật" if actor.scope.simulated else "thật"),
    ]
    file = await asyncio.to_thread(tempfile.TemporaryFile)
    try:
        written = await _write(file, kind, about, batches)
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
    about: Sequence[tuple[str, str]],
    batches: AsyncIterator[list[dict[str, Any]]],
) -> int:
    """How many rows were written."""
    now, written = clock.now(), 0
    table = (
        LongSheet(file, "Hồ sơ", COLUMNS, now, about) if kind == "xlsx" else LongCsv(file, COLUMNS)
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
