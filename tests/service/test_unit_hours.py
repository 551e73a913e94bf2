"""A unit's own hours, from the decision to the due date of its cases, through the services.

Bugs planted, and caught here: the newest week without regard to its dates; the day after the last
one still held; the mode of another day than the receipt's; a neighbour's cases moved as well;
receipts by the country's hours alone.
"""

from datetime import date, datetime
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from tests.hours import LONGER, OFFICE, days, decision
from tests.law.lives import UNIT, Life, make_procedure
from tests.summer import MINH, REAL, SWAP, due_of, live, now_is, vn
from tthc.domain.errors import InputError, NotFoundError, RuleError, RulesFileError
from tthc.rules.calendars import DecisionText
from tthc.service.calendars import apply_calendar
from tthc.service.clock import explain_case
from tthc.service.unit_hours import apply_hours, preview_hours, show_hours

RECEIVE = {"act": "receive"}
NEIGHBOUR = "00008"


async def lay(
    connection: AsyncConnection, monkeypatch: pytest.MonkeyPatch, given: DecisionText
) -> dict[str, Any]:
    now_is(monkeypatch, vn(7, 20))
    return await apply_hours(connection, MINH, given, decision="7/QĐ-UBND")


async def told(connection: AsyncConnection, life: Life) -> str:
    said: list[str] = (await explain_case(REAL, connection, life.code))["sentences"]
    return " ".join(said)


async def test_a_shop_that_closes_at_half_past_five(
    owner: AsyncConnection, monkeypatch: pytest.MonkeyPatch
) -> None:
    await lay(owner, monkeypatch, decision(week=days(LONGER)))
    life = await live(owner, monkeypatch, [3, "working_day"], {"at": vn(8, 3), **RECEIVE})
    assert await due_of(owner, life) == vn(8, 6, 17, 30)
    assert life.document["hours_version"] == "gio-rieng"
    said = await told(owner, life)
    assert "theo giờ làm việc của Phường Ba Đình (Giờ làm việc của phường)" in said
    assert "Hẹn trả kết quả lúc 17:30 thứ Năm 06/08/2026" in said


async def test_the_receiving_shop_s_hours_serve_and_no_other_s(
    owner: AsyncConnection, monkeypatch: pytest.MonkeyPatch
) -> None:
    await lay(owner, monkeypatch, decision(week=days(LONGER)))
    life = Life(owner, monkeypatch, await make_procedure(owner, [3, "working_day"]))
    life.unit = NEIGHBOUR
    await life.play({"at": vn(8, 3), **RECEIVE})
    assert await due_of(owner, life) == vn(8, 6, 17)
    assert life.document["hours_version"] is None
    assert "theo giờ làm việc của" not in await told(owner, life)


@pytest.mark.parametrize(
    ("rule", "due"),
    [("receipt_day_not_counted", vn(8, 10, 17)), ("next_working_day_is_day_0", vn(8, 11, 17))],
)
async def test_saturday_reception_receives_and_is_not_counted(
    owner: AsyncConnection, monkeypatch: pytest.MonkeyPatch, rule: str, due: datetime
) -> None:
    saturday = days([["08:00", "11:00"]], "sat")
    await lay(owner, monkeypatch, decision(reception=saturday, start_rule=rule))
    life = await live(owner, monkeypatch, [1, "working_day"], {"at": vn(8, 8), **RECEIVE})
    assert await due_of(owner, life) == due
    assert life.document["start_rule"] == rule
    said = await told(owner, life)
    assert "có tiếp nhận hồ sơ vào thứ Bảy 08/08/2026 nhưng không tính" in said


@pytest.mark.parametrize(
    ("received", "due"),
    [
        (vn(8, 3, 9), vn(8, 5, 11, 30)),  # in the morning → in the morning
        (vn(8, 3, 12), vn(8, 5, 11, 30)),
        (vn(8, 3, 12, 1), vn(8, 5, 17)),
        (vn(8, 8, 14), vn(8, 11, 11, 30)),  # a Saturday
    ],
)
async def test_half_days(
    owner: AsyncConnection, monkeypatch: pytest.MonkeyPatch, received: datetime, due: datetime
) -> None:
    await lay(owner, monkeypatch, decision(mode="half_day"))
    life = await live(owner, monkeypatch, [2, "working_day"], {"at": received, **RECEIVE})
    assert await due_of(owner, life) == due
    assert "nhận buổi sáng trả buổi sáng" in await told(owner, life)


async def test_the_mode_is_that_of_the_day_of_receipt(
    owner: AsyncConnection, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its last day included, the day after it not; whatever comes later leaves it alone."""
    half = decision(mode="half_day", valid_from="2026-08-03", valid_to="2026-08-04")
    await lay(owner, monkeypatch, half)
    dues = []
    for at in (vn(7, 31), vn(8, 3), vn(8, 4)):
        life = await live(owner, monkeypatch, [2, "working_day"], {"at": at, **RECEIVE})
        dues.append(await due_of(owner, life))
    assert dues == [vn(8, 4, 17), vn(8, 5, 11, 30), vn(8, 6, 17)]


async def test_a_local_day_off(owner: AsyncConnection, monkeypatch: pytest.MonkeyPatch) -> None:
    off = {"2026-08-05": "Ngày thành lập phường"}
    await lay(owner, monkeypatch, decision(days_off=off))
    life = await live(owner, monkeypatch, [3, "working_day"], {"at": vn(8, 3), **RECEIVE})
    assert await due_of(owner, life) == vn(8, 7, 17)
    said = await told(owner, life)
    assert "thứ Tư 05/08/2026 (ngày nghỉ riêng của nơi tiếp nhận: Ngày thành lập phường)" in said


async def test_a_shop_shut_on_wednesdays_and_open_on_a_saturday(
    owner: AsyncConnection, monkeypatch: pytest.MonkeyPatch
) -> None:
    week = days(OFFICE, "mon", "tue", "thu", "fri")
    worked = {"2026-08-08": "Làm bù của phường"}
    await lay(owner, monkeypatch, decision(week=week, days_worked=worked))
    life = await live(owner, monkeypatch, [4, "working_day"], {"at": vn(8, 3), **RECEIVE})
    assert await due_of(owner, life) == vn(8, 8, 17)
    said = await told(owner, life)
    assert "thứ Tư 05/08/2026 (nơi tiếp nhận không làm việc)" in said
    assert "Có tính thứ Bảy 08/08/2026 vì là ngày làm việc bù" in said


async def test_new_hours_hold_from_their_first_day(
    owner: AsyncConnection, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A promise made before them of a day after it knows them already."""
    summer = decision(week=days(LONGER), valid_from="2026-08-05", valid_to="2026-08-07")
    await lay(owner, monkeypatch, summer)
    dues = []
    for amount in (1, 2, 3, 4):
        life = await live(owner, monkeypatch, [amount, "working_day"], {"at": vn(8, 3), **RECEIVE})
        dues.append(await due_of(owner, life))
    assert dues == [vn(8, 4, 17), vn(8, 5, 17, 30), vn(8, 6, 17, 30), vn(8, 7, 17)]


async def test_a_half_day_that_ends_at_midnight_is_due_on_the_date_that_ends(
    owner: AsyncConnection, monkeypatch: pytest.MonkeyPatch
) -> None:
    night = days([["08:00", "12:00"], ["13:00", "24:00"]])
    await lay(owner, monkeypatch, decision(week=night, mode="half_day"))
    life = await live(owner, monkeypatch, [2, "working_day"], {"at": vn(8, 3, 14), **RECEIVE})
    assert await due_of(owner, life) == vn(8, 6, 0)
    asked = "SELECT due_on, promised_due_on, statutory_due_on FROM cases WHERE code = :code"
    row = (await owner.execute(text(asked), {"code": life.code})).one()
    assert tuple(row) == (date(2026, 8, 5),) * 3
    assert "24:00 thứ Tư 05/08/2026" in await told(owner, life)


async def test_preview_then_apply_moves_open_cases_alone(
    owner: AsyncConnection, monkeypatch: pytest.MonkeyPatch
) -> None:
    received = {"at": vn(8, 3), **RECEIVE}
    still_open = await live(owner, monkeypatch, [10, "working_day"], received)
    soon = await live(owner, monkeypatch, [2, "working_day"], received)
    closed = await live(
        owner, monkeypatch, [10, "working_day"], received, {"at": vn(8, 4), "act": "resolve"}
    )
    elsewhere = Life(owner, monkeypatch, still_open.procedure)
    elsewhere.unit = NEIGHBOUR
    await elsewhere.play(received)
    paused = await live(
        owner,
        monkeypatch,
        [10, "working_day"],
        received,
        {"at": vn(8, 4), "act": "supplement", "content": "bản sao"},
    )
    given = decision(week=days(LONGER), valid_from="2026-08-10", decided_on="2026-08-01")
    now_is(monkeypatch, vn(8, 5))
    seen = await preview_hours(REAL, owner, given)
    assert (seen["moved"], seen["later"], seen["open_cases"]) == (2, 2, 3)
    assert [one["case_code"] for one in seen["items"]] == [still_open.code, paused.code]
    assert await due_of(owner, still_open) == vn(8, 17, 17)  # nothing was done yet

    done = await apply_hours(owner, MINH, given, decision="7/QĐ-UBND")
    assert (done["recalculated"], done["world"]) == (2, "real")
    assert await due_of(owner, still_open) == vn(8, 17, 17, 30)
    for life, due in ((soon, vn(8, 5, 17)), (closed, vn(8, 17, 17)), (elsewhere, vn(8, 17, 17))):
        assert await due_of(owner, life) == due
    said = await told(owner, still_open)
    assert "Giờ làm việc của nơi tiếp nhận thay đổi theo 7/QĐ-UBND" in said
    document = await explain_case(REAL, owner, still_open.code)
    assert document["first_due_at"] == vn(8, 17, 17).isoformat()
    assert document["recalculations"][0]["changed"] == "hours"
    # a resume goes by the new hours too
    await paused.play({"at": vn(8, 10), "act": "resume"})
    assert await due_of(owner, paused) == vn(8, 22, 17, 30)  # a Saturday worked in lieu
    assert paused.document["hours_version"] == "gio-rieng"
    with pytest.raises(RuleError, match="đã được áp dụng cho Phường Ba Đình"):
        await preview_hours(REAL, owner, given)


async def test_hours_and_the_country_s_calendar_change_one_after_the_other(
    summer: AsyncConnection, monkeypatch: pytest.MonkeyPatch
) -> None:
    life = await live(summer, monkeypatch, [3, "working_day"], {"at": vn(8, 26), **RECEIVE})
    assert await due_of(summer, life) == vn(8, 31, 17)
    now_is(monkeypatch, vn(8, 27))
    first = decision("a", week=days(LONGER), decided_on="2026-08-20", valid_from="2026-08-28")
    await apply_hours(summer, MINH, first, decision="7/QĐ-UBND")
    assert await due_of(summer, life) == vn(8, 31, 17, 30)
    assert (await apply_calendar(summer, MINH, SWAP, decision="99"))["recalculated"] == 1
    assert await due_of(summer, life) == vn(9, 3, 17, 30)
    off = decision(
        "b", days_off={"2026-09-03": "Nghỉ"}, decided_on="2026-08-21", valid_from="2026-09-01"
    )
    await apply_hours(summer, MINH, off, decision="8/QĐ-UBND")
    assert await due_of(summer, life) == vn(9, 4, 17, 30)
    wrong_by = {"at": vn(8, 28), "act": "correct", "seq": 1, "reason": "nhầm", "approver": "Sếp"}
    await life.play(wrong_by | {"effective_at": vn(8, 25)})
    assert await due_of(summer, life) == vn(8, 28, 17, 30)
    shown = await show_hours(REAL, summer, UNIT)
    assert [one["version"] for one in shown["decisions"]] == ["a", "b"]
    assert shown["week"]["fri"] == LONGER


@pytest.mark.parametrize(
    ("given", "error", "said"),
    [
        (decision(mode="x"), RulesFileError, "gio-rieng.toml"),
        (decision(), RulesFileError, "không quy định"),
        (decision(units=(), mode="half_day"), RulesFileError, "units"),
        (decision(units=("nowhere",), mode="half_day"), NotFoundError, "nowhere"),
        (decision("Giờ mới", mode="half_day"), InputError, "Tên tệp"),
        (decision(mode="half_day", decided_on="2026-12-01"), RuleError, "chưa đến"),
        (decision(mode="half_day", valid_to="2026-08-01"), RulesFileError, "valid_to"),
        (decision(week={"mon": []}), RulesFileError, "không có giờ làm việc"),
        (decision(days_off={"2026-07-31": "x"}), RulesFileError, "ngoài thời gian hiệu lực"),
        (decision(week={"mon": [["09:00", "08:00"]]}), RulesFileError, "mở trước khi đóng"),
    ],
)
async def test_a_decision_that_does_not_fit(
    owner: AsyncConnection,
    monkeypatch: pytest.MonkeyPatch,
    given: DecisionText,
    error: type[Exception],
    said: str,
) -> None:
    now_is(monkeypatch, vn(7, 20))
    with pytest.raises(error, match=said):
        await preview_hours(REAL, owner, given)
    with pytest.raises(error, match=said):
        await apply_hours(owner, MINH, given, decision="1")
