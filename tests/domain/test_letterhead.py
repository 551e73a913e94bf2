"""Names, places and dates at the head of a paper, as Decree 30/2020 writes them."""

from datetime import UTC, date, datetime

import pytest

from tthc.domain.letterhead import (
    appointed,
    authority_name,
    date_line,
    hour_and_date,
    on_two_lines,
    place_name,
)


@pytest.mark.parametrize(
    ("name", "kind", "authority"),
    [
        ("Phường Ba Đình", "people_committee", "Ủy ban nhân dân phường Ba Đình"),
        ("Thành phố Hà Nội", "people_committee", "Ủy ban nhân dân thành phố Hà Nội"),
        ("UBND xã Ba Chẽ", "people_committee", "UBND xã Ba Chẽ"),
        ("Sở Xây dựng", "department", "Sở Xây dựng"),
        ("WABO", "imported", "WABO"),
    ],
)
def test_an_area_is_named_by_its_committee(name: str, kind: str, authority: str) -> None:
    assert authority_name(name, kind) == authority


def test_a_committee_stands_over_its_area() -> None:
    assert on_two_lines("Ủy ban nhân dân phường Ba Đình") == "Ủy ban nhân dân\nphường Ba Đình"
    assert on_two_lines("Sở Xây dựng") == "Sở Xây dựng"


@pytest.mark.parametrize(
    ("area", "place"),
    [
        ("Thành phố Hà Nội", "Hà Nội"),
        ("Phường Ba Đình", "Ba Đình"),
        ("Đặc khu Phú Quốc", "Phú Quốc"),
        ("Phường 12", "Phường 12"),
        ("Xã Vĩnh Thịnh (mô phỏng)", "Vĩnh Thịnh"),
    ],
)
def test_the_place_is_the_areas_own_name(area: str, place: str) -> None:
    assert place_name(area) == place


def test_noughts_where_the_decree_puts_them() -> None:
    assert date_line(date(2026, 2, 5)) == "ngày 05 tháng 02 năm 2026"
    assert date_line(date(2026, 3, 15)) == "ngày 15 tháng 3 năm 2026"
    assert date_line(date(2026, 12, 31)) == "ngày 31 tháng 12 năm 2026"


def test_instants_are_told_in_vietnam() -> None:
    at = datetime(2026, 3, 8, 18, tzinfo=UTC)
    assert hour_and_date(at) == "01:00 ngày 09/03/2026"
    assert appointed(at) == "01:00 thứ Hai, ngày 09/03/2026"
    midnight = datetime(2026, 3, 8, 17, tzinfo=UTC)
    assert appointed(midnight) == "24:00 Chủ nhật, ngày 08/03/2026"
