"""Forms 01, 02 and 03: the slips that a citizen is handed. The words are ours."""

from decimal import Decimal

from tthc.domain.errors import RuleError
from tthc.domain.letterhead import appointed, hour_and_date
from tthc.domain.pausing import silent_until
from tthc.domain.receipt import guidance
from tthc.domain.wording import amount
from tthc.service.form_facts import (
    FILER,
    HEAD,
    HELPER,
    NO_DUE_DATE,
    Facts,
    Said,
    desk_of,
    instant_row,
)
from tthc.service.form_heads import Heading
from tthc.service.pins import pins_as_decided
from tthc.service.words import CHANNELS, day


def receipt_slip(facts: Facts) -> Said:
    """Form 01: the promise as it was first made, which no later act changes."""
    case = facts.dossier.case
    received = case.last("received")
    if case.received_at is None:
        raise RuleError(
            "Hồ sơ chưa được tiếp nhận nên chưa có giấy tiếp nhận và hẹn trả kết quả: hãy tiếp "
            "nhận hồ sơ trước."
        )
    term = pins_as_decided(facts.dossier).term
    return Said(
        Heading(facts.shop, case.received_at, desk=True),
        {
            "shop": facts.shop.name,
            "papers": (received.payload.get("papers") or "").splitlines() if received else [],
            "sets": received.payload.get("sets") if received else None,
            "term": amount(Decimal(term.amount), term.unit) if term else None,
            "received": hour_and_date(case.received_at),
            "due": appointed(case.first_due_at) if case.first_due_at else NO_DUE_DATE,
            "channel": CHANNELS.get(case.channel, case.channel),
            "collect": desk_of(facts.shop),
            "clerk": facts.doer(received) if received else None,
            "pin": facts.slip_pin,
        },
    )


def supplement_request(facts: Facts) -> Said:
    """Form 02: what the file lacked at the counter, or the last request for a supplement."""
    case = facts.dossier.case
    guided = guidance(case)
    asked = guided or case.last("suspended")
    if asked is None:
        raise RuleError(
            "Hồ sơ chưa được yêu cầu bổ sung nên không có phiếu yêu cầu bổ sung: hãy ghi yêu cầu "
            "bổ sung trước."
        )
    notes = ["Thời hạn giải quyết hồ sơ tạm dừng cho đến khi nhận đủ nội dung bổ sung."]
    if guided:
        notes = ["Hồ sơ chưa được tiếp nhận: thời hạn giải quyết tính từ khi nhận đủ hồ sơ."]
    elif last_day := silent_until(case, pins_as_decided(facts.dossier)):
        notes.insert(0, f"Đề nghị bổ sung chậm nhất hết ngày {day(last_day)}.")
    grounds = asked.payload.get("grounds")
    return Said(
        Heading(facts.shop, asked.effective_at, desk=True, number=asked.payload.get("notice")),
        {
            "rows": [
                *(
                    [instant_row("Thời gian nhận hồ sơ", case.received_at)]
                    if case.received_at
                    else []
                ),
                instant_row("Thời gian yêu cầu", asked.effective_at),
                *([{"label": "Căn cứ", "value": grounds}] if grounds else []),
            ],
            "asks": "Để có căn cứ giải quyết, đề nghị bổ sung, hoàn thiện những nội dung sau:",
            "matter": asked.payload.get("reason" if guided else "content"),
            "notes": notes,
            "signers": [
                {"role": FILER, "name": None},
                {"role": HELPER, "name": facts.doer(asked)},
            ],
        },
    )


def refusal(facts: Facts) -> Said:
    """Form 03: refused after acceptance by the competent unit, or not accepted by the shop."""
    case = facts.dossier.case
    declined, resolved = case.last("declined"), case.last("resolved")
    if guidance(case):
        raise RuleError(
            "Hồ sơ được hướng dẫn bổ sung, không bị từ chối: hãy in phiếu yêu cầu bổ sung, hoàn "
            "thiện hồ sơ (mẫu số 02)."
        )
    if declined is None and (resolved is None or case.outcome != "refused"):
        raise RuleError(
            "Hồ sơ không bị từ chối nên không có phiếu từ chối giải quyết: hãy ghi kết quả từ chối "
            "giải quyết, hoặc việc không tiếp nhận, trước."
        )
    act = declined or resolved
    assert act is not None
    signers = [{"role": HEAD, "name": None}]
    number = act.payload.get("notice")
    heading = Heading(facts.competent, act.effective_at, number=number)
    if declined:
        heading = Heading(facts.shop, act.effective_at, desk=True, number=number)
        signers = [{"role": FILER, "name": None}, {"role": HELPER, "name": facts.doer(act)}]
    what = "không tiếp nhận" if declined else "từ chối giải quyết"
    since = ("Thời gian nộp hồ sơ", case.submitted_at)
    if case.received_at:
        since = ("Thời gian nhận hồ sơ", case.received_at)
    return Said(
        heading,
        {
            "rows": [instant_row(*since)],
            "asks": f"{heading.authority.name} {what} hồ sơ này vì lý do sau:",
            "matter": act.payload.get("reason"),
            "notes": [
                "Nếu không đồng ý, Ông/Bà (tổ chức) có quyền khiếu nại, khởi kiện theo pháp luật."
            ],
            "signers": signers,
        },
    )
