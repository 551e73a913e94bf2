"""What PostgreSQL refused, in one sentence, where a person can do something about it."""

import socket

from tthc.domain.errors import BusyError, InputError, SettingError, TthcError

NOT_UPGRADED = "Cơ sở dữ liệu chưa được tạo hoặc chưa nâng cấp: hãy chạy `tthc db upgrade`."
NO_NIGHT = (
    "Lệnh này cần vai trò tthc_night, thấy mọi hồ sơ: hãy đặt TTHC_NIGHT_DATABASE_URL, hoặc "
    "TTHC_OWNER_DATABASE_URL."
)
BROKEN_OFF = (
    "Kết nối tới PostgreSQL đứt giữa chừng, chưa rõ việc vừa gửi đã ghi hay chưa: hãy gửi lại, với "
    "cùng khóa chống gửi lặp (Idempotency-Key) nếu có, hoặc mở hồ sơ ra xem trước."
)
UNWRITABLE = (
    "Có ký tự không ghi được vào cơ sở dữ liệu (ví dụ byte NUL): hãy bỏ ký tự ấy rồi gửi lại."
)
REFUSALS: dict[str, tuple[type[TthcError], str]] = {
    "08003": (BusyError, BROKEN_OFF),  # asyncpg's, where the server went while it sent
    "22021": (InputError, UNWRITABLE),
    "28P01": (SettingError, "PostgreSQL không nhận mật khẩu trong TTHC_DATABASE_URL."),
    "28000": (SettingError, "PostgreSQL không nhận người dùng trong TTHC_DATABASE_URL."),
    "3D000": (SettingError, NOT_UPGRADED),
    "42P01": (SettingError, NOT_UPGRADED),
    "42703": (SettingError, NOT_UPGRADED),  # columns and functions of a later migration
    "42883": (SettingError, NOT_UPGRADED),
    "22023": (SettingError, NOT_UPGRADED),  # the application's role is not there to work as
    "53100": (SettingError, "Đĩa của PostgreSQL đã đầy: hãy giải phóng dung lượng rồi chạy lại."),
    "53300": (BusyError, "PostgreSQL hết chỗ cho kết nối mới: hãy thử lại sau."),
    "55P03": (BusyError, "Cơ sở dữ liệu đang bận việc khác: hãy thử lại sau."),
    "57P01": (BusyError, "PostgreSQL vừa dừng hoặc khởi động lại: hãy chạy lại."),
    "57P02": (BusyError, "PostgreSQL vừa gặp sự cố và khởi động lại: hãy chạy lại."),
    "57P03": (BusyError, "PostgreSQL đang khởi động hoặc đang dừng: hãy thử lại sau."),
}


def sqlstate(error: BaseException) -> str:
    """PostgreSQL's code for what went wrong, of whichever driver's or SQLAlchemy's error."""
    return str(getattr(getattr(error, "orig", error), "sqlstate", None) or "")


def explain(error: BaseException) -> TthcError | None:
    """The refusal to show for an error of a driver, or None where it is a bug of ours."""
    if isinstance(error, OSError) and _is_of_a_socket(error):
        return unreachable(error)
    if "permission denied to set role" in str(error):
        return SettingError(NO_NIGHT)
    if "[libpq] Failed to connect" in str(error):
        said = str(error).strip().splitlines()[0]
        if said.endswith("does not exist"):  # the role or the database
            return SettingError(NOT_UPGRADED)
        return unreachable(OSError(said.rpartition(": ")[2].strip()))
    if getattr(error, "connection_invalidated", False):  # SQLAlchemy's word for a server gone
        return BusyError(BROKEN_OFF)
    kind, sentence = REFUSALS.get(sqlstate(error), (None, ""))
    return kind(sentence) if kind else None


def _is_of_a_socket(error: OSError) -> bool:
    if isinstance(error, FileNotFoundError):
        return error.filename is None  # a file's has its name
    return isinstance(error, ConnectionError | TimeoutError | socket.gaierror)


def unreachable(error: OSError) -> SettingError:
    """Nobody answers at the address."""
    reason = error.strerror or str(error) or "hết giờ chờ"
    return SettingError(
        f"Không kết nối được tới PostgreSQL ({reason}): hãy xem lại TTHC_DATABASE_URL."
    )
