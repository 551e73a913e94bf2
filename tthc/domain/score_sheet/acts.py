"""What people do to a score sheet: each act is kept for good and undoes none before it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from tthc.domain.errors import InputError


class Kind(StrEnum):
    """The acts; those on a leaf bring points or words, the others close a stage."""

    ENTERED = "entered"
    SELF_SCORED = "self_scored"
    SUBMITTED = "submitted"
    RETURNED = "returned"
    APPRAISED = "appraised"
    APPRAISAL_ENDED = "appraisal_ended"
    EXPLAINED = "explained"
    EXPLANATION_ENDED = "explanation_ended"
    APPROVED = "approved"
    APPROVAL_ENDED = "approval_ended"
    PUBLISHED = "published"
    RESTATED = "restated"


KIND_NAMES = {
    Kind.ENTERED: "Nhập kết quả",
    Kind.SELF_SCORED: "Tự chấm điểm",
    Kind.SUBMITTED: "Trình phiếu",
    Kind.RETURNED: "Trả lại để bổ sung, giải trình",
    Kind.APPRAISED: "Thẩm định",
    Kind.APPRAISAL_ENDED: "Kết thúc thẩm định",
    Kind.EXPLAINED: "Giải trình",
    Kind.EXPLANATION_ENDED: "Kết thúc giải trình",
    Kind.APPROVED: "Phê duyệt điểm",
    Kind.APPROVAL_ENDED: "Phê duyệt phiếu",
    Kind.PUBLISHED: "Công bố",
    Kind.RESTATED: "Điều chỉnh sau công bố",
}


class Proof(StrEnum):
    """Kinds of evidence: a published figure or score by its digest, a document by its number, a
    file by its SHA-256.
    """

    FIGURE = "figure"
    DOCUMENT = "document"
    FILE = "file"


PROOF_NAMES = {Proof.FIGURE: "số liệu", Proof.DOCUMENT: "văn bản", Proof.FILE: "tệp"}
HEX = frozenset("0123456789abcdef")
DIGEST = 64  # hexadecimal digits
LONGEST = 200  # characters of a document's number


@dataclass(frozen=True, slots=True)
class Evidence:
    """What proves points (tài liệu kiểm chứng). Raises InputError where it names nothing."""

    kind: Proof
    value: str

    def __post_init__(self) -> None:
        value = self.value.strip()
        if not value or len(value) > LONGEST:
            raise InputError("Tài liệu kiểm chứng phải có số, ký hiệu (nhiều nhất 200 ký tự).")
        if self.kind is not Proof.DOCUMENT and not (len(value) == DIGEST and set(value) <= HEX):
            raise InputError(
                f"Dấu của {PROOF_NAMES[self.kind]} kiểm chứng phải là 64 chữ số thập lục phân "
                "(SHA-256)."
            )

    def words(self) -> str:
        shown = self.value if self.kind is Proof.DOCUMENT else f"{self.value[:12]}…"
        return f"{PROOF_NAMES[self.kind]} {shown}"


@dataclass(frozen=True, slots=True)
class Act:
    """What is done. `reason` says why points depart, or is the explanation itself; `items` and
    `on` are what a checklist or a date of submission holds; `total` is a published sum.
    """

    kind: Kind
    leaf: str | None = None
    points: Decimal | None = None
    reason: str = ""
    evidence: Evidence | None = None
    items: tuple[str, ...] = ()
    on: date | None = None
    total: "Result | None" = None

    def told(self) -> dict[str, Any]:
        """What is kept of it beside its kind and leaf; numbers as text, so that none is rounded."""
        found: dict[str, Any] = {
            "points": None if self.points is None else str(self.points),
            "reason": self.reason,
            "evidence": [self.evidence.kind.value, self.evidence.value] if self.evidence else None,
            "items": list(self.items),
            "on": self.on.isoformat() if self.on else None,
            "total": self.total.told() if self.total else None,
        }
        return {name: value for name, value in found.items() if value not in (None, "", [])}


@dataclass(frozen=True, slots=True)
class Result:
    """A sheet's published sum: its points, its maximum, what it is called, the block in which it
    is ranked, points and maximum by area, the leaves that got nothing.
    """

    points: Decimal
    most: Decimal
    grade: str | None = None
    block: str | None = None
    areas: Mapping[str, tuple[Decimal, Decimal]] = field(default_factory=dict)
    at_zero: tuple[str, ...] = ()

    def told(self) -> dict[str, Any]:
        return {
            "points": str(self.points),
            "most": str(self.most),
            "grade": self.grade,
            "block": self.block,
            "areas": {code: [str(got), str(of)] for code, (got, of) in self.areas.items()},
            "at_zero": list(self.at_zero),
        }


def read_result(told: dict[str, Any]) -> Result:
    """A published sum as it was kept."""
    return Result(
        *(Decimal(told["points"]), Decimal(told["most"]), told["grade"], told["block"]),
        {code: (Decimal(got), Decimal(of)) for code, (got, of) in told["areas"].items()},
        tuple(told["at_zero"]),
    )


@dataclass(frozen=True, slots=True)
class Noted:
    """An act as it was kept: the number in its sheet, who did it, when."""

    seq: int
    act: Act
    actor: str
    at: datetime


def read_act(kind: str, leaf: str | None, told: dict[str, Any]) -> Act:
    """An act as it was kept."""
    evidence, total = told.get("evidence"), told.get("total")
    return Act(
        kind=Kind(kind),
        leaf=leaf,
        points=Decimal(told["points"]) if "points" in told else None,
        reason=told.get("reason", ""),
        evidence=Evidence(Proof(evidence[0]), evidence[1]) if evidence else None,
        items=tuple(told.get("items", ())),
        on=date.fromisoformat(told["on"]) if "on" in told else None,
        total=read_result(total) if total else None,
    )
