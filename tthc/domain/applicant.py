"""Whose case it is (chủ hồ sơ), and how much of a person a reader is shown.

Only what the receipt (form 01) prints is kept, and only where it was said. Everything but the
reading of the one case shows it masked (Law 91/2025).
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Literal

from tthc.domain.errors import InputError

Kind = Literal["citizen", "organisation"]
KINDS = {"citizen": "Cá nhân", "organisation": "Tổ chức"}
HIDDEN = "***"
SHOWN_DIGITS = 3  # at the end of a number


@dataclass(frozen=True, slots=True)
class Applicant:
    """A person or organisation and, if there is one, the person authorised: two people.

    `identity_number` is of the identity card or of the business; `content` is what is applied
    for, in the applicant's own words.
    """

    name: str | None = None
    kind: str | None = None
    identity_number: str | None = None
    address: str | None = None
    phone: str | None = None
    email: str | None = None
    content: str | None = None
    authorised_name: str | None = None
    authorised_identity_number: str | None = None

    def __post_init__(self) -> None:
        """Raises InputError for a kind that does not exist."""
        if self.kind is not None and self.kind not in KINDS:
            raise InputError(
                f"Loại đối tượng “{self.kind}” không có: hãy chọn trong {', '.join(KINDS)}."
            )

    def said(self) -> dict[str, str]:
        """What is known, without what is blank."""
        kept = ((name, (getattr(self, name) or "").strip()) for name in FIELDS)
        return {name: value for name, value in kept if value}


LOOKED_UP_BY = {"phone", "identity_number"}  # what a citizen proves a case theirs with
FIELDS = tuple(one.name for one in fields(Applicant))


def read_applicant(values: Mapping[str, str | None]) -> Applicant:
    """An applicant from columns of its row."""
    return Applicant(**{name: values[name] for name in FIELDS if values.get(name)})


def mask(applicant: Applicant) -> Applicant:
    """The applicant as lists, exports and other people's readings show it."""
    hide = {
        "name": mask_name,
        "authorised_name": mask_name,
        "identity_number": mask_number,
        "authorised_identity_number": mask_number,
        "phone": mask_number,
        "email": mask_email,
        "address": _hide,
        "content": _hide,
    }
    shown = {name: hide[name](value) if name in hide else value
             for name, value in applicant.said().items()}  # fmt: skip
    return Applicant(**shown)


def mask_name(name: str) -> str:
    """Initials, after the family name of a person: Nguyễn T. M."""
    first, *rest = name.split()
    return " ".join([first if rest else f"{first[0]}.", *(f"{word[0]}." for word in rest)])


def mask_number(number: str) -> str:
    """The last three signs of a number that is longer than twice as many."""
    end = number[-SHOWN_DIGITS:] if len(number) > 2 * SHOWN_DIGITS else ""
    return HIDDEN + end


def mask_email(email: str) -> str:
    """The first sign and the provider: m***@example.org."""
    who, at, provider = email.partition("@")
    return f"{who[:1]}{HIDDEN}{at}{provider}" if at else HIDDEN


def _hide(_: str) -> str:
    return HIDDEN
