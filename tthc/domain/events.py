"""The acts of a case's life, as the ledger keeps them, and the chain that seals them.

An event says what was claimed (`occurred_at`, `payload`) and what was decided (`change`: columns
of the case's row, so that a replay never reads the law again). It takes effect at `effective_at`.
The row at a cut-off is the merge of the changes, in the order of `(effective_at, seq)`, of the
events that were recorded by then and that no event recorded by then replaces: a `corrected` event
names the one it replaces and repeats its whole change, mended.

In `change`, an instant is text in ISO 8601 with an offset and null takes a value away.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

# type → label on screen
EVENT_TYPES = {
    "submitted": "Nộp hồ sơ",
    "received": "Tiếp nhận",
    "declined": "Không tiếp nhận",
    "started": "Bắt đầu xử lý",
    "stepped": "Chuyển bước xử lý",
    "suspended": "Yêu cầu bổ sung",
    "charged": "Yêu cầu thực hiện nghĩa vụ tài chính",
    "resumed": "Tiếp tục xử lý",
    "letter_issued": "Ban hành văn bản xin lỗi",
    "letter_sent": "Gửi văn bản xin lỗi",
    "extended": "Hẹn lại ngày trả kết quả",
    "transferred": "Chuyển hồ sơ",
    "fee_paid": "Thanh toán",
    "resolved": "Đã xử lý xong",
    "returned": "Đã trả kết quả",
    "withdrawn": "Công dân yêu cầu rút hồ sơ",
    "stopped": "Dừng xử lý",
    "closed": "Đóng hồ sơ",
    "noted": "Ghi chú",
    "explained": "Giải trình",
    "recalculated": "Tính lại ngày hẹn trả",
    "corrected": "Đính chính",
    "taken_over": "Nhận bàn giao",
    "erased": "Xóa thông tin cá nhân",
}


class Words(str):
    """What somebody wrote freely in an act, and which may therefore tell of a person.

    The chain seals a salted digest of it; the words themselves lie apart and can be erased.
    """

    __slots__ = ()


EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Event:
    """One act, as it is stored; `payload` and `change` are the JSON texts themselves."""

    case_code: str
    seq: int
    type: str
    occurred_at: datetime
    effective_at: datetime
    recorded_at: datetime
    actor: str
    replaces: int | None
    payload: str | None
    change: str


def microseconds(instant: datetime) -> int:
    """Whole microseconds since 1970, the precision that the database keeps."""
    return (instant - EPOCH) // MICROSECOND


def sealed_text(event: Event) -> bytes:
    """The event as the chain seals it: every field led by its length, so that none can shift."""
    fields = (
        event.case_code,
        str(event.seq),
        event.type,
        str(microseconds(event.occurred_at)),
        str(microseconds(event.effective_at)),
        str(microseconds(event.recorded_at)),
        event.actor,
        "" if event.replaces is None else str(event.replaces),
        event.payload or "",
        event.change,
    )
    return "".join(f"{len(field)}:{field}" for field in fields).encode()


def seal(head: bytes, event: Event) -> bytes:
    """The chain's next link: SHA-256 over the link before (empty at first) and the event."""
    return hashlib.sha256(head + sealed_text(event)).digest()


def seal_all(head: bytes, events: Iterable[Event]) -> list[bytes]:
    """The links of one case's events in their order."""
    links = []
    for event in events:
        head = seal(head, event)
        links.append(head)
    return links
