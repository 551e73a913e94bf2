"""Our own stylesheet, script and icon, under names that change with their content.

The stylesheet is one file on the wire and lies apart by its nouns in `assets/look`.
"""

from functools import cache
from hashlib import sha256
from importlib.resources import files

from litestar import Response, get
from litestar.exceptions import NotFoundException
from litestar.params import FromPath

KINDS = {"css": "text/css", "js": "text/javascript", "svg": "image/svg+xml"}
# in the order in which a later rule wins
LOOK = ("ground", "frame", "forms", "tables", "figures", "overview", "counter", "case", "printed")
YEAR = "public, max-age=31536000, immutable"


@cache
def assets() -> dict[str, tuple[str, str]]:
    """Files by their name with a digest: media type and text."""
    folder = files("tthc.web.desk").joinpath("assets")
    texts = {each.name: each.read_text("utf-8") for each in folder.iterdir() if each.is_file()}
    look = folder.joinpath("look")
    texts["look.css"] = "\n".join(look.joinpath(f"{each}.css").read_text("utf-8") for each in LOOK)
    found = {}
    for name, text in texts.items():
        stem, _, kind = name.partition(".")
        if kind in KINDS:
            digest = sha256(text.encode()).hexdigest()[:12]
            found[f"{stem}-{digest}.{kind}"] = (KINDS[kind], text)
    return found


def asset_url(name: str) -> str:
    """Where the present content of a file is served."""
    stem, _, kind = name.partition(".")
    return next(
        f"/assets/{each}"
        for each in assets()
        if each.startswith(f"{stem}-") and each.endswith(f".{kind}")
    )


@get("/assets/{name:str}", include_in_schema=False, sync_to_thread=False)
def serve_asset(name: FromPath[str]) -> Response[str]:
    """A file that may be kept for ever, as its name says what it holds."""
    if name not in assets():
        raise NotFoundException
    kind, text = assets()[name]
    return Response(text, media_type=f"{kind}; charset=utf-8", headers={"cache-control": YEAR})
