"""Form 06: through whose hands a file went."""

from tthc.domain.case import Recorded
from tthc.domain.errors import RuleError
from tthc.domain.letterhead import hour_and_date
from tthc.service.case_document import verdict
from tthc.service.form_facts import FILER, NO_DUE_DATE, Facts, Said, at_place, desk_of
from tthc.service.form_heads import Heading
from tthc.service.words import moment

VERDICTS = {"early": "Trước hạn", "on_time": "Đúng hạn", "late": "Quá hạn"}
Step = tuple[str, str, str, str]  # from whom, to whom, early or late, note


def control_sheet(facts: Facts) -> Said:
    """Form 06: through whose hands the file went, up to now."""
    case = facts.dossier.case
    if case.received_at is None:
        raise RuleError("Hồ sơ chưa được tiếp nhận nên chưa có phiếu kiểm soát quá trình.")
    return Said(
        Heading(facts.shop, facts.now, desk=True),
        {
            "competent": facts.competent.name,
            "received": hour_and_date(case.received_at),
            "due": hour_and_date(case.due_at) if case.due_at else NO_DUE_DATE,
            "steps": [
                {
                    "from": step[0],
                    "to": step[1],
                    "at": moment(act.effective_at),
                    "verdict": step[2],
                    "note": step[3],
                }
                for act in case.history
                if (step := _step(facts, act))
            ],
        },
    )


def _step(facts: Facts, act: Recorded) -> Step | None:
    """The line of an act; None where no paper changed hands."""
    doer, told = facts.doer(act), act.payload
    shop = at_place(desk_of(facts.shop), doer)
    officer = at_place(facts.competent.name, doer)
    found = VERDICTS.get(verdict(facts.dossier.case) or "", "")
    lines: dict[str, Step] = {
        "received": (FILER, shop, "", ""),
        "taken_over": ("", officer, "", told.get("note") or "Nhận bàn giao"),
        "suspended": (officer, FILER, "", "Yêu cầu bổ sung"),
        "charged": (officer, FILER, "", "Yêu cầu nghĩa vụ tài chính"),
        "resumed": (FILER, officer, "", "Tiếp tục xử lý"),
        "resolved": (officer, desk_of(facts.shop), found, "Đã xử lý xong"),
        "returned": (shop, FILER, "", "Đã trả kết quả"),
    }
    return _passed_on(facts, act) if act.role == "transferred" else lines.get(act.role)


def _passed_on(facts: Facts, act: Recorded) -> Step:
    told = act.payload
    ends = []
    for end in ("from", "to"):
        unit, officer = facts.units.get(told.get(f"{end}_unit_id", 0)), told.get(f"{end}_officer")
        ends.append(at_place(unit.name, officer) if unit else officer or "")
    return ends[0], ends[1], VERDICTS.get(told.get("verdict", ""), ""), told.get("note") or ""
