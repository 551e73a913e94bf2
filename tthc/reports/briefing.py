"""The prepared briefing as paper: DOCX to go on writing with, PDF/A to hand in."""

from collections.abc import Mapping
from datetime import datetime
from io import BytesIO
from typing import Any

from docx import Document
from docx.document import Document as DocxDocument
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.shared import Mm, Pt
from docx.text.paragraph import Paragraph

from tthc.domain.calendar import VIETNAM
from tthc.reports.typesetting import typeset

FACE = "Times New Roman"
BODY, SMALL = Pt(13), Pt(8)
A4 = (Mm(210), Mm(297))
MARGINS = {"top": Mm(20), "bottom": Mm(18), "left": Mm(30), "right": Mm(18)}
STATE = "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"
MOTTO = "Độc lập - Tự do - Hạnh phúc"
CENTER, JUSTIFY = WD_ALIGN_PARAGRAPH.CENTER, WD_ALIGN_PARAGRAPH.JUSTIFY


def briefing_pdf(document: Mapping[str, Any]) -> bytes:
    """The briefing as PDF/A-2a."""
    return typeset("briefing", {"code": None, **document}, _made_at(document))


def briefing_docx(document: Mapping[str, Any]) -> bytes:
    """The same words and notes as DOCX; its notes stand at the end of the page."""
    made = Document()
    _set_up(made, _made_at(document))
    _head(made, document["head"])
    _line(made, document["title"].upper(), bold=True, size=Pt(14))
    _line(made, document["about"], italic=True)
    if document["watermark"]:
        _line(made, f"SỐ LIỆU {document['watermark']}", bold=True)
    for paragraph in document["paragraphs"]:
        written = _paragraph(made, JUSTIFY)
        written.paragraph_format.first_line_indent = Mm(10)
        for run in paragraph:
            written.add_run(run["text"])
            if run["note"] is not None:
                written.add_run(str(run["note"])).font.superscript = True
    _line(made, "THỦ TRƯỞNG ĐƠN VỊ", bold=True, indent=Mm(90))
    _line(made, "(Ký, ghi rõ họ tên)", italic=True, indent=Mm(90))
    for note in document["notes"]:
        written = _paragraph(made, space=Pt(0))
        written.add_run(str(note["number"])).font.superscript = True
        written.add_run(f" {note['meaning']}. Mã băm {note['digest']}.")
        for run in written.runs:
            run.font.size = SMALL
    last = _paragraph(made, space=Pt(0))
    last.add_run(f"Mã băm toàn báo cáo (SHA-256): {document['digest']}").font.size = SMALL
    bytes_of = BytesIO()
    made.save(bytes_of)
    return bytes_of.getvalue()


def _set_up(made: DocxDocument, made_at: datetime) -> None:
    section = made.sections[0]
    section.page_width, section.page_height = A4
    for side, margin in MARGINS.items():
        setattr(section, f"{side}_margin", margin)
    normal = made.styles["Normal"]
    normal.font.name, normal.font.size = FACE, BODY
    at = made_at.astimezone(VIETNAM).replace(tzinfo=None)
    made.core_properties.created = made.core_properties.modified = at
    made.core_properties.author = made.core_properties.comments = ""


def _head(made: DocxDocument, head: Mapping[str, Any]) -> None:
    """The authority at the left, the national title at the right."""
    left, right = made.add_table(rows=1, cols=2).rows[0].cells
    above = f"{head['above'].upper()}\n" if head["above"] else ""
    for cell, lines in (
        (left, ((above, False), (head["name"].upper(), True))),
        (right, ((f"{STATE}\n{MOTTO}\n", True), (f"{head['place']}, {head['date']}", False))),
    ):
        written = cell.paragraphs[0]
        written.alignment = CENTER
        for text, bold in lines:
            run = written.add_run(text)
            run.bold, run.font.size = bold, Pt(11.5)


def _paragraph(
    made: DocxDocument, align: WD_ALIGN_PARAGRAPH | None = None, space: Pt | None = None
) -> Paragraph:
    written = made.add_paragraph()
    if align is not None:
        written.alignment = align
    written.paragraph_format.space_after = Pt(5) if space is None else space
    return written


def _line(
    made: DocxDocument,
    text: str,
    *,
    bold: bool = False,
    italic: bool = False,
    size: Pt = BODY,
    indent: Mm | None = None,
) -> None:
    written = _paragraph(made, CENTER)
    written.paragraph_format.left_indent = indent
    run = written.add_run(text)
    run.bold, run.italic, run.font.size = bold, italic, size


def _made_at(document: Mapping[str, Any]) -> datetime:
    return datetime.fromisoformat(document["made_at"])
