"""The page of definitions: what each figure means, and where that comes from."""

from litestar import MediaType, get

from tthc.rules.definitions import definitions
from tthc.web.desk.render import render


@get("/dinh-nghia", media_type=MediaType.HTML, include_in_schema=False, sync_to_thread=False)
def definitions_page() -> str:
    """Every definition in words."""
    return render("definitions.html", definitions=list(definitions().values()))
