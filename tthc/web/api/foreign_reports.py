"""Another system's report sent over HTTP: kept, checked and laid beside ours."""

from typing import Any, Literal

from litestar import post
from litestar.datastructures import State, UploadFile
from litestar.di import NamedDependency
from litestar.params import MultipartBody
from msgspec import Struct

from tthc.domain.access import Actor, Permission
from tthc.rules.periods import read_period
from tthc.service.foreign_reports import import_report
from tthc.web.access import SECURITY, needs
from tthc.web.api.described import WRITING
from tthc.web.deps import Asking, begin_for
from tthc.web.uploads import REPORT_SIZE, read_sent_report


class Sent(Struct):
    """The workbook, whose report it is, and what the file itself leaves open."""

    file: UploadFile
    period: str
    layout: str | None = None
    thousands: Literal["dot", "comma"] | None = None


@post(
    "/foreign-reports",
    status_code=200,
    guards=[needs("write", Permission.COUNT_CASES)],
    security=SECURITY,
    responses=WRITING,
    request_max_body_size=REPORT_SIZE,
)
async def compare_report(
    state: State, request: Asking, actor: NamedDependency[Actor], data: MultipartBody[Sent]
) -> dict[str, Any]:
    """Where an XLSX or XLS report does not add up, and where it differs from ours; nothing in it
    is a reason to reject it. A number that can be read two ways is asked about (`thousands`). The
    same file again changes nothing.
    """
    period = read_period(data.period)
    report = await read_sent_report(data.file, data.layout, data.thousands)
    async with begin_for(state, request)() as writing:
        return await import_report(writing, actor, report, period)
