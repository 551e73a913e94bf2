"""The real reference data as loaded, against what is known of it."""

from datetime import date
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from tthc.db import reference
from tthc.db.reference import load_reference
from tthc.rules import calendars, catalogue


async def scalar(connection: AsyncConnection, query: str, **values: object) -> Any:
    return (await connection.execute(text(query), values)).scalar_one()


async def rows(connection: AsyncConnection, query: str, **values: object) -> list[tuple[Any, ...]]:
    return [tuple(row) for row in await connection.execute(text(query), values)]


async def test_units_before_and_after(connection: AsyncConnection) -> None:
    counted = await rows(
        connection,
        "SELECT level, valid_from::text, valid_to::text, count(*) FROM units"
        " WHERE source_id LIKE 'units-%' GROUP BY 1, 2, 3 ORDER BY 1, 2",
    )
    assert counted == [
        ("commune", "2025-07-01", None, 3321),
        ("commune", None, "2025-07-01", 10035),
        ("district", None, "2025-07-01", 696),
        ("province", "2025-07-01", None, 34),
        ("province", None, "2025-07-01", 63),
    ]


async def test_every_unit_hangs_under_a_province_of_its_time(connection: AsyncConnection) -> None:
    wrong = await scalar(
        connection,
        "SELECT count(*) FROM units u JOIN units r ON r.id = u.root_id"
        " WHERE u.source_id LIKE 'units-%' AND (r.level <> 'province' OR r.parent_id IS NOT NULL"
        " OR r.valid_from IS DISTINCT FROM u.valid_from OR r.valid_to IS DISTINCT FROM u.valid_to"
        " OR (u.level = 'province') <> (u.parent_id IS NULL))",
    )
    assert wrong == 0


async def test_every_old_unit_has_a_successor_and_every_new_one_a_predecessor(
    connection: AsyncConnection,
) -> None:
    old = await scalar(
        connection,
        "SELECT count(*) FROM units WHERE valid_to = '2025-07-01' AND source_id LIKE 'units-%'"
        " AND id NOT IN (SELECT predecessor_id FROM unit_successors)",
    )
    new = await scalar(
        connection,
        "SELECT count(*) FROM units WHERE valid_from = '2025-07-01' AND source_id LIKE 'units-%'"
        " AND id NOT IN (SELECT successor_id FROM unit_successors)",
    )
    assert (old, new) == (0, 0)


async def test_lineage_is_whole(connection: AsyncConnection) -> None:
    """Nothing of the packaged lineage fails to find its two units."""
    by_level = await rows(
        connection,
        "SELECT o.level, n.level, count(*), count(DISTINCT o.id) FILTER (WHERE s.divided)"
        " FROM unit_successors s JOIN units o ON o.id = s.predecessor_id"
        " JOIN units n ON n.id = s.successor_id GROUP BY 1, 2 ORDER BY 1",
    )
    assert by_level == [
        ("commune", "commune", 10597, 471),
        ("district", "commune", 3679, 682),
        ("province", "province", 63, 0),
    ]
    assert sum(pairs for _, _, pairs, _ in by_level) == len(
        catalogue.successions(catalogue.units())
    )


async def test_most_successors(connection: AsyncConnection) -> None:
    most = await rows(
        connection,
        "SELECT level, max(n) FROM (SELECT u.level, count(*) AS n FROM unit_successors s"
        " JOIN units u ON u.id = s.predecessor_id GROUP BY u.id) c GROUP BY 1 ORDER BY 1",
    )
    assert most == [("commune", 5), ("district", 14), ("province", 1)]


async def test_reused_commune_codes(connection: AsyncConnection) -> None:
    """Of the 3,315 codes on both sides, all but 132 name another territory than before.

    The same territory: the old commune's only successor is the new one, its only predecessor.
    """
    both = """
      FROM units o JOIN units n USING (code)
      WHERE o.level = 'commune' AND n.level = 'commune'
        AND o.valid_to = '2025-07-01' AND n.valid_from = '2025-07-01'
    """
    same_territory = """
        AND (SELECT array_agg(successor_id) FROM unit_successors WHERE predecessor_id = o.id)
            = ARRAY[n.id]
        AND (SELECT array_agg(s.predecessor_id) FROM unit_successors s
             JOIN units p ON p.id = s.predecessor_id AND p.level = 'commune'
             WHERE s.successor_id = n.id) = ARRAY[o.id]
    """
    reused = await scalar(connection, f"SELECT count(*) {both}")
    same = await scalar(connection, f"SELECT count(*) {both} {same_territory}")
    assert (reused, reused - same) == (3315, 3183)


async def test_slip_of_the_source_is_mended_with_a_note(connection: AsyncConnection) -> None:
    predecessors = await rows(
        connection,
        "SELECT o.code FROM unit_successors s JOIN units o ON o.id = s.predecessor_id"
        " JOIN units n ON n.id = s.successor_id WHERE n.code = '06978' AND o.level = 'commune'"
        " ORDER BY 1",
    )
    assert [code for (code,) in predecessors] == ["06886", "06970", "06973", "06982", "06988"]
    note = await scalar(connection, "SELECT note FROM units WHERE code = '06978'")
    assert "06970" in note


async def test_island_districts_pass_to_their_special_zones(connection: AsyncConnection) -> None:
    zones = await rows(
        connection,
        "SELECT o.code, n.name FROM unit_successors s JOIN units o ON o.id = s.predecessor_id"
        " JOIN units n ON n.id = s.successor_id WHERE o.level = 'district'"
        " AND NOT EXISTS (SELECT FROM units c WHERE c.parent_id = o.id) ORDER BY 1",
    )
    assert zones == [
        ("318", "Đặc khu Bạch Long Vĩ"),
        ("471", "Đặc khu Cồn Cỏ"),
        ("498", "Đặc khu Hoàng Sa"),
        ("536", "Đặc khu Lý Sơn"),
        ("755", "Đặc khu Côn Đảo"),
    ]


async def test_procedures(connection: AsyncConnection) -> None:
    assert await scalar(connection, "SELECT count(*) FROM procedures WHERE NOT imported") == 2642
    levels = await rows(
        connection,
        "SELECT level, count(*) FROM procedures, unnest(levels) AS level"
        " WHERE NOT imported GROUP BY 1 ORDER BY 1",
    )
    assert levels == [("central", 1413), ("commune", 588), ("other", 51), ("province", 1251)]


async def test_unconfirmed_terms(connection: AsyncConnection) -> None:
    """857 limits without a unit, 168 ways of filing with contradicting ones, nothing guessed."""
    counted = await rows(
        connection,
        "SELECT problem LIKE '%không có đơn vị%', problem LIKE '%nhiều thời hạn%',"
        " problem LIKE '%Không đọc được%', count(*) FROM terms"
        " WHERE NOT confirmed AND source_id = 'terms-published' GROUP BY 1, 2, 3 ORDER BY 4",
    )
    assert counted == [
        (False, False, True, 6),
        (False, True, False, 168),
        (True, False, False, 851),
    ]
    guessed = await scalar(
        connection,
        "SELECT count(*) FROM terms WHERE NOT confirmed AND (amount IS NOT NULL"
        " OR unit IS NOT NULL)",
    )
    assert guessed == 0


async def test_commune_procedures_without_a_unit(connection: AsyncConnection) -> None:
    without = await scalar(
        connection,
        "SELECT count(DISTINCT p.code) FROM procedures p JOIN terms t ON t.procedure_code = p.code"
        " WHERE 'commune' = ANY (p.levels) AND NOT t.confirmed AND t.published ~ '^[0-9,.]+$'",
    )
    assert without == 164


async def test_term_units_and_fractions(connection: AsyncConnection) -> None:
    by_unit = await rows(
        connection,
        "SELECT unit, count(*) FROM terms WHERE confirmed AND source_id = 'terms-published'"
        " GROUP BY 1 ORDER BY 1",
    )
    assert sum(count for _, count in by_unit) == 6497 - 851 - 6 - 168
    assert {unit for unit, _ in by_unit} == {
        "working_day",
        "calendar_day",
        "working_hour",
        "month",
    }
    halves = await scalar(connection, "SELECT count(*) FROM terms WHERE amount = 1.5")
    assert halves == 3


async def test_online_levels(connection: AsyncConnection) -> None:
    counted = await rows(
        connection,
        "SELECT decided_by, valid_from::text, count(DISTINCT procedure_code) FROM online_levels"
        " GROUP BY 1, 2 ORDER BY 1",
    )
    assert counted == [
        ("Bộ Văn hóa, Thể thao và Du lịch", None, 154),
        ("UBND tỉnh Đồng Nai", "2025-11-19", 172),
    ]


async def test_calendar_as_it_was_known(connection: AsyncConnection) -> None:
    """The swap of 2026-01-02 and 2026-01-10 was decided on 2025-12-25."""
    versions = await rows(
        connection,
        "SELECT c.decided_on::text, c.first_day::text, c.last_day::text, count(*)"
        " FROM calendars c JOIN working_days d ON d.calendar_id = c.id GROUP BY c.id ORDER BY c.id",
    )
    assert versions == [
        (None, "2010-01-01", "2027-12-31", 6574),
        ("2025-12-25", "2010-01-01", "2027-12-31", 6574),
    ]
    worked = await rows(
        connection,
        "SELECT c.decided_on::text, d.day::text, d.ordinal - e.ordinal"
        " FROM calendars c JOIN working_days d ON d.calendar_id = c.id"
        " JOIN working_days e ON e.calendar_id = c.id AND e.day = d.day - 1"
        " WHERE d.day IN ('2026-01-02', '2026-01-10') ORDER BY c.id, d.day",
    )
    assert worked == [
        (None, "2026-01-02", 1),
        (None, "2026-01-10", 0),
        ("2025-12-25", "2026-01-02", 0),
        ("2025-12-25", "2026-01-10", 1),
    ]


async def test_current_days_count_like_the_calendar(connection: AsyncConnection) -> None:
    ordinals = dict(await rows(connection, "SELECT day, ordinal FROM current_days"))
    current = calendars.calendar("vn")
    for day in (date(2010, 1, 1), date(2026, 1, 2), date(2026, 1, 10), date(2027, 12, 31)):
        assert ordinals[day] == current.ordinal(day)


async def snapshot(connection: AsyncConnection) -> list[Any]:
    tables = (
        "calendars",
        "working_days",
        "units",
        "unit_successors",
        "procedures",
        "terms",
        "online_levels",
        "sources",
    )
    return [
        await scalar(
            connection, f"SELECT md5(string_agg(t::text, '|' ORDER BY t::text)) FROM {t} t"
        )
        for t in tables
    ]


async def test_current_data_is_not_loaded_again(owner: AsyncConnection) -> None:
    report = await load_reference(owner)
    assert not report.loaded
    assert (report.units, report.terms_unconfirmed, report.terms_doubled_alike) == (14149, 1025, 6)


async def test_loading_again_changes_nothing(
    owner: AsyncConnection, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = await snapshot(owner)
    monkeypatch.setattr(reference, "READING", "another")
    report = await load_reference(owner)
    assert report.loaded
    assert await snapshot(owner) == before


async def test_release_mends_its_own_rows_but_not_decisions(
    owner: AsyncConnection, monkeypatch: pytest.MonkeyPatch
) -> None:
    await owner.execute(
        text("INSERT INTO sources (id, title, confirmed) VALUES ('decision:x', 'x', true)")
    )
    await owner.execute(
        text(
            "UPDATE units SET valid_to = '2030-01-01', ended_by = 'decision:x'"
            " WHERE code = '00004' AND valid_from = '2025-07-01'"
        )
    )
    await owner.execute(text("UPDATE units SET name = 'sai' WHERE code = '00008'"))
    await owner.execute(
        text(
            "UPDATE terms SET amount = 99, source_id = 'decision:x'"
            " WHERE procedure_code = '1.000178' AND channel = 'post'"
        )
    )
    monkeypatch.setattr(reference, "READING", "another")
    await load_reference(owner)
    assert await rows(
        owner,
        "SELECT code, name, valid_to::text FROM units"
        " WHERE code IN ('00004', '00008') AND valid_from = '2025-07-01' ORDER BY 1",
    ) == [("00004", "Phường Ba Đình", "2030-01-01"), ("00008", "Phường Ngọc Hà", None)]
    kept = await scalar(
        owner,
        "SELECT amount FROM terms WHERE procedure_code = '1.000178' AND channel = 'post'",
    )
    assert kept == 99
