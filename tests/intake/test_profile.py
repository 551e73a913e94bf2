from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from tests.imports import FIELDS, profile
from tthc.domain.errors import InputError
from tthc.intake.profile import SHIPPED, load_profile, read_profile, shipped_profiles

MINIMAL = """
[profile]
name = "tỉnh-x"
[fields]
case_code = "Mã"
procedure_code = "TTHC"
receiving_unit = "Đơn vị"
channel = "Hình thức"
received_at = { column = "Ngày nhận", format = "%d/%m/%Y %H:%M" }
"""


def test_a_profile_at_a_path_and_its_defaults(tmp_path: Path) -> None:
    path = tmp_path / "của tôi.toml"
    path.write_text(MINIMAL, encoding="utf-8-sig")
    read = load_profile(str(path))
    assert (read.name, read.timezone) == ("tỉnh-x", ZoneInfo("Asia/Ho_Chi_Minh"))
    assert not read.create_units
    assert not read.create_procedures
    assert read.columns == ["Mã", "TTHC", "Đơn vị", "Hình thức", "Ngày nhận"]


def test_shipped_profiles_bear_the_name_of_their_file() -> None:
    assert shipped_profiles() == sorted(path.stem for path in SHIPPED.glob("*.toml"))
    for name in shipped_profiles():
        assert load_profile(name).name == name


def test_a_profile_s_digest_is_of_what_it_says() -> None:
    assert profile().digest == profile().digest
    assert profile().digest != profile({"officer": "ai"}).digest


@pytest.mark.parametrize("name", ["không-có", "../pyproject", "/"])
def test_a_profile_that_is_not_there(name: str) -> None:
    with pytest.raises(InputError, match="coselog-receipt"):
        load_profile(name)


@pytest.mark.parametrize("content", [b"[profile", b"\xff\xfe"])
def test_a_file_that_is_no_toml(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "hỏng.toml"
    path.write_bytes(content)
    with pytest.raises(InputError, match="TOML"):
        load_profile(str(path))


@pytest.mark.parametrize(
    ("document", "named"),
    [
        ({"colour": {}}, r"\[colour\]"),
        ({"profile": {"name": "x", "zone": "UTC"}}, "zone"),
        ({"profile": {}}, "name"),
        ({"profile": {"name": "a/b"}}, "name"),
        ({"profile": {"name": 3}}, "name"),
        ({"profile": "x"}, r"\[profile\]"),
        ({"profile": {"name": "x", "timezone": "Hà Nội"}}, "Hà Nội"),
        ({"profile": {"name": "x", "timezone": 7}}, "timezone"),
        ({"units": {"auto_create": "yes"}}, "auto_create"),
        ({"units": {"level": "xã"}}, "xã"),
        ({"units": {"root": "x"}}, "root"),
        ({"procedures": {"level": "commune"}}, "level"),
        ({"fields": "x"}, r"\[fields\]"),
    ],
)
def test_what_a_profile_says_wrongly_is_named(document: dict[str, Any], named: str) -> None:
    with pytest.raises(InputError, match=named):
        read_profile({"profile": {"name": "x"}, "fields": FIELDS} | document)


@pytest.mark.parametrize(
    ("field", "said", "named"),
    [
        ("colour", "Màu", "colour"),
        ("received_at", None, "received_at"),
        ("case_code", None, "case_code"),
        ("officer", 3, "officer"),
        ("officer", {}, "officer"),
        ("officer", {"column": ""}, "column"),
        ("officer", {"column": "a", "const": "b"}, "officer"),
        ("officer", {"const": "b", "map": {}}, "officer"),
        ("officer", {"column": "a", "default": "b"}, "default"),
        ("officer", {"column": "a", "format": "%d/%m/%Y"}, "format"),
        ("officer", {"column": "a", "unmapped": "x"}, "unmapped"),
        ("officer", {"column": "a", "map": "x"}, "map"),
        ("officer", {"column": "a", "map": {"x": 1.5}}, "1.5"),
        ("channel", {"const": "online "}, None),
        ("channel", {"const": "Internet"}, "Internet"),
        ("channel", {"const": ""}, "trống"),
        ("channel", {"column": "a", "map": {"x": "web"}}, "web"),
        ("channel", {"column": "a", "map": {"x": "post"}, "unmapped": "web"}, "web"),
        ("channel", {"column": "a", "map": {"x": "post"}, "unmapped": "reject"}, None),
        ("channel", {"column": "a", "map": {"x": "post", "y": ""}}, None),
        ("state", {"column": "a", "map": {"Đã trả": 10}}, None),
        ("state", {"column": "a", "map": {"Đã trả": 11}}, "11"),
        ("out_of_territory", {"const": True}, None),
        ("received_at", {"const": "2026-02-30"}, "2026-02-30"),
        ("due_at", {"column": "a", "format": "dd/MM/yyyy"}, "strptime"),
        ("due_at", {"column": "a", "format": "%d/%m"}, "strptime"),
        ("due_at", {"column": "a", "format": "%Y"}, "strptime"),
        ("due_at", {"column": "a", "format": "%d/%m/%Y %Q"}, "strptime"),
        ("due_at", {"column": "a", "format": 3}, "strptime"),
        ("due_at", {"column": "a", "format": "%d/%m/%Y %I:%M"}, "%p"),
        ("due_at", {"column": "a", "format": "%d/%m/%Y %I:%M %p"}, None),
        ("due_at", {"column": "a", "format": "%Y%m%d%H%M%S"}, None),
        ("due_at", {"column": "a", "format": "%d-%b-%y"}, None),
    ],
)
def test_what_a_field_says_wrongly_is_named(
    field: str, said: str | dict[str, Any] | None, named: str | None
) -> None:
    fields: dict[str, Any] = {**FIELDS, field: said}
    if said is None:
        del fields[field]
    document = {"profile": {"name": "x"}, "fields": fields}
    if named is None:
        read_profile(document)
        return
    with pytest.raises(InputError, match=named):
        read_profile(document)
