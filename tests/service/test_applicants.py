"""Whose case it is: kept apart, masked, read in full by its own call, erased without a trace."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection

from tests.law.lives import UNIT, make_procedure
from tests.portal import CODE, GIVEN, sync
from tthc import clock
from tthc.domain.access import Actor, Scope
from tthc.domain.applicant import Applicant, mask
from tthc.domain.errors import InputError, NotFoundError, RuleError
from tthc.intake.portal import taking
from tthc.intake.portal.reading import SYNC
from tthc.service import applicants, cases, corrections, letters, progress, receipts, transfers
from tthc.service.acts import Asked
from tthc.service.filing import Form
from tthc.service.integrity import verify_ledger

LAN = Actor("Lan", Scope(simulated=False))
MO = Applicant(
    name="Nguyễn Thị Mơ",
    kind="citizen",
    identity_number="001190000001",
    address="12 Đội Cấn, Ba Đình",
    phone="0900000001",
    email="mo@example.org",
    content="Cấp bản sao cho bà Mơ",
    authorised_name="Trần Văn Tí",
    authorised_identity_number="001190987654",
)
PERSONAL = ("Mơ", "001190000001", "Đội Cấn", "0900000001", "mo@example.org", "Văn Tí", "987654")
TABLES = ("cases", "case_events", "case_words", "applicants", "letters", "portal_claims",
          "idempotency_keys")  # fmt: skip


@pytest.fixture
async def procedure(owner: AsyncConnection) -> str:
    return await make_procedure(owner, [2, "working_day"])


def named(told: str) -> list[str]:
    """What of the person is in a text."""
    return [each for each in PERSONAL if each in told]


async def everything(ledger: AsyncConnection) -> str:
    """All that is kept about cases, as text."""
    found = ""
    for table in TABLES:
        rows = await ledger.execute(text(f"SELECT t::text FROM {table} t"))
        found += "".join(row[0] for row in rows)
    return found


async def live(ledger: AsyncConnection, procedure: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """A life in which everybody writes the applicant's name into every text there is."""

    def at(day: int) -> Asked:
        now = datetime(2026, 3, day, 9, tzinfo=clock.VIETNAM).astimezone(UTC)
        monkeypatch.setattr(clock, "now", lambda: now)
        return Asked(key=f"k{day}")

    form = Form(procedure, UNIT, "counter", applicant=MO)
    code: str = (await receipts.receive_case(ledger, LAN, form, at(2)))["case_code"]
    await corrections.note_on_case(ledger, LAN, code, at(3), text="đã gọi bà Mơ 0900000001")
    to = transfers.To(officer="Bình")
    await transfers.transfer_case(ledger, LAN, code, to, Asked(), note="hồ sơ của bà Mơ")
    await progress.ask_for_supplement(ledger, LAN, code, Asked(), content="thẻ 001190000001")
    await progress.resume_case(ledger, LAN, code, at(4))
    drafted = await letters.draft_letter(
        *(ledger, LAN, code, at(5)), reason="bà Mơ vắng nhà", cause="other",
        new_due=datetime(2026, 3, 9, 17, tzinfo=clock.VIETNAM),
    )  # fmt: skip
    await letters.issue_letter(ledger, LAN, drafted["id"], Asked(), number="1", signer="Trưởng")
    await progress.resolve_case(
        ledger, LAN, code, at(12), outcome="refused", reason="bà Mơ thiếu giấy"
    )
    await corrections.explain_case(ledger, LAN, code, at(13), unit=UNIT, text="chờ bà Mơ")
    fix = corrections.Correction("nhầm ngày của bà Mơ", "Sếp", values={"e_result": "yes"}, seq=7)
    await corrections.correct_case(ledger, LAN, code, fix, Asked())
    return code


def test_masks() -> None:
    shown = mask(MO)
    assert (shown.name, shown.authorised_name) == ("Nguyễn T. M.", "Trần V. T.")
    assert (shown.identity_number, shown.phone) == ("***001", "***001")
    assert (shown.email, shown.address, shown.content) == ("m***@example.org", "***", "***")
    assert mask(Applicant(name="Mơ", phone="113", email="mơ")) == Applicant(
        name="M.", phone="***", email="***"
    )
    assert mask(Applicant()) == Applicant()
    with pytest.raises(InputError, match="Loại đối tượng"):
        Applicant(kind="robot")


async def test_the_person_is_read_by_one_call_alone(
    owner: AsyncConnection, procedure: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    code = await live(owner, procedure, monkeypatch)
    full = await applicants.read_applicant(owner, LAN, code)
    assert full == {"case_code": code, **MO.said(), "kind_name": "Cá nhân"}
    shown = await cases.open_case(owner, LAN, code)
    assert shown["applicant"]["name"] == "Nguyễn T. M."
    assert not named(str(shown))
    stranger = Actor("Tú", Scope(simulated=False, unit_ids=(1,)))
    with pytest.raises(NotFoundError):
        await applicants.read_applicant(owner, stranger, code)


async def test_words_come_back_with_their_event_and_are_not_in_the_chain(
    owner: AsyncConnection, procedure: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    code = await live(owner, procedure, monkeypatch)
    events = await cases.list_events(owner, LAN, code)
    said = {each["type"]: each["payload"] for each in events}
    assert said["noted"]["text"] == "đã gọi bà Mơ 0900000001"
    assert said["suspended"]["content"] == "thẻ 001190000001"
    assert said["corrected"]["reason"] == "nhầm ngày của bà Mơ"
    sealed = await owner.execute(text("SELECT concat(payload, change, actor) FROM case_events"))
    assert not [row for row in sealed if named(row[0])]
    assert (await verify_ledger(owner, code))["ok"]


async def test_an_erased_person_is_nowhere_and_every_figure_stays(
    owner: AsyncConnection, procedure: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    code = await live(owner, procedure, monkeypatch)
    with pytest.raises(RuleError, match="chỉ xóa sau khi"):
        await applicants.erase_applicant(owner, LAN, code, grounds="CV 12/2026")
    await progress.return_result(owner, LAN, code)
    facts = text("SELECT * FROM cases WHERE code = :code")
    before = dict((await owner.execute(facts, {"code": code})).mappings().one())
    with pytest.raises(InputError, match="căn cứ"):
        await applicants.erase_applicant(owner, LAN, code, grounds=" ")
    await applicants.erase_applicant(owner, LAN, code, Asked(key="e"), grounds="CV 12/2026")
    again = await applicants.erase_applicant(owner, LAN, code, Asked(key="e"), grounds="CV 12/2026")
    assert again["case_code"] == code
    assert not named(await everything(owner))
    after = dict((await owner.execute(facts, {"code": code})).mappings().one())
    moved = {name for name in after if after[name] != before[name]}
    assert moved <= {"version", "head", "last_effective_at", "last_recorded_at"}
    assert (await verify_ledger(owner, code))["ok"]
    events = await cases.list_events(owner, LAN, code)
    assert events[-1]["type"] == "erased"
    assert (events[-1]["actor"], events[-1]["payload"]) == ("Lan", {"grounds": "CV 12/2026"})
    assert [each["payload"]["text"] for each in events if each["type"] == "noted"] == [None]
    assert (await cases.open_case(owner, LAN, code))["applicant"] is None


async def test_words_cannot_be_bent_or_taken_away_quietly(
    owner: AsyncConnection, procedure: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    code = await live(owner, procedure, monkeypatch)
    for harm in (
        "UPDATE case_words SET words = 'khác' WHERE name = 'text'",
        "DELETE FROM case_words WHERE name = 'text'",
    ):
        await owner.exec_driver_sql("SAVEPOINT whole")
        await owner.exec_driver_sql(harm)
        told = await verify_ledger(owner, code)
        assert not told["ok"]
        assert "lời ghi" in told["first_problem"]
        await owner.exec_driver_sql("ROLLBACK TO whole")


@pytest.mark.parametrize(
    "harm",
    [
        "UPDATE case_words SET words = 'x'",
        "DELETE FROM case_words",
        "DELETE FROM applicants",
        "SELECT forget_person(id) FROM cases",
    ],
)
async def test_the_application_cannot(connection: AsyncConnection, harm: str) -> None:
    if "forget" in harm:
        await connection.exec_driver_sql(
            "INSERT INTO cases (code, simulated, imported, version, head, last_effective_at, "
            "last_recorded_at, receiving_unit_id, competent_unit_id, procedure_id, level, channel, "
            "state, submitted_at) SELECT 'T-1', false, false, 0, '', now(), now(), u.id, u.id, "
            "p.id, 'commune', 'counter', 1, now() FROM units u, procedures p LIMIT 1"
        )
    with pytest.raises(DBAPIError):
        await connection.exec_driver_sql(harm)


async def test_after_an_erasure_a_message_tells_nobody_of_the_person(
    owner: AsyncConnection, procedure: str
) -> None:
    async def send(item: dict[str, Any]) -> str:
        return (await taking.take_case(owner, LAN, SYNC, "H26", CODE, item))["status"]

    assert await send(sync(procedure, 10, **GIVEN)) == "recorded"
    full = await applicants.read_applicant(owner, LAN, CODE)
    assert full["identity_number"] == "001190000001"
    assert (full["kind"], full["phone"]) == ("citizen", "0900000001")
    await applicants.erase_applicant(owner, LAN, CODE, grounds="CV 12/2026")
    assert await send(sync(procedure, 10, **GIVEN, GhiChu="bà Mơ khiếu nại")) == "recorded"
    assert await applicants.read_applicant(owner, LAN, CODE) == {"case_code": CODE}
    assert not named(await everything(owner))
    assert (await verify_ledger(owner, CODE))["ok"]


async def test_a_person_told_of_by_a_waiting_message_is_erased_too(
    owner: AsyncConnection, procedure: str
) -> None:
    waiting = await taking.take_case(
        owner, LAN, SYNC, "H26", CODE, sync(procedure, 4, NgayHenTra="", DiaChi="12 Đội Cấn")
    )
    assert waiting["status"] == "waiting"
    listed = await taking.list_waiting(owner, LAN)
    assert not named(str(listed))
    told = await applicants.erase_applicant(owner, LAN, CODE, grounds="CV 12/2026")
    assert told["waiting_claims_erased"] == 1
    assert not named(await everything(owner))
    with pytest.raises(NotFoundError, match="không có gói tin"):
        await applicants.erase_applicant(owner, LAN, CODE, grounds="CV 12/2026")


async def test_what_a_sender_adds_of_its_own_is_no_fact(
    owner: AsyncConnection, procedure: str
) -> None:
    item = sync(procedure, 4, DiaChi="12 Đội Cấn, nhà bà Mơ", NguoiNop={"HoTen": "Nguyễn Thị Mơ"})
    await taking.take_case(owner, LAN, SYNC, "H26", CODE, item)
    claims = await owner.execute(text("SELECT concat(claim, identity) FROM portal_claims"))
    assert not [row for row in claims if named(row[0])]
    told = json.loads(await owner.scalar(text("SELECT told::text FROM applicants")) or "")
    assert "12 Đội Cấn" in str(told)
