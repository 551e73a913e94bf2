"""A code means what was valid on the date concerned."""

from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from tthc.db import catalogue
from tthc.domain.errors import InputError, NotFoundError

BEFORE = date(2025, 6, 30)
AFTER = date(2025, 7, 1)


async def test_code_before_and_after_the_reform(connection: AsyncConnection) -> None:
    old = await catalogue.unit_by_code(connection, "00004", BEFORE)
    new = await catalogue.unit_by_code(connection, "00004", AFTER)
    assert (old.name, new.name) == ("Phường Trúc Bạch", "Phường Ba Đình")
    assert [unit.id for unit in await catalogue.successors_of(connection, old)] == [new.id]
    named = await catalogue.unit_by_code(connection, "00004@2025-06-30", AFTER)
    assert named == old


async def test_root_of_a_unit(connection: AsyncConnection) -> None:
    commune = await catalogue.unit_by_code(connection, "00004", AFTER)
    province = await catalogue.unit_by_code(connection, "01", AFTER)
    assert commune.root_id == province.id == province.root_id
    assert (province.parent_id, province.level) == (None, "province")


async def test_code_that_names_nothing_any_more(connection: AsyncConnection) -> None:
    district = await catalogue.unit_by_code(connection, "001", BEFORE)
    assert len(await catalogue.successors_of(connection, district)) > 1
    with pytest.raises(NotFoundError, match=r"Quận Ba Đình đến trước 01/07/2025"):
        await catalogue.unit_by_code(connection, "001", AFTER)
    with pytest.raises(NotFoundError, match="“99999” không chỉ đơn vị nào"):
        await catalogue.unit_by_code(connection, "99999", AFTER)


async def test_bad_date_in_a_code(connection: AsyncConnection) -> None:
    with pytest.raises(InputError, match="2025-02-30"):
        await catalogue.unit_by_code(connection, "001@2025-02-30", AFTER)


async def test_worlds_are_apart(connection: AsyncConnection) -> None:
    with pytest.raises(NotFoundError):
        await catalogue.unit_by_code(connection, "01@2019-01-01", AFTER, simulated=True)


async def test_unit_without_recorded_root_is_its_own(connection: AsyncConnection) -> None:
    await connection.execute(
        text(
            "INSERT INTO units (code, name, kind, level)"
            " VALUES ('WABO', 'WABO', 'imported', 'commune')"
        )
    )
    unit = await catalogue.unit_by_code(connection, "WABO", AFTER)
    assert unit.root_id == unit.id


async def test_unit_that_began_last_is_meant_where_two_claim_a_code(
    connection: AsyncConnection,
) -> None:
    """A log's unit, valid without limits, gives way to the one that a decision begins."""
    for start in (None, AFTER):
        await connection.execute(
            text(
                "INSERT INTO units (code, name, kind, level, valid_from)"
                " VALUES ('X', :name, 'imported', 'commune', :start)"
            ),
            {"name": str(start), "start": start},
        )
    assert (await catalogue.unit_by_code(connection, "X", BEFORE)).name == "None"
    assert (await catalogue.unit_by_code(connection, "X", AFTER)).name == str(AFTER)


async def test_procedure_by_code(connection: AsyncConnection) -> None:
    birth = await catalogue.procedure_by_code(connection, "1.001193", AFTER)
    assert birth.name == "Thủ tục đăng ký khai sinh"
    assert birth.levels == ["commune"]
    with pytest.raises(NotFoundError, match=r"9\.999999"):
        await catalogue.procedure_by_code(connection, "9.999999", AFTER)


async def test_birth_registration_promises_nothing(connection: AsyncConnection) -> None:
    """The published limit is "1", without a unit."""
    terms = await catalogue.terms_for(
        connection, "1.001193", level="commune", channel="counter", case_kind=None, on=AFTER
    )
    assert (terms.promised, terms.statutory) == (None, None)
    assert terms.problem is not None
    assert "“1” không có đơn vị" in terms.problem


async def test_confirmed_term(connection: AsyncConnection) -> None:
    terms = await catalogue.terms_for(
        connection, "1.000178", level="central", channel="post", case_kind=None, on=AFTER
    )
    assert terms.promised is not None
    assert (terms.promised.amount, terms.promised.unit) == (Decimal(60), "working_day")
    assert terms.promised == terms.statutory
    assert terms.promised.valid_from is None  # unknown, and shown so


async def test_bulk_and_single_look_ups_agree(connection: AsyncConnection) -> None:
    units = {(unit.code, unit.valid_from): unit for unit in await catalogue.load_units(connection)}
    old = await catalogue.unit_by_code(connection, "00004", BEFORE)
    assert units["00004", None] == old
    procedures = {each.code: each for each in await catalogue.load_procedures(connection)}
    assert procedures["1.001193"] == await catalogue.procedure_by_code(
        connection, "1.001193", AFTER
    )
    terms = await catalogue.load_terms(connection)
    assert terms["1.001193"] == (await catalogue.load_terms(connection, "1.001193"))["1.001193"]
