"""Messages as provinces' systems send them."""

from typing import Any

from tests.law.lives import UNIT

CODE = "00004-260302-0001"


def sync(procedure: str, state: int, **more: Any) -> dict[str, Any]:
    """A case of DongBoHoSoMC: received Mon 02/03/2026, due Mon 09/03/2026 17:00."""
    return {
        "MaHoSo": CODE,
        "MaTTHC": procedure,
        "TenTTHC": "Thủ tục",
        "MaLinhVuc": "LV",
        "TenLinhVuc": "Lĩnh vực",
        "KenhThucHien": "1",
        "ChuHoSo": "Nguyễn Thị Mơ",
        "LoaiDoiTuong": "1",
        "MaDoiTuong": "001190000001",
        "Email": "mo@example.org",
        "SoDienThoai": "0900000001",
        "TrichYeuHoSo": "Hồ sơ của bà Mơ",
        "NgayTiepNhan": "20260302090000",
        "NgayHenTra": "20260309170000",
        "TrangThaiHoSo": str(state),
        "NgayKetThucXuLy": "",
        "NgayTra": "",
        "HinhThuc": "",
        "DonViXuLy": UNIT,
        "GhiChu": "",
        "TaiLieuNop": [],
        "DanhSachGiayToKetQua": [],
        "DanhSachLePhi": [],
        "DanhSachHoSoBoSung": [],
        **more,
    }


def step(state: int, at: str, **more: Any) -> dict[str, Any]:
    """A case of CapNhatTienDoHoSoMC."""
    return {
        "MaHoSo": CODE,
        "NguoiXuLy": "Lê Văn Tám",
        "ChucDanh": "Chuyên viên",
        "ThoiDiemXuLy": at,
        "PhongBanXuLy": "Văn phòng",
        "NoiDungXuLy": "đã gọi bà Mơ",
        "TrangThai": str(state),
        "NgayBatDau": "",
        "NgayKetThucTheoQuyDinh": "",
        **more,
    }


def supplement(asked: str, answered: str = "", after: str = "") -> dict[str, str]:
    return {
        "NguoiYeuCauBoSung": "Lê Văn Tám",
        "NoiDungBoSung": "bản sao",
        "NgayBoSung": asked,
        "NgayTiepNhanBoSung": answered,
        "TrangThaiBoSung": "2" if answered else "1",
        "NgayHenTraTruoc": "20260309170000",
        "NgayHenTraMoi": after,
    }


DONE = {"NgayKetThucXuLy": "20260306100000"}
GIVEN = {**DONE, "NgayTra": "20260307083000", "HinhThuc": "Trực tiếp"}
ASKED = {"DanhSachHoSoBoSung": [supplement("20260303090000")]}
ANSWERED = {
    "DanhSachHoSoBoSung": [supplement("20260303090000", "20260305090000", "20260311170000")]
}
