"""The first page: what this is; those signed in go on to the figures."""

from litestar import MediaType, Response, get
from litestar.di import NamedDependency
from litestar.response import Redirect

from tthc.web.access import Visitor, visiting
from tthc.web.desk.overview import PATH as OVERVIEW
from tthc.web.desk.render import go, render


@get("/", guards=[visiting], media_type=MediaType.HTML, include_in_schema=False)
async def home(visitor: NamedDependency[Visitor]) -> Response[str] | Redirect:
    """Nobody's figures without a sign-in."""
    if visitor.actor is not None:
        return go(OVERVIEW)
    return Response(render("welcome.html", visitor=visitor))
