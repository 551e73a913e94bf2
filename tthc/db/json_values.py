"""Values of `payload` and `change` as JSON texts, and back: bulk writers write the same."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from tthc.domain.errors import InputError


def as_text(values: Mapping[str, Any]) -> str:
    """A JSON object: instants in ISO 8601 with their offset, amounts as numbers.

    Raises InputError for characters that no database keeps.
    """
    return checked(_ENCODER.encode(values))


def checked(text: str) -> str:
    """A text that can be stored. Raises InputError."""
    if "\\u0000" in text or "\0" in text or not _is_unicode(text):
        raise InputError("Nội dung có ký tự không hợp lệ: hãy bỏ ký tự lạ rồi thử lại.")
    return text


def _is_unicode(text: str) -> bool:
    """Whether it has no half of a pair (a surrogate), which UTF-8 can't say."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def read_change(change: Mapping[str, Any]) -> dict[str, Any]:
    """The columns of a change as Python values."""
    return {
        name: datetime.fromisoformat(value)
        if value is not None and name.endswith("_at")
        else Decimal(str(value))
        if value is not None and name == "fee_amount"
        else value
        for name, value in change.items()
    }


def _value(value: object) -> object:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    if isinstance(value, Decimal):
        whole = int(value)
        return whole if whole == value else str(value)
    raise TypeError(f"{value!r} has no JSON form here")


_ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), default=_value)
