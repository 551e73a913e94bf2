"""Biên bản xác nhận số liệu as paper."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from tthc.reports.typesetting import picture, typeset

TEMPLATE = "record"


def print_record(document: Mapping[str, Any]) -> bytes:
    """The record of a publication as PDF/A-2a."""
    return typeset(TEMPLATE, document, datetime.fromisoformat(document["made_at"]))


def picture_record(document: Mapping[str, Any], *, ppi: float = 96) -> list[bytes]:
    """Its pages as PNG."""
    return picture(TEMPLATE, document, ppi=ppi)
