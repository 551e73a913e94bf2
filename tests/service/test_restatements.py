"""What is known after publishing: told case by case, and published as a further version."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy.ext.asyncio import AsyncConnection

from tests.service.test_publishing import (
    FIRST_OF_APRIL,
    LEADER,
    MARCH,
    late_case,
    record_letter,
    stand_at,
)
from tthc import clock
from tthc.domain.access import Scope
from tthc.domain.errors import ForbiddenError
from tthc.service.publishing import publish_period, show_publication, verify_publication
from tthc.service.restatements import show_restatements


async def test_a_letter_recorded_in_april_is_a_restatement_of_march(
    owner: AsyncConnection, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Rules of the domain, 5: March as published has no letter; the restatement lists one more."""
    life = await late_case(owner, monkeypatch)
    stand_at(monkeypatch, FIRST_OF_APRIL)
    published = await publish_period(owner, LEADER, MARCH)
    nothing = await show_restatements(owner, LEADER.scope, MARCH)
    assert (nothing["since"]["changed"], nothing["restatements"]) == (0, [])
    await record_letter(life)
    told = await show_restatements(owner, LEADER.scope, MARCH)
    assert told["published"] == published
    assert told["since"]["changed"] == 1
    (item,) = told["since"]["items"]
    assert item["case_code"] == life.code
    assert item["from"] == "Đang giải quyết, quá hạn"
    assert item["to"] == "Đang giải quyết, quá hạn, có văn bản xin lỗi"
    (letter,) = [each for each in item["events"] if each["type"] == "letter_issued"]
    assert letter["recorded_at"] == "2026-04-05T10:00:00+07:00"
    assert (letter["effective_at"], letter["actor"]) == ("2026-03-16T10:00:00+07:00", "Lan")
    moved = {each["definition"]: each for each in told["since"]["figures"]}
    assert moved["letters/overdue_without"]["numerator"] == -1
    assert moved["letters/compliance"]["numerator"] == 1
    assert {name for name, each in moved.items() if each["denominator"]} == {"letters/second_miss"}


async def test_a_restatement_is_published_as_a_further_version(
    owner: AsyncConnection, monkeypatch: pytest.MonkeyPatch
) -> None:
    life = await late_case(owner, monkeypatch)
    stand_at(monkeypatch, FIRST_OF_APRIL)
    first = await publish_period(owner, LEADER, MARCH)
    await record_letter(life)
    stand_at(monkeypatch, FIRST_OF_APRIL + timedelta(days=5))
    second = await publish_period(owner, LEADER, MARCH, "ghi bổ sung văn bản xin lỗi")
    assert (second["version"], second["reason"]) == (2, "ghi bổ sung văn bản xin lỗi")
    assert second["digest"] != first["digest"]
    assert await show_publication(owner, MARCH, simulated=False) == second
    told = await show_restatements(owner, LEADER.scope, MARCH)
    (restated,) = told["restatements"]
    assert (restated["version"], restated["changed"]) == (2, 1)
    assert restated["items"][0]["to"].endswith("có văn bản xin lỗi")
    assert told["since"]["changed"] == 0
    assert (await verify_publication(owner, MARCH, simulated=False))["ok"]


async def test_a_case_back_dated_into_march(
    owner: AsyncConnection, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Finished on 2 April; the result is corrected back to 28 March: late already in March."""
    life = await late_case(owner, monkeypatch)
    stand_at(monkeypatch, FIRST_OF_APRIL)
    await publish_period(owner, LEADER, MARCH)
    done = datetime(2026, 4, 2, 10, tzinfo=clock.VIETNAM)
    await life.play({"act": "resolve", "at": done, "cause": "workload"})
    assert (await show_restatements(owner, LEADER.scope, MARCH))["since"]["changed"] == 0
    mended = datetime(2026, 3, 28, 10, tzinfo=clock.VIETNAM)
    await life.play(
        {
            "act": "correct",
            "at": done + timedelta(days=1),
            "seq": 2,
            "effective_at": mended,
            "reason": "ghi nhầm ngày",
            "approver": "Chủ tịch",
        }
    )
    (item,) = (await show_restatements(owner, LEADER.scope, MARCH))["since"]["items"]
    assert (item["from"], item["to"]) == ("Đang giải quyết, quá hạn", "Đã giải quyết quá hạn")
    assert [each["type"] for each in item["events"]] == ["resolved", "corrected"]


async def test_a_reader_of_some_units_is_told_to_ask_above(
    owner: AsyncConnection, monkeypatch: pytest.MonkeyPatch
) -> None:
    await late_case(owner, monkeypatch)
    stand_at(monkeypatch, FIRST_OF_APRIL)
    await publish_period(owner, LEADER, MARCH)
    with pytest.raises(ForbiddenError, match="cấp trên cùng"):
        await show_restatements(owner, Scope(simulated=False, unit_ids=(1,)), MARCH)
