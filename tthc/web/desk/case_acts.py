"""What may be done with a case in hand on its page, each as a short form."""

from tthc.domain.access import Permission
from tthc.service import progress, steps, submissions, transfers
from tthc.service.acts import Asked, Document
from tthc.service.destinations import find_destination
from tthc.web.desk.act_forms import (
    ME,
    ActForm,
    Field,
    Said,
    Target,
    channels,
    destinations,
    every_cause,
    next_steps,
    number_fold,
    number_of,
    or_none,
    outcomes,
    read_count,
    read_money,
    workflows,
)

P = Permission
CONTENT = Field("content", "Nội dung cần bổ sung", "area", "Ghi một lần, đầy đủ, từng giấy tờ.")
GROUNDS = Field("grounds", "Căn cứ", hint="Chỉ khi pháp luật chuyên ngành cho phép muộn hơn.")
OFFICER = Field("officer", "Người xử lý", default=ME)
REASON = Field("reason", "Lý do", "area")


async def _move(to: Target, asked: Asked, said: Said) -> Document:
    unit = await find_destination(to.connection, to.actor, said.get("unit", ""))
    there = transfers.To(unit, or_none(said, "officer"))
    return await transfers.transfer_case(*to.case, there, asked, note=or_none(said, "note"))


ACTS: dict[Permission, ActForm] = {
    P.ACCEPT: ActForm(
        "Tiếp nhận hồ sơ", lambda to, asked, _: submissions.accept_case(*to.case, asked)
    ),
    P.DECLINE: ActForm(
        "Không tiếp nhận (mẫu số 03)",
        lambda to, asked, said: submissions.decline_case(
            *to.case, asked, reason=said.get("reason", ""), notice=or_none(said, "notice")
        ),
        (REASON, number_of("03", "Số phiếu", folded=True)),
        fold=number_fold("03", "Số phiếu"),
    ),
    P.START: ActForm(
        "Bắt đầu xử lý",
        lambda to, asked, said: progress.start_case(
            *to.case, asked, officer=or_none(said, "officer")
        ),
        (OFFICER,),
    ),
    P.STEP: ActForm(
        "Chuyển bước xử lý",
        lambda to, asked, said: steps.begin_step(
            *to.case,
            asked,
            position=read_count(said.get("position", "")),
            workflow=read_count(said.get("workflow", "")),
            officer=or_none(said, "officer"),
        ),
        (
            Field("workflow", "Quy trình", "select", options=workflows),
            Field("position", "Bước", "select", options=next_steps, chosen=True),
            OFFICER,
        ),
    ),
    P.SUSPEND: ActForm(
        "Yêu cầu bổ sung (mẫu số 02)",
        lambda to, asked, said: progress.ask_for_supplement(
            *to.case,
            asked,
            content=said.get("content", ""),
            grounds=or_none(said, "grounds"),
            notice=or_none(said, "notice"),
        ),
        (CONTENT, GROUNDS, number_of("02", "Số phiếu", folded=True)),
        fold=number_fold("02", "Số phiếu"),
    ),
    P.CHARGE: ActForm(
        "Yêu cầu nghĩa vụ tài chính",
        lambda to, asked, said: progress.charge_case(
            *to.case, asked, content=said.get("content", ""), grounds=said.get("grounds", "")
        ),
        (Field("content", "Nghĩa vụ phải thực hiện", "area"), Field("grounds", "Căn cứ")),
    ),
    P.RESUME: ActForm(
        "Công dân đã bổ sung, tiếp tục xử lý",
        lambda to, asked, _: progress.resume_case(*to.case, asked),
    ),
    P.TRANSFER: ActForm(
        "Chuyển hồ sơ cho người xử lý",
        lambda to, asked, said: transfers.transfer_case(
            *to.case,
            transfers.To(None, or_none(said, "officer")),
            asked,
            note=or_none(said, "note"),
        ),
        (Field("officer", "Người nhận"), Field("note", "Ghi chú")),
    ),
    P.MOVE: ActForm(
        "Chuyển hồ sơ cho đơn vị khác giải quyết",
        _move,
        (
            Field(
                "unit",
                "Đơn vị nhận",
                hint="Gõ vài chữ của tên rồi chọn trong danh sách; mã cũng được.",
                options=destinations,
            ),
            Field("officer", "Người nhận", hint="Để trống nếu chưa biết."),
            Field("note", "Ghi chú"),
        ),
    ),
    P.TAKE_OVER: ActForm(
        "Nhận bàn giao",
        lambda to, asked, said: transfers.take_over_case(
            *to.case, asked, officer=or_none(said, "officer"), note=or_none(said, "note")
        ),
        (OFFICER, Field("note", "Ghi chú")),
    ),
    P.PAY: ActForm(
        "Ghi thanh toán",
        lambda to, asked, said: progress.pay_fee(
            *to.case,
            asked,
            amount=read_money(said.get("amount", "")),
            channel=or_none(said, "channel"),
        ),
        (Field("amount", "Số tiền (đồng)"), Field("channel", "Cách nộp")),
    ),
    P.RESOLVE: ActForm(
        "Có kết quả",
        lambda to, asked, said: progress.resolve_case(
            *to.case,
            asked,
            outcome=said.get("outcome", ""),
            cause=or_none(said, "cause"),
            reason=or_none(said, "reason"),
            notice=or_none(said, "notice"),
        ),
        (
            Field("outcome", "Kết quả", "select", options=outcomes),
            Field("reason", "Lý do từ chối", "area", folded=True),
            number_of("03", "Số phiếu từ chối", folded=True),
            Field(
                "cause",
                "Nguyên nhân quá hạn",
                "select",
                "Chỉ khi quá hạn mà chưa có văn bản xin lỗi.",
                options=every_cause,
                folded=True,
            ),
        ),
        fold="Nếu từ chối, hoặc quá hạn",
    ),
    P.RETURN: ActForm(
        "Trả kết quả",
        lambda to, asked, said: progress.return_result(
            *to.case, asked, channel=or_none(said, "channel")
        ),
        (Field("channel", "Cách trả", "select", options=channels, chosen=True),),
    ),
    P.WITHDRAW: ActForm(
        "Công dân rút hồ sơ",
        lambda to, asked, said: progress.withdraw_case(
            *to.case, asked, reason=or_none(said, "reason")
        ),
        (REASON,),
    ),
    P.STOP: ActForm(
        "Dừng xử lý (mẫu số 05)",
        lambda to, asked, said: progress.stop_case(
            *to.case, asked, reason=said.get("reason", ""), notice=or_none(said, "notice")
        ),
        (REASON, number_of("05", "Số thông báo", folded=True)),
        fold=number_fold("05", "Số thông báo"),
    ),
    P.CLOSE: ActForm(
        "Đóng hồ sơ vì không bổ sung (mẫu số 05)",
        lambda to, asked, said: progress.close_case(
            *to.case, asked, notice=or_none(said, "notice")
        ),
        (number_of("05", "Số thông báo", folded=True),),
        fold=number_fold("05", "Số thông báo"),
    ),
}
