"""What people type into forms: read, or refused beside the field in words that mend it."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from tthc import clock
from tthc.domain.errors import InputError, RepeatError, TthcError
from tthc.domain.lifecycle import moment

LONGEST = 200  # signs of a name or number
LONGEST_TEXT = 4000
FORM_SIZE = 64 * 1024  # bytes
SAVED_BEFORE = (
    "Trang này đã ghi một lần rồi, với nội dung khác. Nếu đây là một việc khác nữa, hãy bấm ghi "
    "lần nữa; nếu là sửa việc đã ghi, hãy mở hồ sơ ấy."
)


@dataclass(slots=True)
class Wrong:
    """What a form was refused for: sentences by field; `form` is about the whole."""

    fields: dict[str, str] = field(default_factory=dict)
    form: str | None = None
    repeated: bool = False  # the page was sent before, with something else: its key is used up

    def __bool__(self) -> bool:
        return bool(self.fields or self.form)

    def say(self, name: str, sentence: str) -> None:
        """Keep the first sentence about a field."""
        self.fields.setdefault(name, sentence)

    def new_key(self, used: str) -> str:
        """The key of the next sending: the one before, so that a repeat makes nothing twice."""
        return used if used and not self.repeated else secrets.token_urlsafe(16)

    def refuse(self, error: TthcError, within: str | None = None) -> None:
        """Keep a refusal, about a field where it is known of which."""
        if isinstance(error, RepeatError):
            self.repeated = True
            self.form = SAVED_BEFORE
        elif within:
            self.say(within, str(error))
        else:
            self.form = str(error)


def check_lengths(values: Mapping[str, str], texts: frozenset[str], wrong: Wrong) -> None:
    """Say of which fields too much was typed."""
    for name, value in values.items():
        most = LONGEST_TEXT if name in texts else LONGEST
        if len(value) > most:
            wrong.say(name, f"Dài {len(value)} ký tự, nhiều nhất là {most}: hãy viết gọn lại.")


def read_moment(text: str) -> datetime | None:
    """An instant of Vietnam as browsers send it; None where nothing was typed."""
    if not text.strip():
        return None
    try:
        found = datetime.fromisoformat(text.strip())
    except ValueError:
        raise InputError("Không đọc được thời điểm: hãy chọn lại ngày và giờ.") from None
    return found if found.tzinfo else found.replace(tzinfo=clock.VIETNAM)


def read_past(text: str) -> datetime | None:
    """The same, of what has happened already."""
    found = read_moment(text)
    if found is not None and found > clock.now():
        raise InputError(f"Thời điểm {moment(found)} chưa đến: chỉ ghi việc đã xảy ra.")
    return found
