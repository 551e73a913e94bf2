"""Many hands on one case: of those who saw the same version one succeeds, the others are told."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from tests.law.lives import UNIT, make_procedure
from tthc.db.engine import connect_night, connect_owner
from tthc.db.server import Server
from tthc.domain.access import Actor, Scope
from tthc.domain.errors import ConflictError, InputError, NotFoundError, RuleError
from tthc.service import cases, progress, receipts, transfers
from tthc.service.acts import Asked, Document
from tthc.service.filing import Form
from tthc.service.integrity import verify_ledger

LAN = Actor("Lan", Scope(simulated=False))
MINH = Actor("Minh", Scope(simulated=False))


@pytest.fixture
async def office(database: Server) -> AsyncIterator[tuple[AsyncEngine, str]]:
    """The application's engine on a database of the test's own, and a procedure of five days."""
    owner = connect_owner(database)
    async with owner.begin() as connection:
        procedure = await make_procedure(connection, [5, "working_day"])
    await owner.dispose()
    engine = connect_night(database, pool_size=20, max_overflow=40)
    yield engine, procedure
    await engine.dispose()


async def receive(engine: AsyncEngine, form: Form, asked: Asked, actor: Actor = LAN) -> Document:
    async with engine.begin() as connection:
        return await receipts.receive_case(connection, actor, form, asked)


async def resolve(engine: AsyncEngine, code: str, asked: Asked, actor: Actor) -> Document:
    async with engine.begin() as connection:
        return await progress.resolve_case(connection, actor, code, asked, outcome="granted")


async def count(engine: AsyncEngine, sql: str) -> int:
    async with engine.connect() as connection:
        return int(await connection.scalar(text(sql)) or 0)


async def test_two_officers_resolve_at_once(office: tuple[AsyncEngine, str]) -> None:
    """Scenario 27."""
    engine, procedure = office
    made = await receive(engine, Form(procedure, UNIT, "counter"), Asked())
    asked = Asked(version=made["version"])
    outcomes = await asyncio.gather(
        resolve(engine, made["case_code"], asked, LAN),
        resolve(engine, made["case_code"], asked, MINH),
        return_exceptions=True,
    )
    done = [each for each in outcomes if isinstance(each, dict)]
    refused = [each for each in outcomes if isinstance(each, ConflictError)]
    assert len(done) == len(refused) == 1
    assert "“Đã xử lý xong” do" in str(refused[0])
    assert await count(engine, "select count(*) from case_events") == 2


async def test_fifty_writers_one_wins_each_version(office: tuple[AsyncEngine, str]) -> None:
    engine, procedure = office
    made = await receive(engine, Form(procedure, UNIT, "counter"), Asked())
    code = made["case_code"]

    async def annotate(number: int, version: int) -> bool:
        async with engine.begin() as connection:
            try:
                await transfers.transfer_case(
                    connection,
                    LAN,
                    code,
                    transfers.To(officer=f"cán bộ {version}.{number}"),
                    Asked(version=version),
                )
            except ConflictError:
                return False
            return True

    for version in range(1, 4):
        won = await asyncio.gather(*(annotate(number, version) for number in range(50)))
        assert sum(won) == 1
    async with engine.connect() as connection:
        told = await verify_ledger(connection)
    assert (told["ok"], told["cases"], told["events"]) == (True, 1, 4)


async def test_two_receipts_of_one_code_make_one_case(office: tuple[AsyncEngine, str]) -> None:
    engine, procedure = office
    form = Form(procedure, UNIT, "counter", case_code="H01-1", applicant="Nguyễn Văn A")
    outcomes = await asyncio.gather(
        *(receive(engine, form, Asked()) for _ in range(8)), return_exceptions=True
    )
    assert sum(isinstance(each, dict) for each in outcomes) == 1
    assert all(isinstance(each, dict | ConflictError) for each in outcomes)
    assert await count(engine, "select count(*) from case_events") == 1
    assert await count(engine, "select count(*) from applicants") == 1


async def test_a_request_sent_again_is_answered_alike(office: tuple[AsyncEngine, str]) -> None:
    engine, procedure = office
    form = Form(procedure, UNIT, "counter")
    outcomes = await asyncio.gather(*(receive(engine, form, Asked(key="k1")) for _ in range(8)))
    assert all(each == outcomes[0] for each in outcomes)
    assert await count(engine, "select count(*) from cases") == 1
    code = outcomes[0]["case_code"]
    again = await asyncio.gather(*(resolve(engine, code, Asked(key="k2"), LAN) for _ in range(8)))
    assert all(each == again[0] for each in again)
    assert await count(engine, "select count(*) from case_events") == 2
    with pytest.raises(InputError, match="yêu cầu khác"):
        await receive(engine, Form(procedure, UNIT, "post"), Asked(key="k1"))
    # another person's key of the same name is another key
    other = await receive(engine, form, Asked(key="k1"), MINH)
    assert other["case_code"] != code


async def test_a_refused_act_leaves_nothing(office: tuple[AsyncEngine, str]) -> None:
    engine, procedure = office
    made = await receive(engine, Form(procedure, UNIT, "counter"), Asked())
    with pytest.raises(RuleError):
        async with engine.begin() as connection:
            await progress.return_result(connection, LAN, made["case_code"], Asked(key="k"))
    assert await count(engine, "select count(*) from case_events") == 1
    assert await count(engine, "select count(*) from idempotency_keys") == 0


async def test_a_batch_is_passed_on_whole_or_not_at_all(office: tuple[AsyncEngine, str]) -> None:
    engine, procedure = office
    form = Form(procedure, UNIT, "counter")
    codes = [(await receive(engine, form, Asked()))["case_code"] for _ in range(5)]
    to = transfers.To(officer="Bình")
    await resolve(engine, codes[3], Asked(), LAN)
    async with engine.begin() as connection:
        await progress.return_result(connection, LAN, codes[3])
    with pytest.raises(RuleError):
        async with engine.begin() as connection:
            await transfers.transfer_cases(connection, LAN, codes, to, batch="07/BG")
    moved = "select count(*) from case_events where type = 'transferred'"
    assert await count(engine, moved) == 0
    async with engine.begin() as connection:
        done = await transfers.transfer_cases(connection, LAN, codes[:3], to, batch="07/BG")
    assert {each["officer"] for each in done} == {"Bình"}
    assert await count(engine, f"{moved} and payload ->> 'batch' = '07/BG'") == 3


async def test_beyond_the_scope_there_is_no_such_case(office: tuple[AsyncEngine, str]) -> None:
    """Scenario 36: in the scope of those who received, passed on, or hold a case."""
    engine, procedure = office
    made = await receive(engine, Form(procedure, UNIT, "counter"), Asked())
    code = made["case_code"]
    async with engine.connect() as connection:
        found = await connection.execute(
            text(
                "select code, id from units where valid_to is null "
                "and code in ('00004', '00008', '00025')"
            )
        )
        ids: dict[str, int] = {row.code: row.id for row in found}
    stranger = Actor("Tú", Scope(simulated=False, unit_ids=(ids["00008"],)))

    async def sees(actor: Actor) -> bool:
        async with engine.connect() as connection:
            try:
                return bool(await cases.open_case(connection, actor, code))
            except NotFoundError:
                return False

    assert not await sees(stranger)
    async with engine.begin() as connection:
        await transfers.transfer_case(connection, LAN, code, transfers.To(unit="00008"))
    assert await sees(stranger)
    async with engine.begin() as connection:
        await transfers.transfer_case(connection, LAN, code, transfers.To(unit="00025"))
    assert await sees(stranger)
    assert await sees(Actor("An", Scope(simulated=False, unit_ids=(ids["00004"],))))
    assert not await sees(Actor("Mô phỏng", Scope(simulated=True)))
