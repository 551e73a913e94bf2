"""Why the embedded server can't be had, in one sentence."""

import errno
import re
from pathlib import Path

from tthc.domain.errors import SettingError

FULL = (errno.ENOSPC, errno.EDQUOT)
WORTH_TELLING = re.compile(r"FATAL|PANIC|ERROR|error:")


def explain_os_error(error: OSError, place: Path) -> SettingError:
    """The refusal for what the machine said about the data directory."""
    if error.errno in FULL:
        return disk_is_full(place)
    if error.errno in (errno.EEXIST, errno.ENOTDIR):
        return SettingError(
            f"“{place}” không phải thư mục: hãy đặt TTHC_DATA_DIR sang thư mục khác."
        )
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return SettingError(
            f"Không ghi được vào thư mục dữ liệu “{place}” ({error.strerror}): "
            "hãy cấp quyền ghi, hoặc đặt TTHC_DATA_DIR sang thư mục khác."
        )
    return SettingError(f"Không dùng được thư mục dữ liệu “{place}”: {error.strerror or error}.")


def explain_failure(output: str, place: Path) -> SettingError:
    """The refusal for what initdb or postgres printed before it gave up."""
    if "No space left on device" in output or "Disk quota exceeded" in output:
        return disk_is_full(place)
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    telling = [line for line in lines if WORTH_TELLING.search(line)] or lines or ["—"]
    return SettingError(
        f"PostgreSQL nhúng trong “{place}” không khởi động được; dòng cuối của nhật ký: "
        f"“{telling[-1]}”."
    )


def disk_is_full(place: Path) -> SettingError:
    return SettingError(
        f"Đĩa chứa “{place}” đã đầy: hãy giải phóng dung lượng rồi chạy lại, "
        "hoặc đặt TTHC_DATA_DIR sang đĩa khác."
    )
