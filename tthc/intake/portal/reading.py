"""One case of a message, read: the facts it claims apart from what it says of a person.

Dates are yyyyMMddHHmmss in Vietnam's time, or empty. What cannot be read is a fault, in words.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from tthc import clock

SYNC, PROGRESS = "DongBoHoSoMC", "CapNhatTienDoHoSoMC"
CHANNELS = {"1": "counter", "2": "online", "3": "post"}
STATES = {str(number): number for number in range(1, 11)}
ACCEPTED = frozenset({2, 4, 5, 6, 9, 10})
SUBMITTED, STARTED, SUPPLEMENT, CHARGED, RESOLVED, RETURNED = 1, 4, 5, 6, 9, 10
MOST = Decimal(10) ** 12  # đồng
EMPTY: tuple[object, ...] = (None, "", [], {})  # says nothing

# what tells of nobody; all else is kept with the applicant only, free text and fields of the
# sender's own too
FACTS = {
    SYNC: {
        *("MaHoSo", "MaTTHC", "TenTTHC", "MaLinhVuc", "TenLinhVuc", "KenhThucHien"),
        *("NgayTiepNhan", "NgayHenTra", "TrangThaiHoSo", "NgayKetThucXuLy", "NgayTra"),
        *("HinhThuc", "DonViXuLy"),
    },
    PROGRESS: {
        *("MaHoSo", "NguoiXuLy", "ChucDanh", "ThoiDiemXuLy", "PhongBanXuLy", "TrangThai"),
        *("NgayBatDau", "NgayKetThucTheoQuyDinh"),
    },
}
FACTS_WITHIN = {
    "DanhSachGiayToKetQua": {"MaKetQua", "DuongDanTepTinKetQua"},
    "DanhSachLePhi": {"TenPhiLePhi", "MaPhiLePhi", "HinhThucThu", "Gia", "LoaiPhiLePhi"},
    "DanhSachHoSoBoSung": {
        *("NgayBoSung", "NgayTiepNhanBoSung", "TrangThaiBoSung", "NgayHenTraTruoc"),
        "NgayHenTraMoi",
    },
}


class UnreadableError(ValueError):
    """A value that is not what its field holds; the text says so to the sender."""


@dataclass(frozen=True, slots=True)
class Supplement:
    """A request for papers; the due date after it, where it was answered."""

    asked_at: datetime
    answered_at: datetime | None
    due_after: datetime | None


@dataclass(frozen=True, slots=True)
class Claim:
    """What one message says of one case."""

    service: str
    digest: bytes
    state: int | None = None
    procedure: str = ""
    unit: str = ""
    channel: str | None = None
    received_at: datetime | None = None
    due_at: datetime | None = None
    resolved_at: datetime | None = None
    returned_at: datetime | None = None
    return_channel: str | None = None
    supplements: tuple[Supplement, ...] = ()
    results: tuple[str, ...] = ()
    fee: Decimal | None = None
    fee_channel: str | None = None
    officer: str | None = None
    at: datetime | None = None  # of a step
    department: str | None = None
    faults: tuple[str, ...] = field(default=())


def digest_of(service: str, item: Mapping[str, Any]) -> bytes:
    """What two messages share when one is a replay of the other."""
    text = json.dumps([service, item], sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode(errors="surrogatepass")).digest()


def split(service: str, item: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """The facts, and what is said of people."""
    facts: dict[str, Any] = {}
    personal: dict[str, Any] = {}
    for name, value in item.items():
        within = FACTS_WITHIN.get(name) if service == SYNC else None
        if within is not None and isinstance(value, list):
            facts[name] = [
                _picked(row, within, inside=True) for row in value if isinstance(row, dict)
            ]
            others = [
                _picked(row, within, inside=False) if isinstance(row, dict) else row
                for row in value
            ]
            if any(row not in EMPTY for row in others):
                personal[name] = others
        elif name in FACTS[service] and not isinstance(value, dict | list):
            facts[name] = value
        elif value not in EMPTY:
            personal[name] = value
    return facts, personal


def read_claim(service: str, digest: bytes, facts: Mapping[str, Any]) -> Claim:
    """The claim in a message's facts, with every fault that keeps it from being placed."""
    faults: list[str] = []

    def instant(name: str, row: Mapping[str, Any] = facts) -> datetime | None:
        try:
            return read_instant(name, text_of(row, name))
        except UnreadableError as error:
            faults.append(str(error))
            return None

    state_field = "TrangThaiHoSo" if service == SYNC else "TrangThai"
    said = text_of(facts, state_field)
    state = STATES.get(said)
    if state is None:
        faults.append(f"{state_field} “{said}” không phải là một trong mười trạng thái.")
    if service == PROGRESS:
        at = instant("ThoiDiemXuLy") or instant("NgayBatDau")
        if at is None:
            faults.append("Thiếu ThoiDiemXuLy: không biết bước này xảy ra khi nào.")
        return Claim(
            service,
            digest,
            state,
            officer=text_of(facts, "NguoiXuLy")[:200] or None,
            at=at,
            department=text_of(facts, "PhongBanXuLy") or None,
            faults=tuple(faults),
        )
    channel = text_of(facts, "KenhThucHien")
    if channel not in CHANNELS:
        faults.append(f"KenhThucHien “{channel}” không phải 1, 2 hoặc 3.")
    try:
        fee, fee_channel = _fee(facts)
    except UnreadableError as error:
        fee, fee_channel = None, None
        faults.append(str(error))
    claim = Claim(
        service,
        digest,
        state,
        procedure=text_of(facts, "MaTTHC"),
        unit=text_of(facts, "DonViXuLy"),
        channel=CHANNELS.get(channel),
        received_at=instant("NgayTiepNhan"),
        due_at=instant("NgayHenTra"),
        resolved_at=instant("NgayKetThucXuLy"),
        returned_at=instant("NgayTra"),
        return_channel=text_of(facts, "HinhThuc")[:200] or None,
        supplements=tuple(_supplements(facts, instant, faults)),
        results=tuple(
            text_of(row, "DuongDanTepTinKetQua")
            for row in rows_of(facts, "DanhSachGiayToKetQua")
            if text_of(row, "DuongDanTepTinKetQua")
        ),
        fee=fee,
        fee_channel=fee_channel,
    )
    return _with_faults(claim, faults)


def _with_faults(claim: Claim, faults: list[str]) -> Claim:
    for missing, name in ((claim.procedure, "MaTTHC"), (claim.unit, "DonViXuLy")):
        if not missing:
            faults.append(f"Thiếu {name}.")
    if claim.received_at is None:
        faults.append("Thiếu NgayTiepNhan.")
    if claim.state in (RESOLVED, RETURNED) and not (claim.resolved_at or claim.returned_at):
        faults.append("Hồ sơ đã xong nhưng thiếu cả NgayKetThucXuLy và NgayTra.")
    return replace(claim, faults=tuple(dict.fromkeys(faults)))


def lacks_due(claim: Claim) -> bool:
    """Whether it was accepted without saying when it is due."""
    return claim.service == SYNC and claim.state in ACCEPTED and claim.due_at is None


def read_instant(name: str, text: str) -> datetime | None:
    """An instant of the portal; None where it is empty. Raises UnreadableError."""
    if not text:
        return None
    digits = len(text) == len("yyyyMMddHHmmss") and text.isascii() and text.isdecimal()
    try:
        at = datetime.strptime(text if digits else "", "%Y%m%d%H%M%S").replace(tzinfo=clock.VIETNAM)
    except ValueError:
        raise UnreadableError(f"{name} “{text[:40]}” không phải dạng yyyyMMddHHmmss.") from None
    if not 1990 <= at.year <= 2100:  # noqa: PLR2004  # years in which a case may live
        raise UnreadableError(f"{name} “{text}” ngoài khoảng năm hợp lý.")
    return at


def text_of(row: Mapping[str, Any], name: str) -> str:
    """A field as text: senders also write numbers and null."""
    value = row.get(name)
    return "" if value is None or isinstance(value, dict | list) else str(value).strip()


def rows_of(facts: Mapping[str, Any], name: str) -> list[Mapping[str, Any]]:
    rows = facts.get(name)
    return [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []


def _supplements(facts: Mapping[str, Any], instant: Any, faults: list[str]) -> list[Supplement]:  # noqa: ANN401  # the reader's own
    found = []
    for row in rows_of(facts, "DanhSachHoSoBoSung"):
        asked = instant("NgayBoSung", row)
        answered = instant("NgayTiepNhanBoSung", row)
        instant("NgayHenTraTruoc", row)
        after = instant("NgayHenTraMoi", row)
        if asked is None:
            faults.append("Một lần bổ sung thiếu NgayBoSung.")
        elif answered is not None and answered < asked:
            faults.append("Một lần bổ sung có NgayTiepNhanBoSung trước NgayBoSung.")
        else:
            found.append(Supplement(asked, answered, after if answered else None))
    return found


def _fee(facts: Mapping[str, Any]) -> tuple[Decimal | None, str | None]:
    total, channel = None, None
    for row in rows_of(facts, "DanhSachLePhi"):
        said = text_of(row, "Gia")
        if not said:
            continue
        try:
            amount = Decimal(said)
        except InvalidOperation:
            amount = Decimal("NaN")
        if not (amount.is_finite() and 0 <= amount < MOST):
            raise UnreadableError(f"Gia “{said[:40]}” không phải số tiền.")
        total = (total or Decimal(0)) + amount.quantize(Decimal("0.01"))
        channel = channel or text_of(row, "HinhThucThu")[:200] or None
    return total, channel


def _picked(row: Mapping[str, Any], names: set[str], *, inside: bool) -> dict[str, Any]:
    return {
        name: value
        for name, value in row.items()
        if (name in names) is inside and value not in EMPTY
    }
