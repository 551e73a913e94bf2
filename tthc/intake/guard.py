"""A file's bytes on their way in: what no table of cases contains is refused before it is kept."""

import codecs
import gzip
import re
import zipfile
import zlib
from collections.abc import Iterator
from io import BufferedReader, RawIOBase, TextIOWrapper
from pathlib import Path
from typing import IO

from tthc.domain.errors import InputError

BLOCK = 1 << 18
LONGEST_LINE = 1 << 20
LARGEST_BOOK = 4 << 30  # bytes unpacked: a million rows of cases, with room
# A cell far out lets a small file ask for the memory of all the cells before it.
TOO_WIDE = re.compile(rb"""\br=["'](?:[D-Z][A-Z]|[A-Z]{3})\d""")  # beyond column CZ
GZIP, ZIP, OLD_EXCEL = b"\x1f\x8b", b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
UTF_16_OR_32 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE, codecs.BOM_UTF32_BE)


def magic(path: Path) -> bytes:
    """The file's first bytes; refuses what is not a file with something in it."""
    if path.is_dir():
        raise InputError(f"{path} là thư mục: hãy chỉ đúng tệp CSV hoặc XLSX cần nhập.")
    if not path.is_file():
        raise InputError(f"Không có tệp {path}: hãy kiểm tra lại đường dẫn.")
    try:
        with path.open("rb") as file:
            first = file.read(4)
    except OSError as error:
        raise InputError(f"Không đọc được tệp {path}: {error.strerror}.") from error
    if not first:
        raise InputError(f"Tệp {path.name} rỗng: hãy xuất lại rồi nhập.")
    return first


class GuardedBytes(RawIOBase):
    """Bytes that refuse a NUL and a line that no row of cases can be that long."""

    def __init__(self, file: IO[bytes] | gzip.GzipFile) -> None:
        super().__init__()
        self.file = file
        self.line = 1
        self.since_line = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: "bytearray | memoryview") -> int:  # type: ignore[override]  # the stub names any writable buffer
        block = self.file.read(min(len(buffer), BLOCK))
        nul = block.find(b"\0")
        if nul >= 0:
            line = self.line + block.count(b"\n", 0, nul)
            raise InputError(
                f"Dòng {line} có byte NUL: tệp không phải là CSV dạng chữ, hãy xuất lại CSV UTF-8."
            )
        ends = block.count(b"\n")
        self.line += ends
        last = block.rfind(b"\n")
        self.since_line = len(block) - last - 1 if ends else self.since_line + len(block)
        if self.since_line > LONGEST_LINE:
            raise InputError(
                f"Dòng {self.line} dài hơn {LONGEST_LINE:,} byte: tệp hỏng hoặc không phải là "
                "danh sách hồ sơ."
            )
        buffer[: len(block)] = block
        return len(block)


def open_bytes(path: Path) -> IO[bytes] | gzip.GzipFile:
    """The file's content, unpacked where it is a gzip."""
    first = magic(path)
    if first.startswith(GZIP):
        return gzip.open(path, "rb")
    if path.suffix == ".gz":
        raise InputError(f"Tệp {path.name} không phải là gzip: hãy nén lại hoặc bỏ đuôi .gz.")
    return path.open("rb")


def text_lines(path: Path) -> Iterator[str]:
    """The lines of a UTF-8 file with their ends; a BOM is dropped."""
    with open_bytes(path) as file:
        try:
            if file.read(4).startswith(UTF_16_OR_32):
                raise InputError(
                    f"Tệp {path.name} mã hoá UTF-16: hãy lưu lại dạng “CSV UTF-8” rồi nhập."
                )
            file.seek(0)
            whole = BufferedReader(GuardedBytes(file), BLOCK)
            yield from TextIOWrapper(whole, encoding="utf-8-sig", newline="")
        except UnicodeDecodeError:
            raise InputError(not_utf8(path)) from None
        except (EOFError, zlib.error, gzip.BadGzipFile) as error:
            raise InputError(
                f"Tệp {path.name} bị cắt hoặc hỏng khi nén ({error}): hãy chép hoặc xuất lại."
            ) from error
        except OSError as error:
            raise InputError(f"Không đọc được tệp {path}: {error.strerror}.") from error


def not_utf8(path: Path) -> str:
    """Where a file stops being UTF-8, in words."""
    decoder, line, offset = codecs.getincrementaldecoder("utf-8")(), 1, 0
    with open_bytes(path) as file:
        while block := file.read(BLOCK):
            waiting = len(decoder.getstate()[0])
            try:
                decoder.decode(block)
            except UnicodeDecodeError as error:
                at = error.start - waiting
                line += block.count(b"\n", 0, max(at, 0))
                return (
                    f"Tệp {path.name} không phải là UTF-8 từ dòng {line} (byte {offset + at + 1}): "
                    "hãy lưu lại dạng “CSV UTF-8” rồi nhập."
                )
            line += block.count(b"\n")
            offset += len(block)
    return f"Tệp {path.name} hết giữa một ký tự UTF-8 ở dòng {line}: hãy xuất lại."


def check_workbook(
    path: Path, largest: int = LARGEST_BOOK, too_far: re.Pattern[bytes] = TOO_WIDE
) -> None:
    """Refuse what is no XLSX, one that unpacks to more than `largest` bytes, and one with a cell
    that no sheet of cases holds or that is `too_far` out.
    """
    first = magic(path)
    if first.startswith(OLD_EXCEL):
        raise InputError(
            f"Tệp {path.name} là Excel đời cũ hoặc có mật khẩu: hãy lưu lại dạng .xlsx không "
            "mật khẩu rồi nhập."
        )
    try:
        with zipfile.ZipFile(path) as workbook:
            names = workbook.namelist()
            if "[Content_Types].xml" not in names or "xl/workbook.xml" not in names:
                raise InputError(f"Tệp {path.name} không phải là XLSX: hãy lưu lại bằng Excel.")
            if sum(each.file_size for each in workbook.infolist()) > largest:
                raise InputError(
                    f"Tệp {path.name} giải nén ra quá lớn: hãy bỏ trang, hình không cần rồi lưu."
                )
            for name in names:
                if name.startswith(("xl/worksheets/", "xl/sharedStrings")):
                    with workbook.open(name) as part:
                        _check_runs(path, part, too_far)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
        raise InputError(
            f"Tệp {path.name} không phải là XLSX nguyên vẹn: hãy lưu lại bằng Excel rồi nhập."
        ) from error


def _check_runs(path: Path, part: IO[bytes], too_far: re.Pattern[bytes]) -> None:
    run, before = 0, b""
    while block := part.read(BLOCK):
        if too_far.search(before + block):
            raise InputError(
                f"Tệp {path.name} có ô ở rất xa bảng số liệu: hãy xóa các hàng, cột trống phía sau "
                "bảng rồi lưu lại."
            )
        before = block[-20:]  # a place that is cut in two
        last = block.rfind(b"<")
        run = len(block) - last - 1 if last >= 0 else run + len(block)
        if run > LONGEST_LINE:
            raise InputError(
                f"Tệp {path.name} có ô dài hơn {LONGEST_LINE:,} byte: tệp hỏng hoặc không phải là "
                "danh sách hồ sơ."
            )
