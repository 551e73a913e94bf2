"""Refusals as RFC 9457 documents: what an error means to the one who asked, in Vietnamese."""

import re
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

from litestar.exceptions import HTTPException, ValidationException

from tthc.db.refusal import explain
from tthc.domain import errors

PROBLEM = "application/problem+json"

# the tree of refusals, the particular before the general
STATUS: dict[type[errors.TthcError], HTTPStatus] = {
    errors.RepeatError: HTTPStatus.UNPROCESSABLE_ENTITY,
    errors.InputError: HTTPStatus.BAD_REQUEST,
    errors.NotFoundError: HTTPStatus.NOT_FOUND,
    errors.ForbiddenError: HTTPStatus.FORBIDDEN,
    errors.ConflictError: HTTPStatus.CONFLICT,
    errors.RuleError: HTTPStatus.UNPROCESSABLE_ENTITY,
    errors.BusyError: HTTPStatus.SERVICE_UNAVAILABLE,
    errors.SettingError: HTTPStatus.SERVICE_UNAVAILABLE,
    errors.SignInError: HTTPStatus.UNAUTHORIZED,
    errors.EndedError: HTTPStatus.UNAUTHORIZED,
    errors.TooManyError: HTTPStatus.TOO_MANY_REQUESTS,
    errors.RulesFileError: HTTPStatus.INTERNAL_SERVER_ERROR,
}
TITLES = {
    HTTPStatus.BAD_REQUEST: "Yêu cầu chưa đúng",
    HTTPStatus.UNAUTHORIZED: "Chưa xác thực",
    HTTPStatus.FORBIDDEN: "Không được phép",
    HTTPStatus.NOT_FOUND: "Không tìm thấy",
    HTTPStatus.CONFLICT: "Hồ sơ đã thay đổi",
    HTTPStatus.PRECONDITION_REQUIRED: "Thiếu phiên bản hồ sơ",
    HTTPStatus.REQUEST_TIMEOUT: "Gửi quá chậm",
    HTTPStatus.TOO_MANY_REQUESTS: "Thử quá nhiều lần",
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: "Nội dung quá lớn",
    HTTPStatus.METHOD_NOT_ALLOWED: "Không dùng được cách gọi này",
    HTTPStatus.UNPROCESSABLE_ENTITY: "Quy định không cho phép",
    HTTPStatus.SERVICE_UNAVAILABLE: "Tạm thời chưa phục vụ được",
    HTTPStatus.INTERNAL_SERVER_ERROR: "Lỗi của hệ thống",
}
DETAILS = {
    HTTPStatus.BAD_REQUEST: "Không đọc được yêu cầu: nội dung phải là JSON đúng mẫu.",
    HTTPStatus.UNAUTHORIZED: "Cần khóa truy cập còn hạn: hãy gửi kèm `Authorization: Bearer …`, "
    "hoặc đăng nhập.",
    HTTPStatus.FORBIDDEN: "Khóa này không có quyền làm việc đó: hãy xin khóa có đúng quyền.",
    HTTPStatus.PRECONDITION_REQUIRED: "Hãy gửi kèm If-Match với phiên bản (ETag) của hồ sơ mà bạn "
    "đã xem, để không ghi đè việc của người khác.",
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: "Nội dung gửi lên quá lớn: hãy chia nhỏ.",
    HTTPStatus.REQUEST_TIMEOUT: "Nội dung gửi lên quá chậm: hãy xem lại đường truyền rồi gửi lại.",
    HTTPStatus.NOT_FOUND: "Không có trang này: hãy xem lại địa chỉ, hoặc về trang đầu.",
    HTTPStatus.METHOD_NOT_ALLOWED: "Địa chỉ này không nhận phương thức đã dùng.",
    HTTPStatus.INTERNAL_SERVER_ERROR: "Hệ thống gặp lỗi ngoài dự kiến và đã ghi vào nhật ký; "
    "hãy thử lại, nếu còn thì báo cho người quản trị.",
}
# what the framework says → what people read
SAYINGS = (
    (r"missing required field `([^`]+)`", "còn thiếu"),
    (r"unknown field `([^`]+)`", "không có trong mẫu: hãy xem lại tên"),
    (r"[Ii]nvalid (?:enum )?value '[^']*'", "không có trong các giá trị cho phép"),
    (r"length >= 1", "để trống"),
    (r"length <= ", "quá dài"),
    (r"Expected `int` (?:[<>]=?) ", "ngoài khoảng cho phép"),
    (r"tz-aware|timezone", "thời điểm phải có múi giờ, ví dụ 2026-03-05T17:00:00+07:00"),
    (r"RFC3339|ISO8601|datetime", "không phải thời điểm, ví dụ 2026-03-05T17:00:00+07:00"),
    (r"Expected `str", "phải là chuỗi ký tự trong ngoặc kép"),
    (r"Expected `int", "phải là số nguyên"),
    (r"Expected `bool", "phải là true hoặc false"),
    (r"Expected `object", "phải là một nhóm trường { … }"),
    (r"Expected `array", "phải là một danh sách [ … ]"),
)


class PreconditionRequired(HTTPException):
    """An act on a case must say which version of it was read."""

    status_code = HTTPStatus.PRECONDITION_REQUIRED


@dataclass(frozen=True, slots=True)
class Problem:
    """What went wrong, in the words of the person who must mend it."""

    status: HTTPStatus
    detail: str
    fields: list[dict[str, str]] = field(default_factory=list)

    @property
    def title(self) -> str:
        return TITLES.get(self.status, self.status.phrase)

    def document(self, instance: str) -> dict[str, Any]:
        """The problem document."""
        found = {
            "type": "about:blank",
            "title": self.title,
            "status": int(self.status),
            "detail": self.detail,
            "instance": instance,
        }
        return found | ({"errors": self.fields} if self.fields else {})


def read_error(error: Exception) -> Problem:
    """What an exception means to the one who asked."""
    refusal = error if isinstance(error, errors.TthcError) else explain(error)
    if refusal:
        found = (status for kind, status in STATUS.items() if isinstance(refusal, kind))
        return Problem(next(found, HTTPStatus.UNPROCESSABLE_ENTITY), str(refusal))
    if isinstance(error, ValidationException):
        return Problem(HTTPStatus.BAD_REQUEST, "Có tham số thiếu hoặc chưa đúng.", _fields(error))
    if isinstance(error, HTTPException):
        status = HTTPStatus(error.status_code)
        said = getattr(error, "sentence", None) or DETAILS.get(status)
        return Problem(status, said or "Không thực hiện được yêu cầu này.")
    status = HTTPStatus.INTERNAL_SERVER_ERROR
    return Problem(status, DETAILS[status])


def _fields(error: ValidationException) -> list[dict[str, str]]:
    """Which parameters or fields, and what is wrong with each; the framework says it in English."""
    listed = error.extra if isinstance(error.extra, list) else []
    missing = re.search(r"parameter '([^']+)'", error.detail)
    return [_field(each) for each in listed if isinstance(each, dict)] or (
        [{"field": missing[1], "detail": "còn thiếu"}] if missing else []
    )


def _field(told: dict[str, Any]) -> dict[str, str]:
    key, message = str(told.get("key", "")), str(told.get("message", ""))
    within = "" if key == "data" else key
    for pattern, sentence in SAYINGS:
        found = re.search(pattern, message)
        if found and found.groups():  # the field is named in the message itself
            return {"field": ".".join(filter(None, (within, found[1]))), "detail": sentence}
        if found:
            return {"field": within, "detail": sentence}
    return {"field": within, "detail": "không đúng kiểu hoặc ngoài các giá trị cho phép"}
