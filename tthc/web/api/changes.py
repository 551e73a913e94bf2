"""What changed in a period's figures since the night before, case by case."""

from typing import Annotated, Any

from litestar import get
from litestar.di import NamedDependency
from litestar.params import FromQuery, QueryParameter
from sqlalchemy.ext.asyncio import AsyncConnection

from tthc.domain.access import Actor, Permission, check
from tthc.rules.periods import read_period
from tthc.service.changes import read_since, show_changes
from tthc.web.access import SECURITY, needs
from tthc.web.api.described import FIGURES


@get("/changes", guards=[needs("read")], security=SECURITY, responses=FIGURES)
async def list_changes(
    ledger: NamedDependency[AsyncConnection],
    actor: NamedDependency[Actor],
    period: FromQuery[str],
    definitions: Annotated[
        str | None,
        QueryParameter(description="Các định nghĩa, cách nhau bằng dấu phẩy; thường là năm tỷ lệ."),
    ] = None,
    since: Annotated[
        str | None,
        QueryParameter(
            description="Thời điểm có múi giờ, một ngày, hoặc published: lần chốt cuối của kỳ."
        ),
    ] = None,
    limit: Annotated[int, QueryParameter(ge=0, le=1000)] = 100,
) -> dict[str, Any]:
    """What changed between the last two nights, since an instant or since publishing: by how much
    each figure's two counts moved, in all and by unit, and which cases came, went or count
    otherwise.
    """
    check(actor, Permission.COUNT_CASES)
    names = [each.strip() for each in definitions.split(",")] if definitions else ()
    asked = read_period(period)
    return await show_changes(
        ledger, actor.scope, asked, names, since=read_since(since), limit=limit
    )
