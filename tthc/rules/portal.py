"""Codes of the national portal's payloads that no text seen explains: unconfirmed data."""

from functools import cache

from tthc.domain.applicant import KINDS
from tthc.domain.errors import RulesFileError
from tthc.rules.files import RULES, read_toml


@cache
def subject_kinds() -> dict[str, str]:
    """LoaiDoiTuong → the kind of applicant. Raises RulesFileError."""
    found = dict(read_toml(RULES / "portal.toml")["subject_kinds"])
    if unknown := set(found.values()) - set(KINDS):
        raise RulesFileError(f"portal.toml: không có loại {', '.join(sorted(unknown))}.")
    return found
