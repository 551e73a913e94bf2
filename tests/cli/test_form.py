"""`tthc form` and `tthc form-paper` as a person calls them."""

from pathlib import Path
from typing import Any

import pytest

from tests.cli.test_clock import _a_morning_in_march, answer, call, case
from tests.law.lives import UNIT
from tests.reports.reading import read, text_of
from tthc.db.server import Server
from tthc.domain.errors import TthcError

__all__ = ["_a_morning_in_march", "case"]


def test_a_slip_on_the_paper_that_the_unit_chose(
    database: Server, case: dict[str, Any], tmp_path: Path
) -> None:
    out = tmp_path / "slip.pdf"
    told = answer(database, "form", case["case_code"], "01", "--out", str(out))
    assert told == {
        "case_code": case["case_code"],
        "form": "01",
        "title": "Giấy tiếp nhận hồ sơ và hẹn trả kết quả",
        "paper": "a5",
        "file": str(out),
        "bytes": out.stat().st_size,
    }
    assert "17:00 thứ Hai, ngày 13/04/2026" in text_of(out.read_bytes())
    chosen = call(database, "form-paper", UNIT, "01", "a4")
    assert "in khổ A4" in chosen.output
    call(database, "form", case["case_code"], "01", "--out", str(out))
    assert round(read(out.read_bytes()).pages[0].mediabox.width) == 595
    again = answer(database, "form-paper", UNIT, "01", "a5")
    assert (again["unit"], again["paper"]) == (UNIT, "a5")


def test_refusals_are_sentences_and_no_file(
    database: Server, case: dict[str, Any], tmp_path: Path
) -> None:
    out, code = tmp_path / "x.pdf", case["case_code"]
    for arguments, sentence in (
        (("form", code, "04"), "hãy soạn văn bản xin lỗi"),
        (("form", code, "07"), "không phải mẫu của một hồ sơ"),
        (("form", code, "99"), "Không có mẫu “99”"),
        (("form", "không-có", "01"), "Không có hồ sơ"),
        (("form-paper", UNIT, "04", "a5"), "luôn in khổ A4"),
        (("form-paper", UNIT, "01", "a3"), "Không có khổ giấy “a3”"),
        (("form-paper", "9999999", "01", "a4"), "9999999"),
    ):
        with pytest.raises(TthcError, match=sentence):
            call(database, *arguments, *(["--out", str(out)] if arguments[0] == "form" else []))
        assert not out.exists()
