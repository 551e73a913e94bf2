"""The traces for those who audit: listed page by page, and as rows of a sheet."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from tthc import clock
from tthc.db import traces
from tthc.db.json_values import checked
from tthc.db.traces import Sought, leave_trace
from tthc.domain.access import ROLE_NAMES, Actor, Permission, Role, check
from tthc.domain.errors import InputError, RuleError
from tthc.domain.traces import DETAILS, TRACES, Trace
from tthc.rules.blocks import blocks
from tthc.service.case_document import instant
from tthc.service.words import number

MOST = 100_000  # rows of an export
HEADINGS = ("Thời điểm", "Người thực hiện", "Việc", "Mã hồ sơ", "Số hồ sơ", "Chi tiết")


@dataclass(frozen=True, slots=True)
class Filter:
    """Which traces somebody asks for; `end` is the last day."""

    kind: str | None = None
    actor: str | None = None
    case: str | None = None
    start: date | None = None
    end: date | None = None

    def sought(self, *, simulated: bool) -> Sought:
        """Raises InputError for a kind that there is not, and for days out of order."""
        if self.kind is not None and self.kind not in TRACES:
            raise InputError(f"Loại việc phải chọn trong: {', '.join(TRACES)}.")
        if self.start and self.end and self.end < self.start:
            raise InputError("Khoảng ngày chưa đúng: ngày đầu phải không sau ngày cuối.")
        return Sought(
            simulated,
            self.kind,
            checked(self.actor) if self.actor else None,
            clock.start_of(self.start) if self.start else None,
            clock.start_of(self.end + timedelta(days=1)) if self.end else None,
            checked(self.case) if self.case else None,
        )


async def show_traces(
    connection: AsyncConnection,
    actor: Actor,
    asked: Filter,
    *,
    limit: int,
    cursor: int | None = None,
) -> dict[str, Any]:
    """The newest traces of the auditor's world, and those of no world, with their exact total;
    `next_cursor` goes on.
    """
    check(actor, Permission.READ_TRACES)
    sought = asked.sought(simulated=actor.scope.simulated)
    rows = await traces.list_traces(connection, sought, limit=limit + 1, before=cursor)
    shown = [{**row, "recorded_at": instant(row["recorded_at"])} for row in rows[:limit]]
    for row in shown:
        row["name"] = TRACES[row["kind"]]
        row["world"] = {True: "simulated", False: "real", None: None}[row.pop("simulated")]
    following = shown[-1]["id"] if len(rows) > limit else None
    total = await traces.count_traces(connection, sought)
    return {"total": total, "items": shown, "next_cursor": following}


async def gather_traces(
    connection: AsyncConnection, actor: Actor, asked: Filter, *, kind: str
) -> list[tuple[datetime, str, str, str, int, str]]:
    """The rows of an export, which leaves a trace itself; `kind` is the file's, csv or xlsx.

    Raises RuleError where there are more than a sheet should hold.
    """
    check(actor, Permission.READ_TRACES)
    sought = asked.sought(simulated=actor.scope.simulated)
    rows = await traces.list_traces(connection, sought, limit=MOST + 1)
    if len(rows) > MOST:
        raise RuleError(
            f"Nhật ký có hơn {number(MOST)} dòng nên không xuất được một lần: hãy chọn khoảng ngày "
            "ngắn hơn."
        )
    told: dict[str, str | int] = {"kind": "traces", "rows": len(rows), "format": kind}
    told |= {name: str(day) for name, day in (("from", asked.start), ("to", asked.end)) if day}
    await leave_trace(connection, Trace(actor.name, "exported", actor.scope.simulated, told))
    return [
        (
            *(row["recorded_at"], row["actor"], TRACES[row["kind"]], ", ".join(row["cases"])),
            *(row["case_count"], "; ".join(name_details(row["details"]))),
        )
        for row in rows
    ]


def name_details(details: dict[str, Any]) -> Iterator[str]:
    """What a trace tells, in words."""
    for name, value in details.items():
        match name:
            case "role":
                said = ROLE_NAMES[Role(value)]
            case "blocks":
                labels = {each.id: each.label for each in blocks().values()}
                said = ", ".join(labels.get(code, code) for code in value.split())
            case _:
                said = value
        yield f"{DETAILS[name]}: {said}"
