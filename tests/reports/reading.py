"""What a reader of a PDF finds in it."""

import io
import re
from typing import Any

from pypdf import PdfReader


def read(pdf: bytes) -> PdfReader:
    return PdfReader(io.BytesIO(pdf))


def text_of(pdf: bytes) -> str:
    """All text of all pages in reading order; a space for every break of a line."""
    pages = [page.extract_text() for page in read(pdf).pages]
    return re.sub(r"\s+", " ", " ".join(pages).replace("\u200b", "")).strip()


def squeezed(text: str) -> str:
    """A text without spaces, for what may have been broken anywhere."""
    return re.sub(r"[\s\u200b]+", "", text)


def faces(pdf: bytes) -> set[str]:
    """The names of the embedded fonts; a font that is not embedded is told so."""
    found = set()
    for page in read(pdf).pages:
        resources: Any = page["/Resources"]
        fonts = resources.get_object()["/Font"]
        for font in fonts.values():
            (inner,) = font.get_object()["/DescendantFonts"]
            descriptor = inner.get_object()["/FontDescriptor"].get_object()
            embedded = any(key.startswith("/FontFile") for key in descriptor)
            found.add(descriptor["/FontName"] if embedded else "not embedded")
    return found
