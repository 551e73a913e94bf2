"""The page on which people try the API: Swagger UI's files from an installed package, no CDN."""

from functools import cache
from importlib.metadata import version
from importlib.resources import files

from litestar import MediaType, Response, get
from litestar.exceptions import NotFoundException
from litestar.params import FromPath

# what is served → its type, the package that carries it, and where there
FILES = {
    "swagger-ui.css": ("text/css", "swagger_ui", "static"),
    "swagger-ui-bundle.js": ("text/javascript", "swagger_ui", "static"),
    "docs.js": ("text/javascript", "tthc.web.api", "assets"),
}
PAGE = """<!doctype html>
<html lang="vi">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>API – Giải quyết thủ tục hành chính</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/api/docs/{version}/swagger-ui.css">
</head>
<body>
<div id="ui"></div>
<noscript>Trang này cần JavaScript; bản mô tả ở <a href="/api/schema">/api/schema</a>.</noscript>
<script src="/api/docs/{version}/swagger-ui-bundle.js"></script>
<script src="/api/docs/{version}/docs.js"></script>
</body>
</html>
"""
# Swagger UI draws with images written in its stylesheet
POLICY = (
    "default-src 'none'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "script-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)
YEAR = "public, max-age=31536000, immutable"


@get("/api/docs", include_in_schema=False, sync_to_thread=False)
def docs_page() -> Response[str]:
    """Every call of the API, to be tried with a token."""
    page = PAGE.replace("{version}", _version())
    return Response(page, media_type=MediaType.HTML, headers={"content-security-policy": POLICY})


@get("/api/docs/{release:str}/{name:str}", include_in_schema=False, sync_to_thread=False)
def docs_file(release: FromPath[str], name: FromPath[str]) -> Response[bytes]:
    """A file of a release, which never changes."""
    if name not in FILES or release != _version():
        raise NotFoundException
    kind, package, folder = FILES[name]
    content = files(package).joinpath(folder, name).read_bytes()
    headers = {"cache-control": YEAR}
    return Response(content, media_type=f"{kind}; charset=utf-8", headers=headers)


@cache
def _version() -> str:
    return f"{version('swagger-ui-py')}-{version('tthc')}"
