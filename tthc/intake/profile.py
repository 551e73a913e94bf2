"""Import profiles: how any program's export becomes our ledger, in a TOML file."""

import json
import re
import tomllib
import unicodedata
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

import polars as pl

from tthc.domain.errors import InputError
from tthc.intake.cells import cells_of
from tthc.intake.fields import FIELDS, LEVELS, REQUIRED
from tthc.intake.instants import read_format

SHIPPED = Path(__file__).parent / "profiles"
SECTIONS = {
    "profile": {"name", "timezone"},
    "units": {"auto_create", "level"},
    "procedures": {"auto_create"},
}
SAMPLE = datetime(2026, 12, 31, 23, 58, 59, 123456, UTC)
REJECT = "reject"


@dataclass(frozen=True, slots=True)
class Source:
    """Where a ledger field comes from: a column of the file, or one constant text.

    `values` renames the column's words; one that it lacks becomes `unmapped`, or, where that
    is None, rejects its row.
    """

    column: str | None = None
    const: str | None = None
    format: str | None = None
    values: Mapping[str, str] | None = None
    unmapped: str | None = None


@dataclass(frozen=True, slots=True)
class Profile:
    """How one program's export is read; the digest tells two readings of the same name apart."""

    name: str
    timezone: ZoneInfo
    sources: Mapping[str, Source]
    create_units: bool
    unit_level: str
    create_procedures: bool
    digest: str

    @property
    def columns(self) -> list[str]:
        """The columns that a file must have, each once."""
        names = (source.column for source in self.sources.values())
        return list(dict.fromkeys(name for name in names if name is not None))

    @property
    def amounts(self) -> list[str]:
        """The columns that hold money."""
        return [
            source.column
            for name, source in self.sources.items()
            if FIELDS[name].kind == "money" and source.column is not None
        ]


def shipped_profiles() -> list[str]:
    return sorted(path.stem for path in SHIPPED.glob("*.toml"))


def load_profile(name_or_path: str) -> Profile:
    """The profile of this name among ours, or the one in the file at this path."""
    path = SHIPPED / f"{name_or_path}.toml"
    if name_or_path not in shipped_profiles():
        path = Path(name_or_path)
        if not path.is_file():
            raise InputError(
                f"Không có cấu hình nhập “{name_or_path}”: hãy dùng một trong các tên "
                f"{', '.join(shipped_profiles())}, hoặc đường dẫn tới một tệp TOML."
            )
    try:
        content = path.read_bytes()
        document = tomllib.loads(content.decode("utf-8-sig"))
    except OSError as error:
        raise InputError(f"Không đọc được cấu hình nhập {path}: {error.strerror}.") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InputError(f"Cấu hình nhập {path} không phải là TOML hợp lệ: {error}.") from error
    return read_profile(document)


def read_profile(document: Mapping[str, Any]) -> Profile:
    """Check a profile's document, naming whatever it says wrongly."""
    for section in document.keys() - SECTIONS.keys() - {"fields"}:
        raise InputError(
            f"Cấu hình nhập có mục lạ [{section}]; chỉ có [profile], [units], [procedures], "
            "[fields]."
        )
    for section, known in SECTIONS.items():
        for key in _table(document, section).keys() - known:
            raise InputError(
                f"Mục [{section}] có khoá lạ “{key}”; chỉ có {', '.join(sorted(known))}."
            )
    profile, units, procedures = (_table(document, section) for section in SECTIONS)
    name = profile.get("name")
    if not isinstance(name, str) or not re.fullmatch(r"[\w.-]{1,80}", name):
        raise InputError(
            "Mục [profile] cần name: chữ, số, dấu chấm, gạch ngang hoặc gạch dưới, tối đa 80 ký tự."
        )
    zone = profile.get("timezone", "Asia/Ho_Chi_Minh")
    if zone not in available_timezones():
        raise InputError(f"[profile] timezone “{zone}” không phải là tên múi giờ (IANA).")
    level = units.get("level", "commune")
    if level not in LEVELS:
        raise InputError(f"[units] level “{level}” phải là một trong {', '.join(LEVELS)}.")
    return Profile(
        name=name,
        timezone=ZoneInfo(zone),
        sources=_sources(_table(document, "fields"), ZoneInfo(zone)),
        create_units=_flag(units, "units"),
        unit_level=level,
        create_procedures=_flag(procedures, "procedures"),
        digest=sha256(json.dumps(document, default=str, sort_keys=True).encode()).hexdigest(),
    )


def _table(document: Mapping[str, Any], section: str) -> Mapping[str, Any]:
    table = document.get(section, {})
    if not isinstance(table, dict):
        raise InputError(f"[{section}] phải là một mục của TOML.")
    return table


def _flag(table: Mapping[str, Any], section: str) -> bool:
    value = table.get("auto_create", False)
    if not isinstance(value, bool):
        raise InputError(f"[{section}] auto_create phải là true hoặc false.")
    return value


def _sources(fields: Mapping[str, Any], zone: ZoneInfo) -> dict[str, Source]:
    unknown = sorted(fields.keys() - FIELDS.keys())
    if unknown:
        raise InputError(
            f"[fields] có trường lạ {', '.join(unknown)}; các trường của sổ là {', '.join(FIELDS)}."
        )
    missing = [name for name in REQUIRED if name not in fields]
    if missing:
        raise InputError(f"[fields] còn thiếu {', '.join(missing)}: hãy khai cột hoặc const.")
    return {name: _source(name, value, zone) for name, value in fields.items()}


def _source(name: str, value: Any, zone: ZoneInfo) -> Source:  # noqa: ANN401  # any TOML value
    if isinstance(value, str):
        value = {"column": value}
    if not isinstance(value, dict):
        raise InputError(f"[fields] {name} phải là tên cột hoặc một bảng {{ column = … }}.")
    unknown = sorted(value.keys() - {"column", "const", "format", "map", "unmapped"})
    if unknown:
        raise InputError(
            f"[fields] {name} có khoá lạ {', '.join(unknown)}; chỉ có column, const, format, "
            "map, unmapped."
        )
    if ("column" in value) == ("const" in value) or ("const" in value and len(value) > 1):
        raise InputError(f"[fields] {name} cần hoặc column (kèm format, map), hoặc chỉ const.")
    if "const" in value:
        const = _word(name, "const", value["const"])
        _check(name, const, None, zone)
        return Source(const=const)
    column = _word(name, "column", value["column"])
    if not column:
        raise InputError(f"[fields] {name}: column không được để trống.")
    form = value.get("format")
    if form is not None:
        _check_format(name, form)
    return _with_map(name, Source(column, format=form), value, zone)


def _with_map(name: str, source: Source, table: Mapping[str, Any], zone: ZoneInfo) -> Source:
    words = table.get("map")
    if words is None and "unmapped" in table:
        raise InputError(f"[fields] {name}: unmapped chỉ có nghĩa cùng với map.")
    if words is None:
        return source
    if not isinstance(words, dict):
        raise InputError(f"[fields] {name}: map phải là một bảng {{ từ = giá trị }}.")
    values = {normal(word): _word(name, "map", to) for word, to in words.items()}
    unmapped = _word(name, "unmapped", table.get("unmapped", REJECT))
    for word in {*values.values(), unmapped} - {REJECT, ""}:
        _check(name, word, source.format, zone)
    return replace(source, values=values, unmapped=None if unmapped == REJECT else unmapped)


def normal(text: str) -> str:
    """Text as it is compared: composed Unicode, no blanks around it."""
    return unicodedata.normalize("NFC", text).strip()


def _word(name: str, key: str, value: Any) -> str:  # noqa: ANN401  # any TOML value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str | int):
        return normal(str(value))
    raise InputError(f"[fields] {name}: {key} phải là chữ hoặc số nguyên, không phải “{value}”.")


def _check(name: str, word: str, form: str | None, zone: ZoneInfo) -> None:
    """A word that the profile itself puts into the ledger must be one that the field takes."""
    _, problems = cells_of(name, [word or None], form, zone)
    if not word or problems:
        raise InputError(f"[fields] {name}: {problems.get(0, 'giá trị không được để trống')}.")


def _check_format(name: str, form: Any) -> None:  # noqa: ANN401  # any TOML value
    """A format must be read as strptime reads it: a sample is written and read again."""
    if FIELDS[name].kind not in ("instant", "due"):
        raise InputError(f"[fields] {name}: format chỉ dùng cho trường ngày giờ.")
    if isinstance(form, str) and ("%I" in form) != ("%p" in form):
        raise InputError(
            f"[fields] {name}: format “{form}” dùng %I (12 giờ) thì phải có %p; giờ 24 là %H."
        )
    read = None
    if isinstance(form, str) and "%" in form:
        with suppress(pl.exceptions.PolarsError):
            sample = pl.Series([SAMPLE.strftime(form)])
            read = read_format(sample, form, ZoneInfo("UTC"))["at"][0]
    if read is None or read.date() != SAMPLE.date():
        raise InputError(
            f"[fields] {name}: format “{form}” phải có ngày, tháng, năm theo kiểu strptime, "
            "ví dụ “%d/%m/%Y %H:%M”."
        )
