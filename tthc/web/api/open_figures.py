"""What is open of a published period: for everybody, without a token."""

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
from tthc.service.open_figures import show_open
from tthc.web.api.described import refusals

KEPT = "public, max-age=300"  # seconds that a restatement may be seen late
ANSWERS = {
    200: ResponseSpec(dict[str, Any], generate_examples=False, description="Số liệu công khai."),
    304: ResponseSpec(None, description="Như đã tải (If-None-Match)."),
    **refusals(400, 404, 503),
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
