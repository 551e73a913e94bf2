"""`tthc hours` as a person calls it, and what `tthc clock` then says."""

from pathlib import Path
from typing import Any

import pytest

from tests.cli.test_clock import _a_morning_in_march, answer, call, case
from tests.hours import LONGER, days, decision
from tests.law.lives import UNIT
from tthc.db.server import Server
from tthc.domain.errors import RuleError

__all__ = ["_a_morning_in_march", "case"]
SAID: dict[str, Any] = {"decided_on": "2026-02-20", "valid_from": "2026-03-01"}


def test_preview_then_apply(database: Server, tmp_path: Path, case: dict[str, str]) -> None:
    given = decision("gio-moi", **SAID, week=days(LONGER), reception=days(LONGER[:1], "sat"))
    file = tmp_path / "gio-moi.toml"
    file.write_text(given.text, encoding="utf-8")
    said = call(database, "hours", "show", UNIT).stdout
    assert "Không có giờ làm việc riêng" in said
    seen = answer(database, "hours", "preview", str(file))
    assert (seen["moved"], seen["later"], seen["items"][0]["case_code"]) == (
        1,
        1,
        case["case_code"],
    )
    said = call(database, "hours", "preview", str(file)).stdout
    assert "Xem trước, chưa ghi gì" in said
    assert "thứ Sáu: 07:30-11:30, 13:00-17:30." in said

    how = ("--decision", "7/QĐ-UBND", "--by", "Minh")
    assert call(database, "hours", "apply", str(file), "--by", "Minh").exit_code == 2
    said = call(database, "hours", "apply", str(file), *how).stdout
    assert "Hồ sơ thật: 1 hồ sơ đổi ngày hẹn trả, 1 lùi lại" in said.replace("\n", " ")
    said = " ".join(answer(database, "clock", case["case_code"])["sentences"])
    assert "theo giờ làm việc của Phường Ba Đình" in said
    assert "17:30" in said
    said = call(database, "hours", "show", UNIT).stdout
    assert "Tiếp nhận, không tính thời hạn thứ Bảy: 07:30-11:30." in said
    assert "7/QĐ-UBND, Minh áp dụng" in said
    with pytest.raises(RuleError, match="đã được áp dụng"):
        call(database, "hours", "apply", str(file), *how)
    assert answer(database, "verify")["ok"]
