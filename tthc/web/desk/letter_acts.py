"""The acts about a case's apology on its page: draft, approval, issue, sending, the new date."""

from collections.abc import Mapping

from tthc.domain.access import Permission
from tthc.service import letters
from tthc.service.case_page import CasePage
from tthc.service.words import moment
from tthc.web.desk.act_forms import (
    ActForm,
    Field,
    Options,
    channels,
    every_cause,
    number_of,
    or_none,
    read_due,
)

P = Permission


def _letters(state: str) -> Options:
    def options(page: CasePage) -> Mapping[str, str]:
        return {
            str(one["id"]): f"{one['number'] or one['cause_name']}, hẹn lại "
            f"{moment(one['new_due_at'])}"
            for one in page.letters
            if one["state"] == state
        }

    return options


def _choice(state: str) -> Field:
    return Field("letter", "Văn bản", "select", options=_letters(state), chosen=True)


ACTS: dict[Permission, ActForm] = {
    P.DRAFT_LETTER: ActForm(
        "Soạn văn bản xin lỗi (mẫu số 04)",
        lambda to, asked, said: letters.draft_letter(
            *to.case,
            asked,
            reason=said.get("reason", ""),
            cause=said.get("cause", ""),
            new_due=read_due(said.get("new_due", "")),
        ),
        (
            Field("reason", "Lý do", "area", "Câu này in trong văn bản gửi người dân."),
            Field("cause", "Nguyên nhân", "select", options=every_cause),
            Field("new_due", "Ngày hẹn mới", "date"),
        ),
    ),
    P.APPROVE_LETTER: ActForm(
        "Duyệt văn bản xin lỗi",
        lambda to, asked, _: letters.approve_letter(*to.letter, asked),
        (_choice("draft"),),
    ),
    P.ISSUE_LETTER: ActForm(
        "Ký ban hành văn bản xin lỗi",
        lambda to, asked, said: letters.issue_letter(
            *to.letter, asked, number=or_none(said, "number")
        ),
        (
            _choice("approved"),
            number_of("04", "Số văn bản"),
        ),
    ),
    P.SEND_LETTER: ActForm(
        "Gửi văn bản xin lỗi",
        lambda to, asked, said: letters.send_letter(
            *to.letter, asked, channel=said.get("channel", "")
        ),
        (_choice("issued"), Field("channel", "Cách gửi", "select", options=channels, chosen=True)),
    ),
    P.EXTEND: ActForm(
        "Đổi ngày hẹn theo văn bản xin lỗi",
        lambda to, asked, _: letters.extend_case(*to.case, asked),
    ),
}
