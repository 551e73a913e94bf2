"""A changed calendar: what it would move, and the act that moves it, through the services."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from tests.law.lives import Life
from tests.summer import MINH, REAL, SWAP, due_of, live, now_is, vn
from tthc.db.calendars import read_calendars
from tthc.domain.access import Scope
from tthc.domain.errors import InputError, RuleError
from tthc.intake.catalogue.decision import import_catalogue
from tthc.rules.calendars import DecisionText
from tthc.service.calendars import apply_calendar, preview_calendar
from tthc.service.clock import explain_case


async def test_scenario_25(summer: AsyncConnection, monkeypatch: pytest.MonkeyPatch) -> None:
    received = {"at": vn(8, 26), "act": "receive"}
    still_open = await live(summer, monkeypatch, [3, "working_day"], received)
    resolved = {"at": vn(8, 27), "act": "resolve"}
    closed = await live(summer, monkeypatch, [3, "working_day"], received, resolved)
    assert await due_of(summer, still_open) == vn(8, 31, 17)

    now_is(monkeypatch, vn(8, 28))
    seen = await preview_calendar(REAL, summer, SWAP)
    assert (seen["moved"], seen["later"], seen["open_cases"]) == (1, 1, 1)
    [item] = seen["items"]
    assert item["case_code"] == still_open.code
    assert (item["due_at_before"][:10], item["due_at_after"][:10]) == ("2026-08-31", "2026-09-03")
    assert [(one["day"], one["worked_after"]) for one in seen["days_changed"]] == [
        ("2026-08-22", True),
        ("2026-08-31", False),
    ]
    assert await due_of(summer, still_open) == vn(8, 31, 17)  # nothing was done yet

    done = await apply_calendar(summer, MINH, SWAP, decision="99/QĐ-TTg")
    assert (done["recalculated"], done["real"]["moved"]) == (1, 1)
    assert await due_of(summer, still_open) == vn(9, 3, 17)
    assert await due_of(summer, closed) == vn(8, 31, 17)
    told = await explain_case(REAL, summer, still_open.code)
    assert told["first_due_at"][:10] == "2026-08-31"
    assert any("99/QĐ-TTg" in said and "31/08/2026" in said for said in told["sentences"])
    event = (
        await summer.execute(
            text(
                "SELECT e.actor, e.payload ->> 'decision' AS decision, e.payload ->> 'reason' AS "
                "reason FROM case_events e JOIN cases c ON c.id = e.case_id "
                "WHERE e.type = 'recalculated' AND c.code = :code"
            ),
            {"code": still_open.code},
        )
    ).one()
    assert tuple(event) == ("Minh", "99/QĐ-TTg", "Hoán đổi ngày làm việc dịp Quốc khánh 2026")


async def test_a_decision_is_applied_once(
    summer: AsyncConnection, monkeypatch: pytest.MonkeyPatch
) -> None:
    now_is(monkeypatch, vn(8, 28))
    await apply_calendar(summer, MINH, SWAP, decision="99/QĐ-TTg")
    with pytest.raises(RuleError, match="đã được áp dụng"):
        await apply_calendar(summer, MINH, SWAP, decision="99/QĐ-TTg")
    with pytest.raises(RuleError, match="đã được áp dụng"):
        await preview_calendar(REAL, summer, SWAP)
    changed = SWAP._replace(text=SWAP.text.replace("2026-08-22", "2026-08-15"))
    with pytest.raises(RuleError, match="nội dung khác"):
        await apply_calendar(summer, MINH, changed, decision="99/QĐ-TTg")


@pytest.mark.parametrize(
    ("given", "error", "said"),
    [
        (SWAP._replace(text='title = "x"'), RuleError, "thiếu decided_on"),
        (SWAP._replace(text='title = "x"\ndecided_on = 2026-12-31'), RuleError, "chưa"),
        (SWAP._replace(version="Hoán đổi"), InputError, "Tên tệp"),
        (
            SWAP._replace(text='title="x"\ndecided_on=2026-08-01\n[days_off]\n2030-01-01="x"'),
            RuleError,
            "chưa được nạp",
        ),
    ],
)
async def test_a_decision_that_does_not_fit(
    owner: AsyncConnection,
    monkeypatch: pytest.MonkeyPatch,
    given: DecisionText,
    error: type[Exception],
    said: str,
) -> None:
    now_is(monkeypatch, vn(8, 28))
    with pytest.raises(error, match=said):
        await preview_calendar(REAL, owner, given)
    with pytest.raises(error, match=said):
        await apply_calendar(owner, MINH, given, decision="1")


async def test_later_acts_see_the_changed_calendar(
    summer: AsyncConnection, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A case that nothing moved is resumed under the new calendar all the same."""
    life = await live(
        summer,
        monkeypatch,
        [3, "working_day"],
        {"at": vn(8, 3), "act": "receive"},
        {"at": vn(8, 4), "act": "supplement", "content": "bản sao"},
    )
    now_is(monkeypatch, vn(8, 12))
    assert (await apply_calendar(summer, MINH, SWAP, decision="99"))["recalculated"] == 0
    await life.play({"at": vn(8, 26), "act": "resume"})
    assert await due_of(summer, life) == vn(9, 3, 17)
    assert life.document["calendar_version"] == SWAP.version
    fresh = await live(summer, monkeypatch, [3, "working_day"], {"at": vn(8, 26), "act": "receive"})
    assert await due_of(summer, fresh) == vn(9, 3, 17)
    late_entry = {"at": vn(8, 5), "recorded": vn(8, 26), "act": "receive"}
    entered = await live(summer, monkeypatch, [13, "working_day"], late_entry)
    assert entered.document["calendar_version"] == SWAP.version


async def test_a_case_stops_being_overdue_and_owes_no_letter(
    summer: AsyncConnection, monkeypatch: pytest.MonkeyPatch
) -> None:
    await live(summer, monkeypatch, [3, "working_day"], {"at": vn(8, 26), "act": "receive"})
    apologised = await live(
        summer,
        monkeypatch,
        [3, "working_day"],
        {"at": vn(8, 26), "act": "receive"},
        {"at": vn(9, 1), "act": "draft", "new_due": date(2026, 9, 9)},
        {"at": vn(9, 1), "act": "issue", "number": "7"},
    )
    now_is(monkeypatch, vn(9, 1))
    seen = await preview_calendar(REAL, summer, SWAP)
    assert (seen["moved"], seen["stop_overdue"], seen["start_overdue"]) == (2, 2, 0)
    assert seen["letters_no_longer_needed"] == 1
    for as_of, was_overdue in ((vn(9, 1, 0), 2), (vn(9, 1, 0) - timedelta(microseconds=1), 0)):
        edge = await preview_calendar(REAL, summer, SWAP, as_of=as_of)
        assert edge["stop_overdue"] == was_overdue
    later = await preview_calendar(REAL, summer, SWAP, as_of=vn(9, 4))
    assert (later["moved"], later["stop_overdue"]) == (2, 0)
    await apply_calendar(summer, MINH, SWAP, decision="99")
    assert await due_of(summer, apologised) == vn(9, 3, 17)


async def test_an_extension_keeps_its_date_or_the_next_working_day(
    summer: AsyncConnection, monkeypatch: pytest.MonkeyPatch
) -> None:
    acts: list[dict[str, Any]] = [
        {"at": vn(8, 20), "act": "receive"},
        {"at": vn(8, 21), "act": "draft", "new_due": date(2026, 8, 31)},
        {"at": vn(8, 21), "act": "issue", "number": "8"},
        {"at": vn(8, 21), "act": "extend"},
    ]
    life = await live(summer, monkeypatch, [3, "working_day"], *acts)
    assert await due_of(summer, life) == vn(8, 31, 17)
    now_is(monkeypatch, vn(8, 24))
    await apply_calendar(summer, MINH, SWAP, decision="99")
    assert await due_of(summer, life) == vn(9, 3, 17)
    told = await explain_case(REAL, summer, life.code)
    # Sat 22/08 is worked now, so the promise itself ends a day earlier
    assert told["promised_due_at"][:10] == "2026-08-24"
    assert told["re_promised_at"][:10] == "2026-09-03"


async def test_a_suspended_case_is_brought_along(
    summer: AsyncConnection, monkeypatch: pytest.MonkeyPatch
) -> None:
    life = await live(
        summer,
        monkeypatch,
        [3, "working_day"],
        {"at": vn(8, 26), "act": "receive"},
        {"at": vn(8, 27), "act": "supplement", "content": "bản sao"},
        rule="shift",
    )
    now_is(monkeypatch, vn(8, 28))
    seen = await preview_calendar(REAL, summer, SWAP, as_of=vn(9, 1))
    assert (seen["moved"], seen["stop_overdue"]) == (1, 0)  # it was not overdue while it waited
    assert (await apply_calendar(summer, MINH, SWAP, decision="99"))["recalculated"] == 1
    assert await due_of(summer, life) == vn(9, 3, 17)
    await life.play({"at": vn(8, 28, 15), "act": "resume"})
    assert await due_of(summer, life) == vn(9, 4, 17)


@pytest.mark.parametrize(
    ("rule", "moved_to"), [("restart", vn(9, 3, 17)), ("shift", vn(8, 28, 17))]
)
async def test_an_answered_case_moves_from_where_it_was_resumed(
    summer: AsyncConnection, monkeypatch: pytest.MonkeyPatch, rule: str, moved_to: datetime
) -> None:
    life = await live(
        summer,
        monkeypatch,
        [3, "working_day"],
        {"at": vn(8, 19), "act": "receive"},
        {"at": vn(8, 20), "act": "supplement", "content": "bản sao"},
        {"at": vn(8, 26), "act": "resume"},
        rule=rule,
    )
    before = await due_of(summer, life)
    assert before == (vn(8, 31, 17) if rule == "restart" else vn(8, 28, 17))
    now_is(monkeypatch, vn(8, 27))
    await apply_calendar(summer, MINH, SWAP, decision="99")
    # by shift, Sat 22/08 is one working day more between the request and the answer
    assert await due_of(summer, life) == moved_to


async def test_a_day_taken_on_the_very_day(
    summer: AsyncConnection, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Received and due on the one day that changes."""
    life = await live(summer, monkeypatch, [0, "working_day"], {"at": vn(9, 8), "act": "receive"})
    now_is(monkeypatch, vn(9, 8, 10))
    storm = DecisionText(
        "2026-bao", 'title="Bão"\ndecided_on=2026-09-08\n[days_off]\n2026-09-08="x"'
    )
    assert (await apply_calendar(summer, MINH, storm, decision="5"))["recalculated"] == 1
    assert await due_of(summer, life) == vn(9, 9, 17)


async def test_pages_hold_every_moved_case_once(
    summer: AsyncConnection, monkeypatch: pytest.MonkeyPatch
) -> None:
    lives = [
        await live(
            summer, monkeypatch, [term, "working_day"], {"at": vn(8, 25, h), "act": "receive"}
        )
        for term, h in ((4, 8), (5, 9), (4, 18), (5, 11), (6, 7))
    ]
    now_is(monkeypatch, vn(8, 28))
    found: list[str] = []
    cursor: int | None = 0
    while cursor is not None:
        seen = await preview_calendar(REAL, summer, SWAP, limit=2, cursor=cursor)
        assert seen["moved"] == 5
        found += [item["case_code"] for item in seen["items"]]
        cursor = seen["next_cursor"]
    assert found == [life.code for life in lives]
    assert (await preview_calendar(Scope(simulated=True), summer, SWAP))["moved"] == 0
    elsewhere = replace(REAL, unit_ids=(999_999,))
    assert (await preview_calendar(elsewhere, summer, SWAP))["moved"] == 0


async def test_what_was_known_stays_reproducible(
    summer: AsyncConnection, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Laid later though decided earlier: no version that was pinned changes its meaning."""
    now_is(monkeypatch, vn(8, 28))
    before = (await read_calendars(summer)).history.as_known()
    await apply_calendar(summer, MINH, SWAP, decision="99")
    early = DecisionText("2026-som", 'title="x"\ndecided_on=2026-08-01\n[days_off]\n2026-09-07="x"')
    await apply_calendar(summer, MINH, early, decision="98")
    known = (await read_calendars(summer)).history
    assert known.version(before.version).slots(date(2026, 8, 31)) == before.slots(date(2026, 8, 31))
    assert known.version(SWAP.version).is_worked(date(2026, 9, 7))
    assert known.as_known(date(2026, 8, 9)).version == before.version
    assert known.as_known(date(2026, 8, 10)).version == "2026-som"  # both are on top by then
    rows = await summer.execute(text("SELECT day, ordinal FROM current_days"))
    current = {row.day: row.ordinal for row in rows}
    for day in (date(2026, 8, 31), date(2026, 9, 7), date(2027, 12, 31)):
        assert current[day] == known.as_known().ordinal(day)


async def test_a_new_term_moves_no_open_case(
    owner: AsyncConnection, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Scenario 16: 5 days received on 31/03 stay 5, though 01/04 brings 3."""
    life = await live(owner, monkeypatch, [5, "working_day"], {"at": vn(3, 31), "act": "receive"})
    annex = tmp_path / "annex.csv"
    text_of = f"procedure_code,amount,unit\n{life.procedure},3,Ngày làm việc\n"
    annex.write_text(text_of, encoding="utf-8")
    report = await import_catalogue(
        owner, "terms", annex, decision="5/QĐ", decided_on=date(2026, 4, 1)
    )
    assert (report.changed, report.open_cases, report.cases_moved) == (1, 1, 0)
    assert await due_of(owner, life) == vn(4, 7, 17)
    await life.play({"at": vn(4, 1), "act": "supplement", "content": "bản sao"})
    await life.play({"at": vn(4, 2), "act": "resume"})
    assert await due_of(owner, life) == vn(4, 9, 17)  # its own five days again
    fresh = Life(owner, monkeypatch, life.procedure)
    await fresh.play({"at": vn(4, 1), "act": "receive"})
    assert await due_of(owner, fresh) == vn(4, 6, 17)
