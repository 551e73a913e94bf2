"""The situations of life.toml: a case's life, over HTTP, on the real application and database.

Each situation's `id` begins with the number of the scenario it tells; a letter or a sign tells
several situations of one number apart. The scenarios that concern a case's life, its letters and
the portal are those of SCENARIOS; one without a situation is a failure of this module. Further
situations of the same kinds have an id in words.
"""

import asyncio
import re
import tomllib
from datetime import date, datetime
from itertools import count
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from tests.hours import days, decision
from tests.law.amendments import Amendments
from tests.law.journeys import Journey, RefusedError, cut_term
from tests.law.lives import Life, local, make_procedure
from tests.law.office import People
from tests.summer import MINH
from tthc import clock
from tthc.db.server import Server
from tthc.domain.errors import TthcError
from tthc.service.integrity import verify_ledger
from tthc.service.unit_hours import apply_hours

FILE = Path(__file__).with_name("life.toml")
CASES = tomllib.loads(FILE.read_text(encoding="utf-8"))["case"]
KNOWN = {
    *("id", "situation", "term", "committed", "suspension_rule", "hours", "cut", "acts"),
    *("calendar", "expect", "tells", "holds", "fails", "refused", "waits", "seen", "unseen"),
}
# scenario → what it is about
SCENARIOS = {
    1: "a supplement, rule shift",
    2: "an extension that cites its letter",
    3: "a supplement, rule restart",
    4: "a note while suspended",
    5: "finished at, on and after the due date",
    6: "collected later than ready",
    7: "early",
    8: "a term in hours, due at noon",
    9: "due today",
    10: "suspended at a period's end",
    11: "suspended after the due date",
    12: "five letters and three policies",
    13: "a letter recorded after a month was published",
    14: "a back-dated result",
    16: "a term that is cut",
    18: "a district that is abolished before the result",
    19: "declined, withdrawn before and after due",
    20: "no term",
    21: "the portal goes backwards",
    23: "the last second of a month",
    25: "a calendar that is amended while the case is open",
    27: "two officers at once",
    28: "the eight hours of an online submission",
    29: "a refusal after appraisal",
    30: "accepted on a Saturday",
    31: "a late letter and a second miss",
    32: "late by the commitment only",
    33: "an immediate case",
    34: "a divided unit's case is placed by a transfer",
    35: "Decision 766 and requests for a supplement",
    36: "received at A for B, passed on to C",
    37: "closing after silence",
}


NEIGHBOUR = "00008"
VERSIONS = count()


async def open_at(owners: AsyncEngine, unit: str, slots: list[list[str]]) -> None:
    """Give a unit office hours of its own, Monday to Friday, by a decision."""
    said = {"decided_on": "2026-01-01", "valid_from": "2026-01-01"}
    given = decision(f"gio-{next(VERSIONS)}", units=(unit,), week=days(slots), **said)
    async with owners.begin() as owner:
        await apply_hours(owner, MINH, given, decision="1/QĐ-UBND")


def march(day: int, hour: int) -> datetime:
    return datetime(2026, 3, day, hour, tzinfo=clock.VIETNAM)


def seen(document: dict[str, Any], name: str) -> object:
    value = document[name]
    if value is None:
        return ""
    return datetime.fromisoformat(value) if name.endswith("_at") else value


@pytest.mark.parametrize("case", CASES, ids=[case["id"] for case in CASES])
async def test_situation(
    site: httpx.AsyncClient,
    people: People,
    owners: AsyncEngine,
    office: Server,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    case: dict[str, Any],
) -> None:
    assert not set(case) - KNOWN
    async with owners.begin() as owner:
        code = case["id"] if "cut" in case else None
        procedure = await make_procedure(owner, case["term"], case.get("committed"), code)
        if code:
            await cut_term(owner, procedure, case["cut"]["to"], case["cut"]["on"])
    life = Journey(site, monkeypatch, procedure, people)
    if "suspension_rule" in case:
        life.under(case["suspension_rule"])
    if "hours" in case:
        life.unit = NEIGHBOUR
        await open_at(owners, life.unit, case["hours"])
    if "calendar" in case:
        assert case["calendar"] == "before 2026-08-10"
        life.calendar = Amendments(office, tmp_path)
        await life.calendar.take_back()
    *before, last = case["acts"]
    for act in before:
        await life.play(act)
    if "refused" in case:
        was = life.document
        with pytest.raises(RefusedError, match=case["refused"]):
            await life.play(last)
        assert await life.is_unchanged(was)
    else:
        await life.play(last)
    async with owners.connect() as ledger:
        await check(life, ledger, case)


async def check(life: Journey, ledger: AsyncConnection, case: dict[str, Any]) -> None:
    """What must have come out."""
    for name, value in case.get("expect", {}).items():
        wanted = local(value) if isinstance(value, datetime) else value
        assert seen(life.document, name) == wanted, name
    if "waits" in case:
        assert case["waits"] in await life.waits_for()
    for question in case.get("holds", []):
        assert await life.holds(ledger, *question), question
    for said in case.get("tells", []):
        assert await life.tells(said), said
    for who in case.get("seen", []):
        assert await life.is_seen_by(who), who
    for who in case.get("unseen", []):
        assert not await life.is_seen_by(who), who
    for question in case.get("fails", []):
        assert not await life.holds(ledger, *question), question
    if life.document:
        told = await verify_ledger(ledger, life.code)
        assert told["ok"], told


async def test_two_officers_at_once(
    site: httpx.AsyncClient, owners: AsyncEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Scenario 27: on the same version one succeeds, the other is told what changed."""
    async with owners.begin() as owner:
        procedure = await make_procedure(owner, [5, "working_day"])
    one = Journey(site, monkeypatch, procedure)
    await one.play({"at": march(3, 9), "act": "receive"})
    other = Journey(site, monkeypatch, procedure)
    other.code, other.document = one.code, one.document
    resolve = {"at": march(4, 9), "act": "resolve"}
    done = await asyncio.gather(one.play(resolve), other.play(resolve), return_exceptions=True)
    (refused,) = [each for each in done if each is not None]
    assert isinstance(refused, RefusedError)
    assert "“Đã xử lý xong” do Lan" in str(refused)


async def test_only_the_one_stop_shop_changes_the_date(
    owner: AsyncConnection, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The officer who solves the case cannot; a program stands for whoever works behind it."""
    life = Life(owner, monkeypatch, await make_procedure(owner, [5, "working_day"]))
    for act in (
        {"at": march(3, 9), "act": "receive"},
        {"at": march(9, 9), "act": "draft", "new_due": date(2026, 3, 13)},
        {"at": march(9, 10), "act": "issue", "number": "3"},
    ):
        await life.play(act)
    asked = {"at": march(9, 11), "act": "extend", "letter_number": "3"}
    with pytest.raises(TthcError, match="Bộ phận Một cửa"):
        await life.play(asked | {"role": "officer"})
    await life.play(asked | {"role": "clerk"})


def test_every_situation_has_its_own_id() -> None:
    assert len({case["id"] for case in CASES}) == len(CASES)


def test_every_scenario_of_a_life_is_told() -> None:
    text = " ".join(case["id"] for case in CASES if case["id"][0].isdigit())
    told = {int(number) for number in re.findall(r"(?:^| )(\d+)", text)}
    told.add(27)  # test_two_officers_at_once
    assert told == set(SCENARIOS)
