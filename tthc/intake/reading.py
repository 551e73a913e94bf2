"""Rows of a file, read as ledger fields: typed values, and every reason why a row cannot be."""

import json
from collections.abc import Mapping
from zoneinfo import ZoneInfo

import polars as pl

from tthc.intake.cells import cells_of, shown
from tthc.intake.fields import FIELDS
from tthc.intake.profile import Profile, Source
from tthc.intake.table import Row, Table

# a date without a time of day, as a workbook gives it
EXCEL_DAY = r"^(\d{4}-\d{2}-\d{2}) 00:00:00$"

Problems = dict[int, list[str]]


def raw_name(at: int) -> str:
    """The name under which a frame of rows keeps the source's own column."""
    return f"raw:{at}"


def read_rows(batch: list[Row], table: Table, profile: Profile) -> pl.DataFrame:
    """A batch as a frame: `line`, a column per ledger field, `facts` (a hash of the cells that
    the profile reads), `blank:NAME` per required field, `reasons` (null: none), the source's
    cells, `ragged` (as JSON).
    """
    width = len(table.columns)
    problems: Problems = {}
    ragged: list[str | None] = [None] * len(batch)
    for row, (_, cells) in enumerate(batch):
        if len(cells) != width:
            if len(cells) < width or any(cells[width:]):
                problems[row] = [
                    f"Dòng có {len(cells)} ô mà tiêu đề có {width} cột: hãy sửa dấu phân cách"
                ]
                ragged[row] = json.dumps(cells, ensure_ascii=False)
            batch[row] = batch[row][0], [*cells[:width], *([""] * (width - len(cells)))]
    raw = pl.DataFrame(
        [
            pl.Series(raw_name(at), cells, dtype=pl.String)
            for at, cells in enumerate(zip(*(cells for _, cells in batch), strict=True))
        ]
    )
    texts = {column: tidy(raw[raw_name(table.columns.index(column))]) for column in profile.columns}
    fields = [
        _read(name, source, texts, profile.timezone, len(batch), problems, workbook=table.workbook)
        for name, source in profile.sources.items()
    ]
    reasons = pl.Series(
        "reasons", [problems.get(row) for row in range(len(batch))], dtype=pl.List(pl.String)
    )
    return pl.DataFrame(
        [
            pl.Series("line", [line for line, _ in batch], dtype=pl.Int64),
            *(column for frame in fields for column in frame.get_columns()),
            _facts(texts, len(batch)),
            *(
                _blank(name, source, texts, len(batch))
                for name, source in profile.sources.items()
                if FIELDS[name].required
            ),
            reasons,
            *raw.get_columns(),
            pl.Series("ragged", ragged, dtype=pl.String),
        ]
    )


def tidy(cells: pl.Series) -> pl.Series:
    """Cells as they are read: composed Unicode, no blanks around; nothing left is null."""
    stripped = cells.str.normalize("NFC").str.strip_chars()
    return stripped.set(stripped == "", None)


def _blank(name: str, source: Source, texts: Mapping[str, pl.Series], count: int) -> pl.Series:
    """Where a required field is left blank, as opposed to filled wrongly."""
    blank = (
        pl.repeat(value=False, n=count, dtype=pl.Boolean, eager=True)
        if source.column is None
        else texts[source.column].is_null()
    )
    return blank.alias(f"blank:{name}")


def _facts(texts: Mapping[str, pl.Series], count: int) -> pl.Series:
    if not texts:
        return pl.repeat(0, count, dtype=pl.UInt64, eager=True).alias("facts")
    named = [cells.alias(str(at)) for at, cells in enumerate(texts.values())]
    return pl.DataFrame(named).hash_rows().alias("facts")


def _read(
    name: str,
    source: Source,
    texts: Mapping[str, pl.Series],
    zone: ZoneInfo,
    count: int,
    problems: Problems,
    *,
    workbook: bool,
) -> pl.DataFrame:
    if source.column is None:
        value, _ = cells_of(name, [source.const], None, zone)
        return value.select(pl.all().gather(pl.repeat(0, count, dtype=pl.UInt32)))
    cells, said = _mapped(name, source, texts[source.column])
    if workbook and FIELDS[name].kind in ("instant", "due"):
        cells = cells.str.replace(EXCEL_DAY, "$1")
    values, wrong = cells_of(name, cells, source.format, zone)
    if workbook and wrong and source.format is not None:  # a cell may be text or a true date
        dates, no_dates = cells_of(name, cells, None, zone)
        values = values.select(
            pl.coalesce(pl.col(column), dates[column]) for column in values.columns
        )
        wrong = {row: reason for row, reason in wrong.items() if row in no_dates}
    for row, reason in {**wrong, **said}.items():
        problems.setdefault(row, []).append(f"Cột {source.column}: {reason}")
    return values


def _mapped(name: str, source: Source, cells: pl.Series) -> tuple[pl.Series, dict[int, str]]:
    """The words that the profile's map gives; a blank cell says nothing unless mapped itself."""
    if source.values is None:
        return cells, {}
    words = cells.fill_null("")
    mapped = words.replace_strict(
        dict(source.values), default=source.unmapped, return_dtype=pl.String
    ).set(cells.is_null(), source.values.get(""))
    unknown = (
        ()
        if source.unmapped is not None
        else (cells.is_not_null() & ~words.is_in(list(source.values))).arg_true()
    )
    wanted = ", ".join(source.values)
    return mapped.set(mapped == "", None), {
        row: f"{shown(cells[row])} không có trong map của {FIELDS[name].label} ({wanted}): "
        "sửa ô này hoặc thêm từ vào cấu hình nhập"
        for row in unknown
    }
