"""Our own stylesheet, script and icon, under names that change with their content."""

from functools import cache
from hashlib import sha256
from importlib.resources import files

from litestar import Response, get
from litestar.exceptions import NotFoundException
from litestar.params import FromPath

KINDS = {"css": "text/css", "js": "text/javascript", "svg": "image/svg+xml"}
YEAR = "public, max-age=31536000, immutable"


@cache
def assets() -> dict[str, tuple[str, str]]:
    """Files by their name with a digest: media type and text."""
    found = {}
    for file in files("tthc.web.desk").joinpath("assets").iterdir():
        stem, _, kind = file.name.partition(".")
        if kind in KINDS:
            text = file.read_text(encoding="utf-8")
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
