"""What may be done on the case page: each act as a short form, and the service that does it."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation

from sqlalchemy.ext.asyncio import AsyncConnection

from tthc.domain.access import Actor, Permission
from tthc.domain.errors import InputError
from tthc.rules.causes import causes
from tthc.service import corrections, letters, progress, receipts, transfers
from tthc.service.acts import Asked, Document
from tthc.web.desk.fields import read_moment

P = Permission
OUTCOMES = {"granted": "Đồng ý", "refused": "Từ chối giải quyết (mẫu số 03)"}
CHANNELS = {"counter": "Trực tiếp", "post": "Bưu chính công ích", "online": "Trực tuyến"}


@dataclass(frozen=True, slots=True)
class Field:
    """One thing to be said; `kind`: text, area, date, or select with its options."""

    name: str
    label: str
    kind: str = "text"
    hint: str | None = None
    options: Callable[[], Mapping[str, str]] | None = None


@dataclass(frozen=True, slots=True)
class Target:
    """The case, who acts, and on which letter."""

    connection: AsyncConnection
    actor: Actor
    code: str
    letter_id: int


Said = Mapping[str, str]
Do = Callable[[Target, Asked, Said], Awaitable[Document]]


@dataclass(frozen=True, slots=True)
class ActForm:
    """An act as it is offered: the words of its button, its fields, how it is done."""

    label: str
    do: Do
    fields: tuple[Field, ...] = ()


def _at(to: Target) -> tuple[AsyncConnection, Actor, str]:
    return to.connection, to.actor, to.code


def _or_none(said: Said, name: str) -> str | None:
    return said.get(name, "").strip() or None


def read_due(text: str) -> date | datetime:
    """A new date. Raises InputError, which says how to write it."""
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        found = read_moment(text)
    if found is None:
        raise InputError("Chưa có ngày hẹn mới: hãy chọn ngày.")
    return found


def read_money(text: str) -> Decimal:
    """A sum in đồng; points and blanks between thousands are skipped. Raises InputError."""
    try:
        return Decimal(text.replace(".", "").replace(" ", "").strip())
    except InvalidOperation:
        raise InputError("Số tiền phải là số, tính bằng đồng, ví dụ 50.000.") from None


CONTENT = Field("content", "Nội dung cần bổ sung", "area", "Ghi một lần, đầy đủ, từng giấy tờ.")
GROUNDS = Field("grounds", "Căn cứ", hint="Chỉ khi pháp luật chuyên ngành cho phép muộn hơn.")
OFFICER = Field("officer", "Người xử lý")
CAUSE = Field("cause", "Nguyên nhân quá hạn", "select", "Để trống nếu trong hạn.", causes)

FORMS: dict[Permission, ActForm] = {
    P.ACCEPT: ActForm(
        "Tiếp nhận hồ sơ", lambda to, asked, _: receipts.accept_case(*_at(to), asked)
    ),
    P.DECLINE: ActForm(
        "Từ chối tiếp nhận",
        lambda to, asked, said: receipts.decline_case(
            *_at(to), asked, reason=said.get("reason", "")
        ),
        (Field("reason", "Lý do", "area"),),
    ),
    P.START: ActForm(
        "Bắt đầu xử lý",
        lambda to, asked, said: progress.start_case(
            *_at(to), asked, officer=_or_none(said, "officer")
        ),
        (OFFICER,),
    ),
    P.SUSPEND: ActForm(
        "Yêu cầu bổ sung",
        lambda to, asked, said: progress.ask_for_supplement(
            *_at(to), asked, content=said.get("content", ""), grounds=_or_none(said, "grounds")
        ),
        (CONTENT, GROUNDS),
    ),
    P.CHARGE: ActForm(
        "Yêu cầu nghĩa vụ tài chính",
        lambda to, asked, said: progress.charge_case(
            *_at(to), asked, content=said.get("content", ""), grounds=said.get("grounds", "")
        ),
        (Field("content", "Nghĩa vụ phải thực hiện", "area"), Field("grounds", "Căn cứ")),
    ),
    P.RESUME: ActForm(
        "Công dân đã bổ sung, tiếp tục xử lý",
        lambda to, asked, _: progress.resume_case(*_at(to), asked),
    ),
    P.EXTEND: ActForm(
        "Đổi ngày hẹn theo văn bản xin lỗi",
        lambda to, asked, _: letters.extend_case(*_at(to), asked),
    ),
    P.TRANSFER: ActForm(
        "Chuyển hồ sơ",
        lambda to, asked, said: transfers.transfer_case(
            *_at(to),
            transfers.To(_or_none(said, "unit"), _or_none(said, "officer")),
            asked,
            note=_or_none(said, "note"),
        ),
        (
            Field("unit", "Mã đơn vị nhận", hint="Để trống nếu trong đơn vị."),
            Field("officer", "Người nhận"),
            Field("note", "Ghi chú"),
        ),
    ),
    P.TAKE_OVER: ActForm(
        "Nhận bàn giao",
        lambda to, asked, said: transfers.take_over_case(
            *_at(to), asked, officer=_or_none(said, "officer")
        ),
        (OFFICER,),
    ),
    P.PAY: ActForm(
        "Ghi thanh toán",
        lambda to, asked, said: progress.pay_fee(
            *_at(to),
            asked,
            amount=read_money(said.get("amount", "")),
            channel=_or_none(said, "channel"),
        ),
        (Field("amount", "Số tiền (đồng)"), Field("channel", "Cách nộp")),
    ),
    P.RESOLVE: ActForm(
        "Có kết quả",
        lambda to, asked, said: progress.resolve_case(
            *_at(to),
            asked,
            outcome=said.get("outcome", ""),
            cause=_or_none(said, "cause"),
            reason=_or_none(said, "reason"),
        ),
        (
            Field("outcome", "Kết quả", "select", options=lambda: OUTCOMES),
            Field("reason", "Lý do từ chối", "area", "Chỉ khi từ chối."),
            CAUSE,
        ),
    ),
    P.RETURN: ActForm(
        "Trả kết quả",
        lambda to, asked, said: progress.return_result(
            *_at(to), asked, channel=_or_none(said, "channel")
        ),
        (Field("channel", "Cách trả", "select", options=lambda: CHANNELS),),
    ),
    P.WITHDRAW: ActForm(
        "Công dân rút hồ sơ",
        lambda to, asked, said: progress.withdraw_case(
            *_at(to), asked, reason=_or_none(said, "reason")
        ),
        (Field("reason", "Lý do", "area"),),
    ),
    P.STOP: ActForm(
        "Dừng xử lý",
        lambda to, asked, said: progress.stop_case(*_at(to), asked, reason=said.get("reason", "")),
        (Field("reason", "Lý do (mẫu số 05)", "area"),),
    ),
    P.CLOSE: ActForm(
        "Đóng hồ sơ vì không bổ sung",
        lambda to, asked, said: progress.close_case(*_at(to), asked, notice=said.get("notice", "")),
        (Field("notice", "Số thông báo (mẫu số 05)"),),
    ),
    P.EXPLAIN: ActForm(
        "Giải trình",
        lambda to, asked, said: corrections.explain_case(
            *_at(to), asked, unit=said.get("unit", ""), text=said.get("text", "")
        ),
        (Field("unit", "Mã đơn vị giải trình"), Field("text", "Nội dung", "area")),
    ),
    P.NOTE: ActForm(
        "Ghi chú",
        lambda to, asked, said: corrections.note_on_case(
            *_at(to), asked, text=said.get("text", "")
        ),
        (Field("text", "Nội dung", "area"),),
    ),
    P.DRAFT_LETTER: ActForm(
        "Soạn văn bản xin lỗi",
        lambda to, asked, said: letters.draft_letter(
            *_at(to),
            asked,
            reason=said.get("reason", ""),
            cause=said.get("cause", ""),
            new_due=read_due(said.get("new_due", "")),
        ),
        (
            Field("reason", "Lý do", "area"),
            Field("cause", "Nguyên nhân", "select", options=causes),
            Field("new_due", "Ngày hẹn mới", "date"),
        ),
    ),
    P.APPROVE_LETTER: ActForm(
        "Duyệt văn bản xin lỗi",
        lambda to, asked, _: letters.approve_letter(to.connection, to.actor, to.letter_id, asked),
    ),
    P.ISSUE_LETTER: ActForm(
        "Ký ban hành văn bản xin lỗi",
        lambda to, asked, said: letters.issue_letter(
            to.connection, to.actor, to.letter_id, asked, number=_or_none(said, "number")
        ),
        (Field("number", "Số văn bản", hint="Để trống thì hệ thống cấp số tiếp theo."),),
    ),
    P.SEND_LETTER: ActForm(
        "Gửi văn bản xin lỗi",
        lambda to, asked, said: letters.send_letter(
            to.connection, to.actor, to.letter_id, asked, channel=said.get("channel", "")
        ),
        (Field("channel", "Cách gửi", "select", options=lambda: CHANNELS),),
    ),
}
