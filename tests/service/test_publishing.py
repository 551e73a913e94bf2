"""Publishing a period: what is frozen stays, what is known later is a restatement.

March 2026 is published on 1 April. A case of 2 March, due on 12 March, is open and overdue then.
"""

import asyncio
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import asyncpg
import pytest
from sqlalchemy.ext.asyncio import AsyncConnection

from tests.databases import Databases
from tests.law.lives import Life, make_procedure
from tests.ledger import write_history
from tests.worlds import random_lives
from tthc import clock
from tthc.db.engine import connect_night
from tthc.db.publications import read_publications
from tthc.db.server import Server
from tthc.db.verdicts import digest, published_procedures, published_verdicts
from tthc.domain.access import Actor, Role, Scope
from tthc.domain.errors import ConflictError, ForbiddenError, InputError, RuleError
from tthc.rules import predicates
from tthc.rules.definitions import PROCEDURES, variants
from tthc.rules.periods import read_period
from tthc.service import identities, publishing
from tthc.service.figure_rows import answer_rows
from tthc.service.figures import Question, show_figures
from tthc.service.publishing import publish_period, verify_publication

MARCH = read_period("month:2026-03")
FIRST_OF_APRIL = datetime(2026, 4, 1, 1, tzinfo=UTC)
LEADER = Actor("Chủ tịch", Scope(simulated=False), Role.LEADER)
COLUMN = {
    "publications": "digest = ''",
    "published_figures": "cases = 0",
    "published_procedures": "numerator = 0",
    "open_figures": "document = '{}'",
}


@pytest.fixture(scope="module")
def published(databases: Databases) -> Iterator[Server]:
    """A database whose simulated March is published."""
    own = asyncio.run(databases.copy())
    asyncio.run(_publish_simulated(own))
    yield own
    asyncio.run(databases.drop(own))


@pytest.fixture
async def worlds_published(published: Server) -> AsyncIterator[AsyncConnection]:
    engine = connect_night(published)
    async with engine.connect() as connection:
        yield connection
    await engine.dispose()


async def _publish_simulated(server: Server) -> None:
    ledger = await asyncpg.connect(server.night_url)
    units = [row["id"] for row in await ledger.fetch("SELECT id FROM units ORDER BY id LIMIT 3")]
    for events in random_lives(units, 60):
        await write_history(ledger, events, simulated=True)
    await ledger.close()
    engine = connect_night(server)
    async with engine.begin() as connection:
        leader = Actor("Chủ tịch", Scope(simulated=True), Role.LEADER)
        await publish_period(connection, leader, MARCH)
    await engine.dispose()


def stand_at(monkeypatch: pytest.MonkeyPatch, at: datetime) -> None:
    monkeypatch.setattr(clock, "now", lambda: at)


async def late_case(connection: AsyncConnection, monkeypatch: pytest.MonkeyPatch) -> Life:
    """Received on 2 March with a term of 8 working days: due on 12 March."""
    life = Life(connection, monkeypatch, await make_procedure(connection, [8, "working_day"]))
    await life.play({"act": "receive", "at": datetime(2026, 3, 2, 9, tzinfo=clock.VIETNAM)})
    return life


async def record_letter(life: Life) -> None:
    """A letter of 16/03, entered on 05/04."""
    at, entered = [datetime(2026, *day, 10, tzinfo=clock.VIETNAM) for day in ((3, 16), (4, 5))]
    await life.play({"act": "draft", "at": at, "recorded": entered, "new_due": date(2026, 4, 20)})
    await life.play({"act": "issue", "at": at, "recorded": entered, "number": "15/XL"})


def counts(document: dict[str, Any]) -> tuple[int, int]:
    (row,) = document["rows"]
    return row["numerator"], row["denominator"]


async def test_march_is_frozen_with_its_identities(
    owner: AsyncConnection, monkeypatch: pytest.MonkeyPatch
) -> None:
    await late_case(owner, monkeypatch)
    stand_at(monkeypatch, FIRST_OF_APRIL)
    published = await publish_period(owner, LEADER, MARCH)
    assert (published["version"], published["cases"]) == (1, 1)
    assert published["as_of"] == "2026-03-31T23:59:59.999999+07:00"
    assert len(published["digest"]) == 64
    assert all(each["holds"] for each in published["identities"])
    assert len(published["identities"]) == 16
    checked = await verify_publication(owner, MARCH, simulated=False)
    assert (checked["ok"], checked["first_problem"]) == (True, None)


async def test_what_is_known_later_changes_nothing_published(
    owner: AsyncConnection, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Rules of the domain, 5: a letter of 16/03 recorded on 05/04."""
    life = await late_case(owner, monkeypatch)
    stand_at(monkeypatch, FIRST_OF_APRIL)
    published = await publish_period(owner, LEADER, MARCH)
    end = clock.end_of(MARCH.end - timedelta(days=1))
    at = Question(as_of=end, known_at=FIRST_OF_APRIL)
    without = await show_figures(owner, "letters/overdue_without", MARCH, at)
    assert without["published"] == {"version": 1, "digest": published["digest"]}
    await record_letter(life)
    again = await show_figures(owner, "letters/overdue_without", MARCH, at)
    assert again == without
    assert counts(again) == (1, 1)
    assert (await verify_publication(owner, MARCH, simulated=False))["ok"]
    now = await show_figures(owner, "letters/overdue_without", MARCH, Question())
    assert (now["published"], counts(now)) == (None, (0, 1))


async def test_the_published_figure_answers_only_its_own_question(
    owner: AsyncConnection, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A stored figure that was bent shows where it is used, and nowhere else."""
    await late_case(owner, monkeypatch)
    stand_at(monkeypatch, FIRST_OF_APRIL)
    await publish_period(owner, LEADER, MARCH)
    end = clock.end_of(MARCH.end - timedelta(days=1))
    await owner.exec_driver_sql("UPDATE published_figures SET cases = 7")
    asked = "on_time/burden"
    bent = await show_figures(owner, asked, MARCH, Question(as_of=end, known_at=FIRST_OF_APRIL))
    assert counts(bent) == (0, 7)
    for other in (
        Question(as_of=end, known_at=FIRST_OF_APRIL - timedelta(microseconds=1)),
        Question(as_of=end - timedelta(microseconds=1), known_at=FIRST_OF_APRIL),
    ):
        assert counts(await show_figures(owner, asked, MARCH, other)) == (0, 1)
    quarter = read_period("quarter:2026-Q1")
    same_cut = Question(as_of=end, known_at=FIRST_OF_APRIL)
    assert counts(await show_figures(owner, asked, quarter, same_cut)) == (0, 1)
    await owner.exec_driver_sql(
        "UPDATE publications SET slots = replace(slots::text, '[\"on_time/burden\", 1]', "
        "'[\"on_time/burden\", 0]')::json"
    )
    assert counts(await show_figures(owner, asked, MARCH, same_cut)) == (0, 1), "another version"


async def test_every_published_figure_is_the_live_one(worlds_published: AsyncConnection) -> None:
    (kept, *_) = await read_publications(worlds_published, simulated=True, period=MARCH.name)
    scope = Scope(simulated=True)
    filled = 0
    for asked in variants().values():
        if asked.of == PROCEDURES:
            continue
        for by in ((), ("unit", "channel"), ("sector", "procedure")):
            stored, live = [
                await answer_rows(scope, worlds_published, asked, MARCH, kept.knowledge, by, which)
                for which in (kept, None)
            ]
            assert stored == live, (asked.id, by)
            filled += sum(row["denominator"] for row in stored)
    assert filled > 1000


TAMPERINGS = {
    "a count": "UPDATE published_figures SET cases = cases + 1",
    "a verdict": "UPDATE published_figures SET verdicts[1] = verdicts[1] # 2",
    "a channel": "UPDATE published_figures SET channel = 'online'",
    "the days": "UPDATE published_figures SET days[1] = 3",
    "a case left out": "UPDATE published_figures SET cases = 0, case_ids = '{}'",
    "the rows": "DELETE FROM published_figures",
    "the instant": "UPDATE publications SET known_at = known_at + INTERVAL '1 second'",
    "the number of cases": "UPDATE publications SET cases = cases + 1",
    "a definition's version": "UPDATE publications SET slots = "
    "replace(slots::text, '[\"on_time/burden\", 1]', '[\"on_time/burden\", 2]')::json",
    "what is open": "UPDATE open_figures SET document = "
    'replace(document::text, \'"hidden": {"units": [{\', '
    '\'"hidden": {"units": [{"seen": 1, \')::json',
    "the threshold of what is open": "UPDATE open_figures SET document = "
    "replace(document::text, '\"threshold\": 5', '\"threshold\": 1')::json",
    "a count of procedures": "UPDATE published_procedures SET numerator = denominator + 1",
}


async def test_tampering_is_found(owner: AsyncConnection, monkeypatch: pytest.MonkeyPatch) -> None:
    await late_case(owner, monkeypatch)
    stand_at(monkeypatch, FIRST_OF_APRIL)
    await publish_period(owner, LEADER, MARCH)
    for name, statement in TAMPERINGS.items():
        before = await owner.begin_nested()
        await owner.exec_driver_sql(statement)
        told = await verify_publication(owner, MARCH, simulated=False)
        assert not told["ok"], name
        assert "đã bị sửa" in told["first_problem"], name
        await before.rollback()
    assert (await verify_publication(owner, MARCH, simulated=False))["ok"]


async def test_a_seal_made_anew_over_bent_figures_is_found_by_the_ledger(
    owner: AsyncConnection, monkeypatch: pytest.MonkeyPatch
) -> None:
    await late_case(owner, monkeypatch)
    stand_at(monkeypatch, FIRST_OF_APRIL)
    await publish_period(owner, LEADER, MARCH)
    await owner.exec_driver_sql("UPDATE published_figures SET verdicts[1] = verdicts[1] # 2")
    (kept,) = await read_publications(owner, simulated=False, period=MARCH.name)
    procedures = await published_procedures(owner, kept.id)
    _, forged = await digest(
        owner, publishing.sealed_of(kept, MARCH), published_verdicts(kept.id), procedures
    )
    await owner.exec_driver_sql(f"UPDATE publications SET digest = decode('{forged}', 'hex')")
    told = await verify_publication(owner, MARCH, simulated=False)
    assert (told["ok"], "1 hồ sơ cho kết luận khác" in told["first_problem"]) == (False, True)


async def test_what_cannot_be_published(
    owner: AsyncConnection, monkeypatch: pytest.MonkeyPatch
) -> None:
    await late_case(owner, monkeypatch)
    stand_at(monkeypatch, FIRST_OF_APRIL - timedelta(hours=8, microseconds=1))  # still 31 March
    with pytest.raises(InputError, match="chưa hết"):
        await publish_period(owner, LEADER, MARCH)
    stand_at(monkeypatch, FIRST_OF_APRIL)
    clerk = Actor("Lan", Scope(simulated=False), Role.CLERK)
    with pytest.raises(ForbiddenError, match="chốt số liệu"):
        await publish_period(owner, clerk, MARCH)
    elsewhere = Actor("Chủ tịch xã", Scope(simulated=False, unit_ids=(1,)), Role.LEADER)
    with pytest.raises(ForbiddenError, match="cấp trên cùng"):
        await publish_period(owner, elsewhere, MARCH)
    with pytest.raises(InputError, match="chưa chốt lần nào"):
        await publish_period(owner, LEADER, MARCH, "sai")
    known = predicates.partition()
    with monkeypatch.context() as patched:
        patched.setattr(predicates, "partition", lambda: known[:-1])
        with pytest.raises(RuleError, match="Còn 1 hồ sơ chưa xếp được vào nhóm nào"):
            await publish_period(owner, LEADER, MARCH)
    await publish_period(owner, LEADER, MARCH)
    with pytest.raises(ConflictError, match="đã được chốt lần 1 lúc 08:00 01/04/2026"):
        await publish_period(owner, LEADER, MARCH)
    with pytest.raises(RuleError, match="không có gì khác"):
        await publish_period(owner, LEADER, MARCH, "chốt cho chắc")


async def test_a_broken_identity_stops_publishing(
    owner: AsyncConnection, monkeypatch: pytest.MonkeyPatch
) -> None:
    await late_case(owner, monkeypatch)
    stand_at(monkeypatch, FIRST_OF_APRIL)
    wrong = identities.Sum(
        "giải quyết = tiếp nhận", (("resolved_in", None),), (("received_in", None),)
    )
    monkeypatch.setattr(identities, "SUMS", (wrong,))
    with pytest.raises(RuleError, match="“giải quyết = tiếp nhận” không đúng ở 1 ô"):
        await publish_period(owner, LEADER, MARCH)


async def test_two_publish_at_once_and_one_does(database: Server) -> None:
    engine = connect_night(database)
    year = read_period("year:2025")

    async def publish() -> bool:
        try:
            async with engine.begin() as connection:
                await publish_period(connection, LEADER, year)
        except ConflictError:
            return False
        return True

    assert sorted(await asyncio.gather(*(publish() for _ in range(3)))) == [False, False, True]
    async with engine.connect() as connection:
        assert len(await read_publications(connection, simulated=False)) == 1
    await engine.dispose()


async def test_no_role_of_the_service_may_change_what_is_published(database: Server) -> None:
    for url in (database.app_url, database.night_url):
        connection = await asyncpg.connect(url)
        for table, bent in COLUMN.items():
            for act in (
                f"DELETE FROM {table}",
                f"TRUNCATE {table}",
                f"UPDATE {table} SET {bent}",
            ):
                with pytest.raises(asyncpg.InsufficientPrivilegeError):
                    await connection.execute(act)
        await connection.close()
