"""What is open of published periods: for everybody, without a token."""

import hashlib
from http import HTTPStatus
from typing import Annotated, Any, Literal

import msgspec
from litestar import MediaType, Response, get
from litestar.di import NamedDependency
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import FromPath, FromQuery, HeaderParameter
from sqlalchemy.ext.asyncio import AsyncConnection

from tthc.rules.periods import read_period
from tthc.service.open_figures import list_open, show_open
from tthc.web.api.described import refusals

KEPT = "public, max-age=300"  # seconds that a restatement may be seen late
ANSWERS = {
    200: ResponseSpec(dict[str, Any], generate_examples=False, description="Số liệu công khai."),
    304: ResponseSpec(None, description="Như đã tải (If-None-Match)."),
    **refusals(400, 404, 503),
}


@get("/open/figures", responses={200: ANSWERS[200], **refusals(400, 503)})
async def list_open_figures(
    ledger: NamedDependency[AsyncConnection],
    world: FromQuery[Literal["real", "simulated"]] = "real",
) -> dict[str, Any]:
    """The months that are open, the latest first; no token is needed."""
    more = "?world=simulated" if world == "simulated" else ""
    return {
        "periods": [
            {
                "period": each.name,
                "from": each.start.isoformat(),
                "to": each.end.isoformat(),
                "url": f"/api/v1/open/figures/{each.name}{more}",
            }
            for each in await list_open(ledger, simulated=world == "simulated")
        ]
    }


@get("/open/figures/{period:str}", responses=ANSWERS)
async def read_open_figures(
    ledger: NamedDependency[AsyncConnection],
    period: FromPath[str],
    world: FromQuery[Literal["real", "simulated"]] = "real",
    known: Annotated[str, HeaderParameter(name="If-None-Match")] = "",
) -> Response[bytes]:
    """A published month by unit, small counts hidden; no token is needed."""
    told = await show_open(ledger, read_period(period), simulated=world == "simulated")
    body = msgspec.json.encode(told)
    tag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    same = tag in known
    return Response(
        b"" if same else body,
        status_code=HTTPStatus.NOT_MODIFIED if same else HTTPStatus.OK,
        media_type=MediaType.JSON,
        headers={"ETag": tag, "Cache-Control": KEPT},
    )
