"""Refusals as answers: a page in Vietnamese for people, an RFC 9457 document for programs."""

from http import HTTPStatus
from typing import Any
from urllib.parse import quote

import structlog
from litestar import MediaType, Request, Response

from tthc.domain.errors import InputError
from tthc.web.access import MustChangeError, NotSignedInError, known_visitor
from tthc.web.desk.render import go, render
from tthc.web.gate import GoneError
from tthc.web.problems import PROBLEM, read_error

PROGRAMS = ("/api/", "/health/")
# where a program is told of JSON, headers and settings, a person is told what to do at the page
PEOPLE = {
    HTTPStatus.BAD_REQUEST: "Trang không đọc được điều vừa gửi: hãy mở lại trang rồi làm lại.",
    HTTPStatus.METHOD_NOT_ALLOWED: "Địa chỉ này không mở thẳng được: hãy đi từ trang trước.",
    HTTPStatus.SERVICE_UNAVAILABLE: "Sổ hồ sơ đang bận hoặc tạm dừng: hãy quay lại trang trước, "
    "đợi một phút rồi gửi lại, gửi hai lần cũng chỉ ghi một; nếu vẫn vậy, hãy báo người quản trị.",
}
log = structlog.get_logger()


def answer_error(request: Request[Any, Any, Any], error: Exception) -> Response[Any]:
    """The answer to an error: never a trace, never what others may not see."""
    problem = read_error(error)
    if problem.status == HTTPStatus.INTERNAL_SERVER_ERROR:
        log.error("failure", route=request.scope.get("path_template", ""), exc_info=error)
    if isinstance(error, GoneError):
        log.info("gone", route=request.scope.get("path_template", ""))
    headers = dict(getattr(error, "headers", None) or {})
    if request.url.path.startswith(PROGRAMS):
        if problem.status == HTTPStatus.UNAUTHORIZED:
            headers["WWW-Authenticate"] = "Bearer"
        return Response(
            problem.document(request.url.path),
            status_code=problem.status,
            media_type=PROBLEM,
            headers=headers,
        )
    if isinstance(error, NotSignedInError):
        return go(_sign_in_path(request))
    if isinstance(error, MustChangeError):
        return go("/doi-mat-khau")
    said = problem.detail if isinstance(error, InputError) else PEOPLE.get(problem.status)
    return Response(
        render(
            "error.html",
            problem=problem,
            detail=said or problem.detail,
            visitor=known_visitor(request),
        ),
        status_code=problem.status,
        media_type=MediaType.HTML,
        headers=headers,
    )


def _sign_in_path(request: Request[Any, Any, Any]) -> str:
    """The sign-in, and from there back to what was asked for, if that was only to look."""
    if request.method != "GET":
        return "/dang-nhap"
    query = request.url.query
    asked = f"{quote(request.url.path)}{'?' if query else ''}{query}"
    return f"/dang-nhap?tiep={quote(asked, safe='/')}"
