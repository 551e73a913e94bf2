"""What the log tells of an error: where it was, and nothing of a person who was in hand."""

import io
import sys
from typing import Any

import pytest
import structlog

from tthc.log import write_logs

PERSON = "Nguyễn Thị Mơ"


def print_slip(person: str) -> None:
    raise ValueError(len(person))


@pytest.mark.parametrize("readable", [False, True])
def test_a_trace_holds_no_variables(monkeypatch: pytest.MonkeyPatch, *, readable: bool) -> None:
    class Stream(io.StringIO):
        def isatty(self) -> bool:
            return readable

    written = Stream()
    monkeypatch.setattr(sys, "stderr", written)
    before: Any = structlog.get_config()
    try:
        write_logs()
        try:
            print_slip(PERSON)
        except ValueError:
            structlog.get_logger().exception("request failed")
    finally:
        structlog.configure(**before)
    told = written.getvalue()
    assert "request failed" in told
    assert "print_slip" in told
    assert PERSON not in told
