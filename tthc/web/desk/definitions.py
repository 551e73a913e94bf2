"""The page of definitions: what each figure means, and where that comes from."""

from litestar import MediaType, get
from litestar.di import NamedDependency

from tthc.rules.definitions import definitions, variants_of
from tthc.web.access import Visitor, visiting
from tthc.web.desk.render import render


@get(
    "/dinh-nghia",
    guards=[visiting],
    media_type=MediaType.HTML,
    include_in_schema=False,
    sync_to_thread=False,
)
def definitions_page(visitor: NamedDependency[Visitor]) -> str:
    """Every definition in words."""
    return render(
        "definitions.html",
        visitor=visitor,
        definitions=list(definitions().values()),
        variants_of=variants_of,
    )
