"""Cells of one column, read as the ledger field that they fill."""

from collections.abc import Callable
from zoneinfo import ZoneInfo

import polars as pl

from tthc.intake.fields import FIELDS, LedgerField
from tthc.intake.instants import due_of, read_format, read_iso
from tthc.intake.ledger import MONEY

LONGEST = {"code": 120, "text": 1000}
FLAGS = {
    **dict.fromkeys(("true", "yes", "1", "có", "x"), True),
    **dict.fromkeys(("false", "no", "0", "không"), False),
}
SHOWN = 60
CONTROL = r"[\x00-\x1f\x7f]"
GROUPED = r"^[1-9][0-9]{0,2}(?:([.,])[0-9]{3})+$"
AMOUNT = r"^[0-9]{1,12}(\.[0-9]{1,2})?$"


def cells_of(
    name: str, cells: "pl.Series | list[str | None]", form: str | None, zone: ZoneInfo
) -> tuple[pl.DataFrame, dict[int, str]]:
    """The values of a field's cells (null: blank), and what is wrong with a cell, by position.

    The values have the one column `name`, and `overdue_at` beside `due_at`.
    """
    texts = pl.Series(name, cells, dtype=pl.String)
    field = FIELDS[name]
    if field.kind in ("instant", "due"):
        return _moments(name, texts, form, zone)
    read: Callable[[LedgerField, pl.Series], tuple[pl.Series, str]] = {
        "code": _code,
        "text": _text,
        "choice": _choice,
        "state": _state,
        "flag": _flag,
        "money": _money,
    }[field.kind]
    values, wanted = read(field, texts)
    wrong = texts.is_not_null() & values.is_null()
    problems = {row: _said(field, texts[row], wanted) for row in wrong.arg_true()}
    return values.alias(name).to_frame(), problems


def _said(field: LedgerField, text: str, wanted: str) -> str:
    """Why a cell is refused; free text may be a person's name and is not repeated."""
    what = "ô này" if field.kind == "text" else shown(text)
    return f"{what} không phải là {field.label} hợp lệ: {wanted}"


def shown(text: str) -> str:
    """A cell as a reason quotes it: not longer than a person reads."""
    text = text.replace("\n", " ")
    return f"“{text[:SHOWN]}…”" if len(text) > SHOWN else f"“{text}”"


def _code(field: LedgerField, texts: pl.Series) -> tuple[pl.Series, str]:
    del field
    longest = LONGEST["code"]
    kept = (texts.str.len_chars() <= longest) & ~texts.str.contains(CONTROL)
    return (
        _where(kept, texts),
        f"viết trên một dòng, không quá {longest} ký tự",
    )


def _text(field: LedgerField, texts: pl.Series) -> tuple[pl.Series, str]:
    del field
    longest = LONGEST["text"]
    return _where(texts.str.len_chars() <= longest, texts), f"không quá {longest} ký tự"


def _choice(field: LedgerField, texts: pl.Series) -> tuple[pl.Series, str]:
    words = texts.str.to_lowercase()
    wanted = ", ".join(field.choices)
    return (
        _where(words.is_in(list(field.choices)), words),
        f"dùng một trong {wanted}, hoặc khai map trong cấu hình nhập",
    )


def _state(field: LedgerField, texts: pl.Series) -> tuple[pl.Series, str]:
    del field
    numbers = _where(texts.str.contains(r"^[0-9]{1,2}$"), texts).cast(pl.Int16)
    return _where(numbers.is_between(1, 10), numbers), "dùng số từ 1 đến 10"


def _flag(field: LedgerField, texts: pl.Series) -> tuple[pl.Series, str]:
    del field
    flags = texts.str.to_lowercase().replace_strict(FLAGS, default=None, return_dtype=pl.Boolean)
    return flags, "dùng có hoặc không (true, false)"


def _money(field: LedgerField, texts: pl.Series) -> tuple[pl.Series, str]:
    del field
    bare = texts.str.replace(r"(?i)\s*(đồng|đ|vnđ|vnd)$", "").str.replace_all(" ", "")
    plain = (
        pl.when(pl.col("bare").str.contains(GROUPED))
        .then(pl.col("bare").str.replace_all(r"[.,]", ""))
        .when(pl.col("bare").str.contains(r"^[0-9]{1,3}(,[0-9]{3})+\.[0-9]{1,2}$"))
        .then(pl.col("bare").str.replace_all(",", ""))
        .when(pl.col("bare").str.contains(r"^[0-9]{1,3}(\.[0-9]{3})+,[0-9]{1,2}$"))
        .then(pl.col("bare").str.replace_all(r"\.", "").str.replace(",", "."))
        .otherwise(pl.col("bare").str.replace(r",([0-9]{1,2})$", ".$1"))
    )
    amounts = pl.DataFrame({"bare": bare}).select(plain.alias("amount"))["amount"]
    return (
        _where(amounts.str.contains(AMOUNT), amounts).cast(MONEY),
        "viết số tiền bằng chữ số, ví dụ 1.250.000",
    )


def _moments(
    name: str, texts: pl.Series, form: str | None, zone: ZoneInfo
) -> tuple[pl.DataFrame, dict[int, str]]:
    field = FIELDS[name]
    moments = read_iso(texts, zone) if form is None else read_format(texts, form, zone)
    problems = {}
    for row in (texts.is_not_null() & moments["at"].is_null()).arg_true():
        if moments["gap"][row]:
            why = f"giờ này không có ở múi giờ {zone.key} (đồng hồ chuyển qua giờ mùa hè)"
        elif form is None:
            why = "cần ngày có thật theo dạng 2026-03-05 hoặc 2026-03-05 14:30:00"
        else:
            why = f"cần ngày có thật theo dạng {form} như cấu hình nhập đã khai"
        problems[row] = _said(field, texts[row], why)
    if field.kind == "instant":
        return moments.select(pl.col("at").alias(name)), problems
    due = due_of(moments, zone).rename({"at": name})
    return (due if name == "due_at" else due.select(name)), problems


def _where(kept: pl.Series, values: pl.Series) -> pl.Series:
    return values.set(~kept.fill_null(value=False), None)
