"""A province's commitment given as a share: the law's own term cut by N %."""

from collections.abc import Iterable
from decimal import Decimal, InvalidOperation

from tthc.intake.catalogue.sheet import RowProblems
from tthc.rules.published_terms import WHOLE, ReadTerm

PLACES = Decimal("0.01")  # what the ledger keeps of an amount
UNIT_LABELS = {
    "working_day": "ngày làm việc",
    "calendar_day": "ngày",
    "working_hour": "giờ làm việc",
    "month": "tháng",
    "none": "không quy định",
}


def read_cut(problems: RowProblems, said: str) -> Decimal | None:
    """A percentage above 0 and below 100; blank is None."""
    if not said:
        return None
    try:
        cut = Decimal(said.removesuffix("%").strip().replace(",", "."))
    except InvalidOperation:
        cut = Decimal(0)
    if not (cut.is_finite() and 0 < cut < 100):  # noqa: PLR2004  # a percentage
        problems.add(f"cột cut_percent: “{said}” phải là số phần trăm lớn hơn 0, nhỏ hơn 100")
        return None
    return cut


def shorten(amount: Decimal | None, unit: str | None, cut: Decimal) -> ReadTerm:
    """The law's term less N %, exactly: nothing is rounded."""
    if amount is None or unit is None:
        return ReadTerm(
            None, None, f"Cắt giảm {plain(cut)} % của một thời hạn luật định chưa xác nhận."
        )
    left = amount * (100 - cut) / 100
    if left != left.quantize(PLACES) or (unit in WHOLE and left % 1):
        return ReadTerm(
            None,
            None,
            f"Cắt giảm {plain(cut)} % của {plain(amount)} {UNIT_LABELS[unit]} không ra số chẵn: "
            "hãy ghi rõ thời hạn.",
        )
    return ReadTerm(left, unit, None)


def longer_than(
    amount: Decimal, unit: str, law: Iterable[tuple[Decimal | None, str | None]]
) -> Decimal | None:
    """The law's term, in the same unit, that a commitment would exceed."""
    return next(
        (most for most, its_unit in law if its_unit == unit and most is not None and amount > most),
        None,
    )


def plain(number: Decimal) -> str:
    """A number without trailing zeros, with the comma of Vietnamese."""
    text = f"{number:f}"
    return (text.rstrip("0").rstrip(".") if "." in text else text).replace(".", ",")
