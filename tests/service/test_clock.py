"""The explanation of a case, rebuilt from the ledger, against the dates that the acts decided."""

import json
import random
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from tests.law.lives import Life, make_procedure
from tests.lives import ACTS
from tthc import clock
from tthc.domain.access import Scope
from tthc.domain.errors import NotFoundError, TthcError
from tthc.service.clock import explain_case

REAL = Scope(simulated=False)
TERMS: list[tuple[list[Any], list[Any] | None]] = [
    ([3, "working_day"], None),
    ([10, "working_day"], [7, "working_day"]),
    (["1.5", "working_day"], None),
    ([0, "working_day"], None),
    ([12, "calendar_day"], None),
    ([1, "month"], None),
    ([20, "working_hour"], None),
    ([0, "none"], None),
]


def vn(year: int, month: int, day: int, hour: int = 0, minute: int = 0) -> datetime:
    return datetime(year, month, day, hour, minute, tzinfo=clock.VIETNAM)


async def explained(connection: AsyncConnection, code: str) -> dict[str, Any]:
    document = await explain_case(REAL, connection, code)
    json.dumps(document)  # ready for any reader
    return document


def check(told: dict[str, Any], row: dict[str, Any]) -> None:
    """The explanation leads to the row's dates; while suspended, to none for now."""
    names = ("promised_due_at", "due_at", "first_due_at", "statutory_due_at")
    for name in names:
        assert told[name] == row[name], name
    if told["origin"] in ("not_received", "no_term"):
        assert row["due_at"] is None
        return
    assert told["agrees"], told
    reckoned = told["reckoned"]
    if told["suspended"]:
        assert reckoned["due_at"] is reckoned["promised_due_at"] is None
        assert "chưa có ngày hẹn trả" in told["sentences"][-1]
        return
    for name in names[:3] if row["statutory_due_at"] is None else names:
        assert reckoned[name] == row[name], name
    due = datetime.fromisoformat(row["due_at"])
    assert any(
        f"Hẹn trả kết quả lúc {due:%H:%M}" in said and f"{due:%d/%m/%Y}" in said
        for said in told["sentences"]
    )


@pytest.mark.parametrize("seed", range(24))
async def test_random_histories_explain_themselves(
    owner: AsyncConnection, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    chance = random.Random(seed)
    term, committed = TERMS[seed % len(TERMS)]
    life = Life(owner, monkeypatch, await make_procedure(owner, term, committed))
    if seed % 3 == 0:
        life.under("shift")
    at = datetime(2026, 1, 30, tzinfo=UTC) + timedelta(minutes=chance.randrange(60 * 24 * 120))
    await life.play({"at": at, "act": chance.choice(["receive", "receive", "submit"])})
    done = 0
    for _ in range(14):
        at += timedelta(minutes=chance.choice([1, 30, 240, 1440, 4321, 9000]))
        try:
            async with owner.begin_nested():
                await life.play({"at": at, **chance.choice(ACTS)(chance, at)})
        except (TthcError, AssertionError):  # refused, or no letter yet
            continue
        done += 1
        check(await explained(owner, life.code), life.document)
    assert done


async def test_an_explanation_in_full(
    owner: AsyncConnection, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Scenarios 1 and 2: Tết, a suspension shifted, an extension."""
    life = Life(owner, monkeypatch, await make_procedure(owner, [3, "working_day"]))
    life.under("shift")
    for act in (
        {"at": vn(2026, 2, 13, 16, 45), "act": "receive"},
        {"at": vn(2026, 2, 24, 9), "act": "supplement", "content": "bản sao"},
        {"at": vn(2026, 3, 2, 9), "act": "resume"},
        {"at": vn(2026, 3, 2, 14), "act": "draft", "new_due": date(2026, 3, 5)},
        {"at": vn(2026, 3, 2, 15), "act": "issue", "number": "15"},
        {"at": vn(2026, 3, 2, 15, 30), "act": "extend"},
    ):
        await life.play(act)
    told = await explained(owner, life.code)
    assert [told[name][:16] for name in ("first_due_at", "promised_due_at", "due_at")] == [
        "2026-02-25T17:00",
        "2026-03-03T17:00",
        "2026-03-05T17:00",
    ]
    assert {"day": "2026-02-17", "why": "day_off", "name": "Tết Nguyên Đán"} in told["skipped"]
    [pause] = told["suspensions"]
    assert (pause["due_before"][:10], pause["due_after"][:10]) == ("2026-02-25", "2026-03-03")
    assert told["extension"]["due_after"][:10] == "2026-03-05"
    assert any("Tết" in said for said in told["sentences"])
    assert told["sentences"][-1] == "Hẹn trả kết quả lúc 17:00 thứ Năm 05/03/2026."


async def test_an_imported_due_date_says_so(
    owner: AsyncConnection, monkeypatch: pytest.MonkeyPatch
) -> None:
    life = Life(owner, monkeypatch, await make_procedure(owner, [0, "none"]))
    await life.play({"at": vn(2026, 3, 2, 9), "act": "receive"})
    claimed = vn(2026, 3, 9, 17)
    await claim(owner, life.code, claimed, claimed.replace(hour=0) + timedelta(days=1))
    told = await explained(owner, life.code)
    assert (told["origin"], told["agrees"]) == ("imported", True)
    assert "lấy từ dữ liệu nhập vào" in " ".join(told["sentences"])
    assert told["due_at"] == told["reckoned"]["due_at"] == claimed.isoformat()


async def claim(
    connection: AsyncConnection, code: str, due_at: datetime, overdue_at: datetime
) -> None:
    """Make a case one whose file claimed a due date, without a term of ours."""
    dues = {name: due_at.isoformat() for name in ("first_due_at", "promised_due_at", "due_at")}
    dues |= dict.fromkeys(("promised_overdue_at", "overdue_at"), overdue_at.isoformat())
    pins = dict.fromkeys(("term_id", "statutory_term_id", "regime", "calendar_version"))
    columns = {**dues, **pins}
    await connection.execute(
        text(
            "UPDATE case_events SET change = change::jsonb || CAST(:c AS jsonb) WHERE type = "
            "'received' AND case_id = (SELECT id FROM cases WHERE code = :code)"
        ),
        {"c": json.dumps(columns), "code": code},
    )
    names = ", ".join(columns)
    await connection.execute(
        text(
            f"UPDATE cases SET ({names}) = (SELECT {names} FROM jsonb_populate_record("
            "NULL::cases, CAST(:c AS jsonb))) WHERE code = :code"
        ),
        {"c": json.dumps(columns), "code": code},
    )


async def test_before_acceptance_no_clock_runs(
    owner: AsyncConnection, monkeypatch: pytest.MonkeyPatch
) -> None:
    life = Life(owner, monkeypatch, await make_procedure(owner, [3, "working_day"]))
    await life.play({"at": vn(2026, 3, 13, 15, 30), "act": "submit"})
    told = await explained(owner, life.code)
    assert told["origin"] == "not_received"
    assert told["answer_due_at"][:16] == "2026-03-16T15:30"


async def test_beyond_the_reader_s_scope_there_is_no_case(
    owner: AsyncConnection, monkeypatch: pytest.MonkeyPatch
) -> None:
    life = Life(owner, monkeypatch, await make_procedure(owner, [3, "working_day"]))
    await life.play({"at": vn(2026, 3, 13, 15, 30), "act": "receive"})
    for scope in (Scope(simulated=True), Scope(simulated=False, unit_ids=(999_999,))):
        with pytest.raises(NotFoundError):
            await explain_case(scope, owner, life.code)
