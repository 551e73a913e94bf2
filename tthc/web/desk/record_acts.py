"""The acts on what was recorded of a case: a note, an explanation, a correction, an erasure."""

from collections.abc import Mapping
from typing import Any

from tthc.domain.access import Permission
from tthc.domain.errors import InputError
from tthc.domain.events import EVENT_TYPES
from tthc.service import applicants, corrections
from tthc.service.acts import Asked, Document
from tthc.service.case_page import CasePage
from tthc.service.corrections import Correction
from tthc.service.offers import shop_of
from tthc.service.words import moment
from tthc.web.desk.act_forms import (
    ActForm,
    Field,
    Said,
    Target,
    channels,
    every_cause,
    or_none,
    outcomes,
    read_money,
    tick,
)
from tthc.web.desk.fields import read_past

P = Permission
YES_NO = {"yes": "Có", "no": "Không"}


def _yes_no(_: CasePage) -> Mapping[str, str]:
    return YES_NO


def _e_results(_: CasePage) -> Mapping[str, str]:
    return YES_NO | {"unknown": "Chưa rõ"}


def _online_levels(_: CasePage) -> Mapping[str, str]:
    return {"full": "Toàn trình", "partial": "Một phần"}


# what an act really said, where that was wrong; names as the ledger's
MENDED = (
    Field("outcome", "Kết quả", "select", options=outcomes, folded=True),
    Field("e_result", "Kết quả bản điện tử", "select", options=_e_results, folded=True),
    Field("channel", "Hình thức nộp", "select", options=channels, folded=True),
    Field("procedure_code", "Mã thủ tục", folded=True),
    Field("case_kind", "Mã trường hợp", folded=True),
    Field("online_level", "Mức độ trực tuyến", "select", options=_online_levels, folded=True),
    Field("out_of_territory", "Phi địa giới hành chính", "select", options=_yes_no, folded=True),
    Field("parent_case_code", "Mã hồ sơ liên thông", folded=True),
    Field("officer", "Người xử lý", folded=True),
    Field("letter_number", "Số văn bản xin lỗi", folded=True),
    Field("cause", "Nguyên nhân quá hạn", "select", options=every_cause, folded=True),
    Field("fee_amount", "Số tiền (đồng)", folded=True),
    Field("fee_channel", "Cách nộp tiền", folded=True),
    Field("return_channel", "Cách trả", "select", options=channels, folded=True),
)
# what may be without a value
EMPTIED = (
    *("case_kind", "online_level", "out_of_territory", "parent_case_code", "officer"),
    *("cause", "fee_channel", "return_channel"),
)
LABELS = {field.name: field.label for field in MENDED}


def _emptied(_: CasePage) -> Mapping[str, str]:
    return {name: LABELS[name] for name in EMPTIED}


def _recorded(page: CasePage) -> Mapping[str, str]:
    """The acts that still count, the last first."""
    return {
        str(one["seq"]): f"{EVENT_TYPES.get(role, role)}, {moment(one['effective_at'])}"
        for one in reversed(page.events)
        if not one["replaced"] and (role := one["corrects"] or one["type"])
    }


async def _correct(to: Target, asked: Asked, said: Said) -> Document:
    values: dict[str, Any] = {
        field.name: value for field in MENDED if (value := or_none(said, field.name))
    }
    if "fee_amount" in values:
        values["fee_amount"] = read_money(values["fee_amount"])
    if "out_of_territory" in values:
        values["out_of_territory"] = values["out_of_territory"] == "yes"
    for emptied in EMPTIED:
        if or_none(said, tick("emptied", emptied)) is None:
            continue
        if emptied in values:
            label = LABELS[emptied]
            raise InputError(f"Mục “{label}” không vừa ghi vừa bỏ trống được: hãy chọn một.")
        values[emptied] = None
    seq = said.get("seq", "")
    if not (seq.isascii() and seq.isdecimal() and len(seq) < len(str(2**31))):
        raise InputError("Chưa chọn việc ghi sai: hãy chọn trong danh sách.")
    wanted = Correction(
        said.get("reason", ""),
        said.get("approver", ""),
        int(seq),
        read_past(said.get("effective_at", "")),
        values,
    )
    return await corrections.correct_case(*to.case, wanted, asked)


async def _explain(to: Target, asked: Asked, said: Said) -> Document:
    own = await shop_of(to.connection, to.actor)
    return await corrections.explain_case(
        *to.case, asked, unit=own.unit.code, text=said.get("text", "")
    )


ACTS: dict[Permission, ActForm] = {
    P.EXPLAIN: ActForm(
        "Giải trình",
        _explain,
        (Field("text", "Nội dung", "area", "Vì sao quá hạn; không đổi kết luận nào."),),
    ),
    P.CORRECT: ActForm(
        "Đính chính",
        _correct,
        (
            Field("seq", "Việc ghi sai", "select", options=_recorded, chosen=True),
            Field(
                "effective_at",
                "Thời điểm đúng",
                "datetime-local",
                "Để trống nếu thời điểm đã đúng.",
            ),
            *MENDED,
            Field("emptied", "Những mục phải bỏ trống", "ticks", options=_emptied, folded=True),
            Field("reason", "Lý do đính chính", "area"),
            Field("approver", "Người phê duyệt", hint="Không phải người đính chính."),
        ),
        now=True,
        fold="Nội dung đúng (chỉ ghi mục đã sai)",
    ),
    P.NOTE: ActForm(
        "Ghi chú",
        lambda to, asked, said: corrections.note_on_case(
            *to.case, asked, text=said.get("text", "")
        ),
        (Field("text", "Nội dung", "area"),),
    ),
    P.ERASE: ActForm(
        "Xóa thông tin cá nhân",
        lambda to, asked, said: applicants.erase_applicant(
            *to.case, asked, grounds=said.get("grounds", "")
        ),
        (
            Field(
                "grounds",
                "Căn cứ",
                hint="Số văn bản, không ghi tên người. Xóa rồi không lấy lại được.",
            ),
        ),
        now=True,
    ),
}
