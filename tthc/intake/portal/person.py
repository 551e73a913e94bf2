"""Whose case a sender says it is: the portal's fields as those of our applicants."""

from collections.abc import Mapping, Sequence
from typing import Any

from tthc.domain.applicant import Applicant
from tthc.intake.portal.reading import text_of
from tthc.rules.portal import subject_kinds

FIELDS = {
    "name": "ChuHoSo",
    "identity_number": "MaDoiTuong",
    "email": "Email",
    "phone": "SoDienThoai",
    "content": "TrichYeuHoSo",
}


def read_person(told: Sequence[Mapping[str, Any]]) -> Applicant:
    """What the most advanced claim says, and the less advanced ones where it is silent.

    `told` in ascending order. A kind that nobody explains stays unknown.
    """
    found: dict[str, str] = {}
    for one in told:
        said = {name: text_of(one, field) for name, field in FIELDS.items()}
        kind = subject_kinds().get(text_of(one, "LoaiDoiTuong"))
        found |= {name: text for name, text in said.items() if text}
        found |= {"kind": kind} if kind else {}
    return Applicant(**found)
