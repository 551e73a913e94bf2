"""`tthc term` as a person calls it, after `tthc catalogue import terms`."""

import asyncio
from pathlib import Path

import pytest

from tests.cli.test_clock import _a_morning_in_march, answer, call
from tests.law.lives import UNIT, make_procedure
from tthc.db.engine import connect_owner
from tthc.db.server import Server
from tthc.domain.access import Actor, Role, Scope
from tthc.domain.errors import NotFoundError
from tthc.service.filing import Form
from tthc.service.receipts import receive_case

LAN = Actor("Lan", Scope(simulated=False), Role.CLERK)
DECISION = ("9/QĐ-UBND", "--date", "2026-03-02")

__all__ = ["_a_morning_in_march"]


def test_preview_then_apply(database: Server, tmp_path: Path) -> None:
    async def receive() -> tuple[str, str]:
        engine = connect_owner(database)
        try:
            async with engine.begin() as connection:
                procedure = await make_procedure(connection, [30, "working_day"])
                form = Form(procedure, UNIT, "counter")
                return procedure, (await receive_case(connection, LAN, form))["case_code"]
        finally:
            await engine.dispose()

    procedure, code = asyncio.run(receive())
    with pytest.raises(NotFoundError, match="hãy nhập"):
        call(database, "term", "preview", *DECISION)
    annex = tmp_path / "annex.csv"
    text = f"procedure_code,amount,unit\n{procedure},20,Ngày làm việc\n"
    annex.write_text(text, encoding="utf-8")
    cited = ("--decision", DECISION[0], *DECISION[1:])
    said = call(database, "catalogue", "import", "terms", str(annex), *cited).stdout
    assert "tthc term preview" in said
    seen = answer(database, "term", "preview", *DECISION)
    assert (seen["moved"], seen["earlier"], seen["items"][0]["case_code"]) == (1, 1, code)
    said = call(database, "term", "preview", *DECISION).stdout
    assert "Xem trước, chưa ghi gì" in said
    assert code in said

    assert call(database, "term", "apply", *DECISION, "--by", "Minh").exit_code == 2
    how = ("--grounds", "khoản 2 Điều 3", "--by", "Minh")
    said = call(database, "term", "apply", *DECISION, *how).stdout
    assert "Hồ sơ thật: 1 hồ sơ đổi ngày hẹn trả, 0 lùi lại, 1 sớm hơn" in said.replace("\n", " ")
    assert any("9/QĐ-UBND" in one for one in answer(database, "clock", code)["sentences"])
    assert answer(database, "term", "apply", *DECISION, *how)["recalculated"] == 0
    assert answer(database, "verify")["ok"]
