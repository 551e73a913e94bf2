"""Forms 04 and 05: letters to a citizen. The words are ours."""

from tthc.domain.errors import RuleError
from tthc.domain.letterhead import appointed, hour_and_date
from tthc.service.form_facts import BLANK, Facts, Said, desk_of
from tthc.service.form_heads import Heading

SILENCE = (
    "Đã quá thời hạn bổ sung, hoàn thiện hồ sơ mà cơ quan tiếp nhận không nhận được hồ sơ bổ sung."
)


def apology(facts: Facts) -> Said:
    """Form 04, by the state of its letter: a draft is marked as one and has no number or date."""
    case, letter = facts.dossier.case, facts.letter
    assert letter is not None
    assert case.received_at is not None  # a letter is about a promise
    who = facts.competent.name
    promised = case.promised_due_at or case.first_due_at or case.due_at
    told = appointed(promised) if promised else BLANK
    return Said(
        Heading(facts.competent, letter.issued_at, number=letter.number),
        {
            "paragraphs": [
                (
                    f"{who} tiếp nhận hồ sơ mã {case.code} của Ông/Bà (tổ chức) lúc "
                    f"{hour_and_date(case.received_at)}, về việc: {facts.content}."
                ),
                f"Thời gian hẹn trả kết quả giải quyết hồ sơ: {told}.",
                "Do chưa giải quyết xong, chúng tôi không trả được kết quả đúng thời hạn đã hẹn.",
                f"Lý do: {letter.reason or BLANK}",
                (
                    f"{who} xin lỗi Ông/Bà (tổ chức) về sự chậm trễ này và đề nghị gia hạn thời "
                    f"gian giải quyết, hẹn trả kết quả vào lúc {appointed(letter.new_due_at)}."
                ),
                "Rất mong nhận được sự thông cảm của Ông/Bà (tổ chức).",
            ],
            "copies": ["Như trên", desk_of(facts.shop)],
            "signer": letter.signer,
        },
        draft=letter.issued_at is None,
    )


def stop_notice(facts: Facts) -> Said:
    """Form 05: stopped by the competent unit, or closed as its applicant stayed silent."""
    case = facts.dossier.case
    act = case.last("closed") or case.last("stopped")
    if act is None:
        raise RuleError(
            "Hồ sơ không dừng giải quyết nên không có thông báo dừng giải quyết: hãy ghi việc dừng "
            "xử lý, hoặc đóng hồ sơ, trước."
        )
    who = facts.competent.name
    received = case.received_at or case.submitted_at
    reason = SILENCE if act.role == "closed" else act.payload.get("reason") or BLANK
    return Said(
        Heading(facts.competent, act.effective_at, number=act.payload.get("notice")),
        {
            "paragraphs": [
                (
                    f"{who} đã tiếp nhận hồ sơ mã {case.code} của Ông/Bà (tổ chức) lúc "
                    f"{hour_and_date(received)}, về việc: {facts.content}."
                ),
                (
                    f"{who} thông báo dừng giải quyết hồ sơ nêu trên kể từ "
                    f"{hour_and_date(act.effective_at)}."
                ),
                f"Lý do: {reason}",
                (
                    "Ông/Bà (tổ chức) có thể nộp hồ sơ mới khi đủ điều kiện theo quy định. "
                    f"Để được hướng dẫn, xin liên hệ {desk_of(facts.shop)}."
                ),
            ],
            "copies": ["Như trên", desk_of(facts.shop)],
            "signer": None,
        },
    )
