"""Sets forms as PDF/A: templates of ours, facts as data, one face and nothing from outside.

A document reaches its template as data, never as markup, so no name can be read as a command.
"""

import json
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from io import BytesIO
from pathlib import Path
from threading import Lock
from typing import Any

import segno
import typst

from tthc.reports.characters import FACE, FONTS, printable

TEMPLATES = Path(__file__).parent / "templates"
STANDARD = "a-2a"


class TypesettingError(RuntimeError):
    """A template of ours is wrong, or a font is missing: never the fault of what is printed."""


def typeset(template: str, document: Mapping[str, Any], made_at: datetime) -> bytes:
    """A form as PDF/A-2a; its `code`, where it has one, also as a QR code. The same document
    made at the same instant gives the same bytes.
    """
    return b"".join(
        _compile(template, document, format="pdf", timestamp=made_at.replace(microsecond=0))
    )


def picture(template: str, document: Mapping[str, Any], *, ppi: float = 96) -> list[bytes]:
    """The pages of a form as PNG."""
    return _compile(template, document, format="png", ppi=ppi)


def qr_code(text: str) -> str:
    """A QR code as SVG, of the medium level of correction."""
    written = BytesIO()
    segno.make(text, error="m", micro=False).save(written, kind="svg", border=0, xmldecl=False)
    return written.getvalue().decode()


def _compile(template: str, document: Mapping[str, Any], **options: Any) -> list[bytes]:  # noqa: ANN401  # what typst is told
    if options["format"] == "pdf":
        options["pdf_standards"] = STANDARD
    told = printable(document)
    if document.get("code"):
        told["qr"] = qr_code(document["code"])
    inputs = {"face": FACE, "document": json.dumps(told, ensure_ascii=False)}
    compiler, free = _setter(template)
    with free:
        try:
            made, warnings = compiler.compile_with_warnings(sys_inputs=inputs, **options)
        except typst.TypstError as error:
            raise TypesettingError(f"{template}: {error}") from error
    if warnings:
        raise TypesettingError(f"{template}: {'; '.join(map(str, warnings))}")
    assert made is not None  # nothing is written to a file
    return made if isinstance(made, list) else [made]


@cache
def _setter(template: str) -> tuple[typst.Compiler, Lock]:
    """A template's compiler, kept warm. It sets one form at a time; a register holds up no slip."""
    compiler = typst.Compiler(
        str(TEMPLATES / f"{template}.typ"),
        root=str(TEMPLATES),
        font_paths=[str(FONTS)],
        ignore_system_fonts=True,
    )
    return compiler, Lock()
