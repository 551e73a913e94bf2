"""The briefing says what the ledger counts, and each number says what it is and where it opens."""

import io
from pathlib import Path
from typing import Any

import httpx
from docx import Document
from pypdf import PdfReader

from tests.reports.reading import text_of
from tests.web.test_api import run_command
from tests.worlds import AS_OF
from tthc.db.server import Server

CUT = {"as_of": AS_OF.isoformat(), "known_at": AS_OF.isoformat(), "period": "month:2026-03"}


async def unit_of(site: httpx.AsyncClient) -> str:
    rows = (await site.get("/api/v1/partition", params={"by": "unit"} | CUT)).json()["rows"]
    return str(rows[0]["unit"])


def said(document: dict[str, Any]) -> str:
    return " ".join("".join(run["text"] for run in each) for each in document["paragraphs"])


async def test_every_number_is_what_its_list_counts(site: httpx.AsyncClient) -> None:
    asked = CUT | {"unit": await unit_of(site)}
    answer = await site.get("/api/v1/briefing", params=asked)
    assert answer.status_code == 200, answer.text
    document = answer.json()
    assert len(document["notes"]) > 8
    for note in document["notes"]:
        listed = (await site.get(note["cases_url"])).json()
        assert listed["total"] == note["count"], note
        assert note["meaning"]
        assert len(note["digest"]) == 12
    numbers = {run["note"] for each in document["paragraphs"] for run in each if run["note"]}
    assert numbers == {note["number"] for note in document["notes"]}
    report = await site.get("/api/v1/reports/ii-06a", params=asked)
    total = report.json()["total"]
    words = said(document)
    for key in ("resolved", "open", "overdue", "late"):
        assert str(total[key]["count"]) in words


async def test_paper_and_text_hold_the_same_words_on_one_page(site: httpx.AsyncClient) -> None:
    asked = CUT | {"unit": await unit_of(site)}
    document = (await site.get("/api/v1/briefing", params=asked)).json()
    pdf = (await site.get("/api/v1/briefing", params=asked | {"format": "pdf"})).content
    assert len(PdfReader(io.BytesIO(pdf)).pages) == 1
    docx = (await site.get("/api/v1/briefing", params=asked | {"format": "docx"})).content
    written = Document(io.BytesIO(docx))
    paragraphs = {"".join(each.text.split()) for each in written.paragraphs}
    paper = "".join(text_of(pdf).split())
    for paragraph in document["paragraphs"]:
        noted = "".join(run["text"] + str(run["note"] or "") for run in paragraph)
        assert "".join(noted.split()) in paragraphs
    assert document["digest"] in paper
    assert document["digest"] in "".join(paragraphs)


async def test_the_command_writes_the_same(
    site: httpx.AsyncClient, worlds: Server, tmp_path: Path
) -> None:
    unit = await unit_of(site)
    document = (await site.get("/api/v1/briefing", params=CUT | {"unit": unit})).json()
    arguments = [f"--{key.replace('_', '-')}={value}" for key, value in CUT.items()]
    out = tmp_path / "giao-ban.docx"
    told = await run_command(worlds, "briefing", *arguments, f"--unit={unit}", f"--out={out}")
    assert told["digest"] == document["digest"]
    assert said(told) == said(document)
    assert out.read_bytes()[:2] == b"PK"
