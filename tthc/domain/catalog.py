"""The catalogue at a date: units, procedures and their published terms.

Each row is a version with a validity; an unknown start or end is None and sets no limit.
"""

from collections.abc import Iterable
from datetime import date, time
from decimal import Decimal
from typing import NamedTuple


class Unit(NamedTuple):
    """An agency while it was valid; `root_id` is its own id where nothing stands above it."""

    id: int
    code: str
    name: str
    kind: str
    level: str
    parent_id: int | None
    root_id: int
    valid_from: date | None
    valid_to: date | None


class Procedure(NamedTuple):
    """A procedure (TTHC); the level `other` is an agency outside the three levels."""

    id: int
    code: str
    name: str
    sector: str
    levels: list[str]
    decision: str | None
    imported: bool
    valid_from: date | None
    valid_to: date | None


class PublishedTerm(NamedTuple):
    """A term as published; where it is not confirmed, `problem` says why and nothing is due.

    `case_kind`, `level` and `channel` are None where the term holds for all of them;
    `committed_by` is the code of the unit that committed to it, for its whole subtree.
    """

    id: int
    procedure_code: str
    basis: str
    case_kind: str | None
    level: str | None
    channel: str | None
    committed_by: str | None
    amount: Decimal | None
    unit: str | None
    cutoff: time | None
    published: str
    confirmed: bool
    problem: str | None
    valid_from: date | None
    valid_to: date | None
    source_id: str


class TermsInForce(NamedTuple):
    """What a receipt promises by, and the law's own term beside it.

    `promised` is the commitment where there is one, else the statutory term; `problem` is a
    sentence for the clerk when either is missing or cannot be read.
    """

    promised: PublishedTerm | None
    statutory: PublishedTerm | None
    problem: str | None


def in_force(valid_from: date | None, valid_to: date | None, on: date) -> bool:
    """Whether a version holds on a date: its first day counts, its end does not."""
    return (valid_from is None or valid_from <= on) and (valid_to is None or on < valid_to)


def choose_terms(
    terms: Iterable[PublishedTerm],
    *,
    level: str | None,
    channel: str,
    case_kind: str | None,
    on: date,
    committed_by: str | None = None,
) -> TermsInForce:
    """The terms of one procedure that hold for a case received on a date.

    The narrowest published term decides (case kind before level before channel), even where it
    is unconfirmed: a wider one is never guessed in its place.
    """
    current = [term for term in terms if in_force(term.valid_from, term.valid_to, on)]
    fitting = [
        term
        for term in current
        if term.case_kind in (None, case_kind)
        and term.level in (None, level)
        and term.channel in (None, channel)
    ]
    statutory = max((t for t in fitting if t.basis == "statutory"), key=_narrowness, default=None)
    committed = max(
        (t for t in fitting if t.basis == "committed" and t.committed_by == committed_by),
        key=_narrowness,
        default=None,
    )
    problem = None
    if statutory is None and committed is None:
        problem = _why_none(current, case_kind, channel)
    for term in (statutory, committed):
        if term is not None and not term.confirmed:
            problem = f"{term.problem} Chưa xác nhận nên không dùng để hẹn ngày trả."
    law = statutory if statutory is not None and statutory.confirmed else None
    promised = committed if committed is not None and committed.confirmed else law
    if law is not None and promised is not None and _longer(promised, law):
        promised = law  # the law was shortened since: no commitment may exceed it
    return TermsInForce(promised, law, problem)


def _longer(one: PublishedTerm, other: PublishedTerm) -> bool:
    return (
        one.unit == other.unit
        and one.amount is not None
        and other.amount is not None
        and one.amount > other.amount
    )


def _narrowness(term: PublishedTerm) -> tuple[bool, bool, bool, date]:
    return (
        term.case_kind is not None,
        term.level is not None,
        term.channel is not None,
        term.valid_from or date.min,
    )


def _why_none(current: list[PublishedTerm], case_kind: str | None, channel: str) -> str:
    kinds = sorted({term.case_kind for term in current if term.case_kind})
    if kinds and case_kind not in kinds:
        return f"Hãy chọn trường hợp giải quyết của thủ tục: {', '.join(kinds)}."
    if current:
        return f"Thời hạn đã công bố không có cho cấp và hình thức nộp này ({channel})."
    return "Chưa có thời hạn giải quyết nào được công bố tại ngày này."
