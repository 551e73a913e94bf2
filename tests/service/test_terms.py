"""A new term moves no open case by itself; brought to it by an act, each case says so.

Bugs planted, and caught here: the commitment of another province; a term that another decision
set; a closed case brought along; the pins left as they were; a second application that moves again.
"""

from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from tests.law.lives import Life
from tests.summer import MINH, REAL, due_of, live, now_is, vn
from tthc.domain.access import Scope
from tthc.domain.errors import InputError, NotFoundError, RuleError
from tthc.intake.catalogue.decision import import_catalogue
from tthc.service.clock import explain_case
from tthc.service.terms import apply_terms, preview_terms

NUMBER, DAY = "5/QĐ-UBND", date(2026, 4, 1)
GROUNDS = "khoản 2 Điều 3: áp dụng cả với hồ sơ đã tiếp nhận"


async def decide(connection: AsyncConnection, folder: Path, life: Life, rest: str) -> None:
    annex = folder / "annex.csv"
    columns = "procedure_code,amount,unit,basis,committed_by"
    annex.write_text(f"{columns}\n{life.procedure},{rest}\n", encoding="utf-8")
    await import_catalogue(connection, "terms", annex, decision=NUMBER, decided_on=DAY)


async def receive(
    connection: AsyncConnection, monkeypatch: pytest.MonkeyPatch, day: int = 31
) -> Life:
    received = {"at": vn(3, day), "act": "receive"}
    return await live(connection, monkeypatch, [5, "working_day"], received)


async def test_open_cases_move_only_by_the_act_that_was_looked_at(
    owner: AsyncConnection, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    life, closed = await receive(owner, monkeypatch), await receive(owner, monkeypatch)
    await closed.play({"at": vn(4, 1), "act": "resolve"})
    await decide(owner, tmp_path, life, "3,Ngày làm việc,,")
    fresh = await live(owner, monkeypatch, [5, "working_day"], {"at": vn(4, 2), "act": "receive"})
    now_is(monkeypatch, vn(4, 6))
    seen = await preview_terms(REAL, owner, NUMBER, DAY)
    assert (seen["moved"], seen["earlier"], seen["start_overdue"]) == (1, 1, 1)
    assert seen["letters_newly_needed"] == 1
    [item] = seen["items"]
    assert (item["case_code"], item["due_at_after"][:10]) == (life.code, "2026-04-03")
    assert (await preview_terms(Scope(simulated=True), owner, NUMBER, DAY))["moved"] == 0
    assert await due_of(owner, life) == vn(4, 7, 17)  # scenario 16: nothing was done yet

    done = await apply_terms(owner, MINH, NUMBER, DAY, grounds=GROUNDS)
    assert (done["recalculated"], done["real"]["moved"]) == (1, 1)
    assert await due_of(owner, life) == vn(4, 3, 17)
    assert await due_of(owner, closed) == vn(4, 7, 17)
    assert await due_of(owner, fresh) == vn(4, 7, 17)
    told = await explain_case(REAL, owner, life.code)
    assert told["first_due_at"][:10] == "2026-04-07"
    assert told["term"]["amount"] == "3.00"
    assert any(
        one.startswith(f"Thời hạn giải quyết thay đổi theo {NUMBER}") for one in told["sentences"]
    )
    [kept] = (
        await owner.execute(
            text(
                "SELECT e.actor, e.payload ->> 'reason' AS reason FROM case_events e JOIN cases c "
                "ON c.id = e.case_id WHERE c.code = :code AND e.type = 'recalculated'"
            ),
            {"code": life.code},
        )
    ).all()
    assert tuple(kept) == ("Minh", GROUNDS)
    assert (await apply_terms(owner, MINH, NUMBER, DAY, grounds=GROUNDS))["recalculated"] == 0
    assert (await preview_terms(REAL, owner, NUMBER, DAY))["moved"] == 0


async def test_later_acts_go_by_the_new_term(
    owner: AsyncConnection, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    life = await receive(owner, monkeypatch)
    await life.play({"at": vn(4, 1), "act": "supplement", "content": "bản sao"})
    await decide(owner, tmp_path, life, "3,Ngày làm việc,,")
    now_is(monkeypatch, vn(4, 1, 15))
    assert (await apply_terms(owner, MINH, NUMBER, DAY, grounds=GROUNDS))["recalculated"] == 1
    await life.play({"at": vn(4, 2), "act": "resume"})
    assert await due_of(owner, life) == vn(4, 7, 17)  # three days again, not five


async def test_what_was_decided_by_the_old_term_is_not_decided_anew(
    owner: AsyncConnection, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    life = await receive(owner, monkeypatch)
    await decide(owner, tmp_path, life, "3,Ngày làm việc,,")
    now_is(monkeypatch, vn(4, 1))
    await apply_terms(owner, MINH, NUMBER, DAY, grounds=GROUNDS)
    mending = {"at": vn(4, 2), "act": "correct", "seq": 1, "effective_at": vn(3, 30)}
    with pytest.raises(RuleError, match="thời hạn mới"):
        await life.play({**mending, "reason": "ghi nhầm", "approver": "Hoa"})


@pytest.mark.parametrize(("province", "moved"), [("01", 1), ("31", 0)])
async def test_a_commitment_binds_its_own_province(
    owner: AsyncConnection,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    province: str,
    moved: int,
) -> None:
    life = await receive(owner, monkeypatch)
    await decide(owner, tmp_path, life, f"4,Ngày làm việc,cam kết,{province}")
    now_is(monkeypatch, vn(4, 1))
    assert (await preview_terms(REAL, owner, NUMBER, DAY))["moved"] == moved
    await apply_terms(owner, MINH, NUMBER, DAY, grounds=GROUNDS)
    told = await explain_case(REAL, owner, life.code)
    assert told["due_at"][:10] == ("2026-04-06" if moved else "2026-04-07")
    assert told["statutory_due_at"][:10] == "2026-04-07"


async def test_a_decision_that_sets_nothing_now(
    owner: AsyncConnection, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    life = await receive(owner, monkeypatch)
    with pytest.raises(NotFoundError, match="nhập bằng"):
        await preview_terms(REAL, owner, NUMBER, DAY)
    await decide(owner, tmp_path, life, "3,Ngày làm việc,,")
    now_is(monkeypatch, vn(3, 31))
    with pytest.raises(RuleError, match="có hiệu lực"):
        await preview_terms(REAL, owner, NUMBER, DAY)
    now_is(monkeypatch, vn(4, 1))
    with pytest.raises(InputError, match="điều khoản"):
        await apply_terms(owner, MINH, NUMBER, DAY, grounds=" ")
