"""Workbooks that were made to harm, sent as another system's report: refused in words, quickly, and
nothing of them is in the log.

A file that unpacks to far more, a cell at the end of the sheet, entities that multiply or read
files, a name that leads elsewhere, a refused row with a person in it.
"""

import io
import sys
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import structlog
import xlsxwriter

from tests.people import signed_in
from tests.site import living_app
from tthc.db.server import Server
from tthc.log import write_logs

CALL = "/api/v1/foreign-reports"
LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 50}">' for n in range(1, 9))
OWN = Path(__file__).as_uri()  # a file that is surely there to be read
DOCTYPE = f'<!DOCTYPE x [<!ENTITY l0 "ha">{LAUGHS}<!ENTITY own SYSTEM "{OWN}">]>'
PERSON = ("Nguyễn Thị Mơ", "0912345678")


def book(**changes: tuple[str, str]) -> bytes:
    """A small report; in its parts, old text is new."""
    whole = io.BytesIO()
    with xlsxwriter.Workbook(whole) as made:
        tab = made.add_worksheet()
        tab.write_row(0, 0, ["Đơn vị", "Đã giải quyết", "", "Đang giải quyết", ""])
        leaves = ["Tổng", "Trễ hạn có thư xin lỗi"] * 2
        tab.write_row(1, 0, ["", *leaves])
        tab.write_row(2, 0, ["UBND xã Một", 3, 1, 2, 0])
    bent = io.BytesIO()
    with zipfile.ZipFile(whole) as source, zipfile.ZipFile(bent, "w", zipfile.ZIP_DEFLATED) as new:
        for name in source.namelist():
            content = source.read(name).decode()
            for part, (old, text) in changes.items():
                if part in name.lower():
                    assert old in content, name
                    content = content.replace(old, text, 1)
            new.writestr(name, content)
    return bent.getvalue()


def hostile() -> dict[str, tuple[bytes, str]]:
    """Books, and what each is refused for; the last is none to refuse."""
    return {
        "it unpacks to far more": (book(sheet1=("<sheetData>", "<x>" * 20_000_000)), "giải nén"),
        "a cell at the end": (book(sheet1=('r="A3"', 'r="XFD1048576"')), "ở rất xa"),
        "a row at the end": (book(sheet1=('<row r="3"', '<row r="1048576"')), "ở rất xa"),
        "in single quotes": (book(sheet1=('r="E3"', "r='ZZ3'")), "ở rất xa"),
        "a person where a unit belongs": (
            book(sharedstrings=("UBND xã Một", PERSON[0])),
            "",
        ),
    }


async def send(client: httpx.AsyncClient, content: bytes, name: str = "a.xlsx") -> httpx.Response:
    files = {"file": (name, content)}
    return await client.post(CALL, data={"period": "month:2026-03"}, files=files)


@pytest.fixture
def log(monkeypatch: pytest.MonkeyPatch) -> Iterator[io.StringIO]:
    written = io.StringIO()
    monkeypatch.setattr(sys, "stderr", written)
    before: Any = structlog.get_config()
    write_logs()
    yield written
    structlog.configure(**before)


async def test_hostile_books_are_refused(database: Server, log: io.StringIO) -> None:
    async with (
        living_app(database) as app,
        signed_in(app, role="leader") as leader,
    ):
        assert (await send(leader, book())).status_code == 200
        for name, (content, words) in hostile().items():
            began = time.monotonic()
            answer = await send(leader, content, f"../../{PERSON[0]} {PERSON[1]}=cmd.xlsx")
            assert time.monotonic() - began < 10, name
            assert answer.status_code == (400 if words else 200), (name, answer.text)
            assert words in answer.text, (name, answer.text)
            assert "../" not in answer.text
        for entity in ("&l8;", "&own;"):
            content = book(sharedstrings=("UBND xã Một", f"UBND xã {entity}"))
            content = _with_doctype(content)
            began = time.monotonic()
            answer = await send(leader, content)
            assert time.monotonic() - began < 10, entity
            assert answer.status_code < 500, answer.text
            assert len(answer.text) < 10_000
            assert "made to harm" not in answer.text
            assert "haha" not in answer.text
    for personal in (*PERSON, "=cmd"):
        assert personal not in log.getvalue(), personal
    assert log.getvalue().count('"event": "request"') > 5


def _with_doctype(content: bytes) -> bytes:
    bent = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as source,
        zipfile.ZipFile(bent, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for name in source.namelist():
            text = source.read(name).decode()
            new.writestr(name, text.replace("<sst", f"{DOCTYPE}<sst", 1))
    return bent.getvalue()
