"""Which rows of a batch can be entered, and every reason why the others cannot."""

from collections.abc import Mapping
from typing import Any

import polars as pl

from tthc.intake.acts import RESOLVED
from tthc.intake.cells import shown
from tthc.intake.fields import FIELDS, REQUIRED
from tthc.intake.places import Places, days_in_vietnam
from tthc.intake.profile import Profile

UNITS = ("receiving_unit", "competent_unit")
REASONS = pl.List(pl.String)


def check(frame: pl.DataFrame, places: Places, against: dict[int, str]) -> pl.DataFrame:
    """Merged rows (`with_known`) with their codes resolved and all their `reasons` (null: none).

    `against` are the lines that contradict others of the file.
    """
    profile = places.profile
    problems = {
        row: list(reasons)
        for row, reasons in enumerate(frame["reasons"].to_list())
        if reasons is not None
    }

    def reject(rows: pl.Series, reason: str) -> None:
        for row in rows.arg_true():
            problems.setdefault(row, []).append(reason)

    if against:
        for row, line in enumerate(frame["line"].to_list()):
            if line in against:
                problems.setdefault(row, []).append(against[line])
    is_known = frame["known:id"].is_not_null()
    for name in REQUIRED:
        unsaid = frame[f"blank:{name}"] & frame[name].is_null()
        reject(
            unsaid & (~is_known if name != "case_code" else True),
            f"{_column(profile, name)} bỏ trống: điền {FIELDS[name].label}",
        )
    reject(
        (frame["known:simulated"] != places.simulated).fill_null(value=False),
        "Mã hồ sơ đã có ở sổ "
        + ("thật" if places.simulated else "mô phỏng")
        + ": không nhập lẫn hai sổ, hãy kiểm tra lại tệp",
    )
    resultless = pl.col("resolved_at").is_null() & pl.col("returned_at").is_null()
    reject(
        frame.select((pl.col("state") >= RESOLVED).fill_null(value=False) & resultless).to_series(),
        f"{_column(profile, 'state')} là đã xử lý xong hoặc đã trả kết quả nhưng không có ngày xử "
        "lý xong, ngày trả kết quả: điền một trong hai",
    )
    good = pl.Series([row not in problems for row in range(len(frame))], dtype=pl.Boolean)
    placed, dated = _placed(frame, places, good), frame["received_at"].is_not_null()
    for name, (_, found) in placed.items():
        lost = found["code"].is_not_null() & found["id"].is_null() & dated
        for row in lost.arg_true():
            why = _unknown(profile, name, found.row(row, named=True))
            problems.setdefault(row, []).append(why)
    return frame.with_columns(
        *(
            pl.coalesce(found["id"].cast(pl.Int32).alias(column), f"known:{column}")
            for column, found in placed.values()
        ),
        unit_level=placed["competent_unit"][1]["level"],
        receiving_level=placed["receiving_unit"][1]["level"],
        reasons=pl.Series([problems.get(row) for row in range(len(frame))], dtype=REASONS),
    ).with_columns(
        competent_unit_id=pl.coalesce("competent_unit_id", "receiving_unit_id"),
        level=pl.coalesce("level", "unit_level", "receiving_level"),
    )


def _placed(
    frame: pl.DataFrame, places: Places, good: pl.Series
) -> dict[str, tuple[str, pl.DataFrame]]:
    """What the codes mean: field → column of the case's row, and its look-up.

    Nothing is created for a row that is rejected anyway.
    """
    days = days_in_vietnam(frame["received_at"])
    profile = places.profile

    def codes(name: str, *, creating: bool) -> pl.Series:
        return frame[name].set(~good, None) if creating else frame[name]

    units = {
        name: (f"{name}_id", places.units(codes(name, creating=profile.create_units), days))
        for name in UNITS
    }
    procedures = places.procedures(
        codes("procedure_code", creating=profile.create_procedures),
        days,
        frame["procedure_name"],
        frame["sector"],
    )
    return {**units, "procedure_code": ("procedure_id", procedures)}


def _unknown(profile: Profile, name: str, found: Mapping[str, Any]) -> str:
    what = f"{_column(profile, name)}: {FIELDS[name].label} {shown(found['code'])}"
    if not found["other_days"]:
        return f"{what} không có trong danh mục: sửa mã, hoặc bổ sung danh mục rồi nhập lại"
    day = found["day"]
    on = f"ngày {day:%d/%m/%Y}" if day else "vào ngày đã nêu sau @"
    return f"{what} không có hiệu lực {on}: sửa mã, hoặc bổ sung danh mục rồi nhập lại"


def _column(profile: Profile, name: str) -> str:
    source = profile.sources.get(name)
    return f"Cột {source.column}" if source and source.column else f"Trường {name}"
