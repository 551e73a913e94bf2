"""Who goes away in the middle of a body: told in the log as that, and no failure of ours."""

from typing import Any, cast

import pytest
from litestar import Litestar
from structlog.testing import capture_logs

from tests.programs import token_for


@pytest.mark.parametrize("path", ["/api/v1/cases", "/api/v1/imports", "/dang-nhap"])
async def test_a_line_cut_in_the_middle_of_a_body(app: Litestar, path: str) -> None:
    secret = await token_for(app.state.server, f"cắt {path}")
    kind = "application/json" if path.endswith("cases") else "multipart/form-data; boundary=x"
    coming: list[dict[str, Any]] = [
        {"type": "http.request", "body": b'{"channel": ', "more_body": True},
        {"type": "http.disconnect"},
    ]
    answered: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return coming.pop(0)

    async def send(message: dict[str, Any]) -> None:
        answered.append(message)

    headers = {
        "host": "site",
        "authorization": f"Bearer {secret}",
        "content-type": kind,
        "content-length": "1000",
    }
    scope = {
        "type": "http",
        "method": "POST",
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "root_path": "",
        "scheme": "http",
        "http_version": "1.1",
        "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
        "client": ("127.0.0.1", 1),
        "server": ("site", 80),
        "extensions": {},
    }
    with capture_logs() as logs:
        await cast("Any", app)(scope, receive, send)
    assert not coming
    assert [each["status"] for each in answered if "status" in each] == [400]
    assert [each["event"] for each in logs] == ["gone", "request"]
    assert logs[0]["route"] == path
