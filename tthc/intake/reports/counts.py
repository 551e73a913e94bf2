"""Whole numbers as official sheets write them; what can be read two ways is asked, not guessed."""

import re
from decimal import Decimal

from tthc.domain.errors import AmbiguousCountError, InputError

BLANKS = str.maketrans("", "", " \t\N{NO-BREAK SPACE}\N{NARROW NO-BREAK SPACE}")
NOTHING = {"", "-", "–", "—", "…", "..."}
DOT, COMMA = ".", ","


def read_count(cell: str, thousands: str | None = None) -> int | None:
    """A count; None where the cell says nothing. `thousands` is the sign, dot or comma, that the
    reader says groups thousands.

    "1.234" and "1.234,0" are Vietnamese notation; "1,234" is 1234 or 1.234, so it raises
    AmbiguousCountError unless `thousands` says which; InputError for what is no whole number.
    """
    text = cell.strip().translate(BLANKS)
    if text in NOTHING:
        return None
    if re.fullmatch(r"\d+", text):
        return int(text)
    grouping = thousands or _grouping(cell, text)
    point = COMMA if grouping == DOT else DOT
    pattern = rf"(\d{{1,3}}(?:{re.escape(grouping)}\d{{3}})+|\d+)(?:{re.escape(point)}(\d+))?"
    found = re.fullmatch(pattern, text)
    if not found:
        raise InputError(f"“{cell}” không phải là một số: hãy sửa ô này trong tệp.")
    whole = Decimal(f"{found[1].replace(grouping, '')}.{found[2] or 0}")
    if whole != whole.to_integral_value():
        raise InputError(
            f"“{cell}” không phải là số nguyên nên không thể là số hồ sơ: hãy sửa ô này."
        )
    return int(whole)


def _grouping(cell: str, text: str) -> str:
    """The sign that groups thousands in this text, where only one can."""
    if re.fullmatch(r"\d{1,3},\d{3}", text) and not text.startswith("0"):
        raise AmbiguousCountError(
            f"“{cell}” là {text.replace(',', '')} hay {text.replace(',', '.')}? Hãy nêu dấu phân "
            "cách hàng nghìn của tệp (thousands): comma là dấu phẩy, dot là dấu chấm."
        )
    if re.fullmatch(r"\d{1,3}(,\d{3})+(\.\d+)?", text) and not text.startswith("0"):
        return COMMA
    return DOT
