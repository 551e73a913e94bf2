"""An official report as another system made it, read under our layouts."""

import re
from hashlib import sha256
from pathlib import Path

import fastexcel

from tthc.domain.errors import InputError
from tthc.domain.foreign import ForeignReport, ForeignRow, RowKind
from tthc.intake.guard import OLD_EXCEL, check_workbook, magic
from tthc.intake.reports.counts import read_count
from tthc.intake.reports.grid import Heading, Rows, find_heading
from tthc.rules.headings import is_of_which, is_total
from tthc.rules.layouts import layout

LARGEST = 20_000_000  # bytes: a report of all units is far below
UNPACKED = 50_000_000
TOO_FAR = re.compile(rb"""\br=["'](?:(?:[D-Z][A-Z]|[A-Z]{3})\d|[A-Z]{0,3}\d{6})""")  # 100,000 rows
WORD = r"[^\W\d_]{2}"
# a name may be as short as Q1 or P.5; the letter that numbers a column is none
NAMED = re.compile(WORD + r"|[^\W\d_]\W*\d")
DATED = re.compile(r"\bngày\b.*\btháng\b", re.IGNORECASE)  # the line over a signature
SECTION = re.compile(r"[IVXLC]+|[A-Z]")


def read_report(path: Path, name: str | None = None, thousands: str | None = None) -> ForeignReport:
    """The report in an XLS or XLSX file. Raises InputError, with the cell that can't be read."""
    if not magic(path).startswith(OLD_EXCEL):
        check_workbook(path, UNPACKED, TOO_FAR)
    if path.stat().st_size > LARGEST:
        raise InputError(f"Tệp {path.name} quá lớn so với một báo cáo: hãy xem lại tệp.")
    content = path.read_bytes()
    sheets = _sheets(path.name, content)
    headings, wrong = [], None
    for rows in sheets:
        try:
            headings.append((find_heading(rows, name, path.name), rows))
        except InputError as error:
            wrong = wrong or error
    if not headings:
        raise wrong or InputError(f"Tệp {path.name} không có bảng nào: hãy xuất lại.")
    heading, rows = max(headings, key=lambda found: len(found[0].columns))
    read = _read_rows(rows, heading, path.name, thousands)
    if not read:
        raise InputError(f"Tệp {path.name} không có dòng số liệu nào dưới tiêu đề: hãy xuất lại.")
    digest = sha256(content).hexdigest()
    return ForeignReport(heading.layout, digest, path.name, read, heading.unknown, heading.absent)


def _sheets(name: str, content: bytes) -> list[Rows]:
    try:
        book = fastexcel.read_excel(content)
        frames = [
            book.load_sheet(sheet, header_row=None, skip_rows=0, dtypes="string").to_polars()
            for sheet in book.sheet_names
        ]
    except (fastexcel.FastExcelError, ValueError) as error:
        raise InputError(
            f"Tệp {name} không đọc được như bảng tính: hãy lưu lại bằng Excel, không mật khẩu."
        ) from error
    found = [[list(row) for row in frame.fill_null("").iter_rows()] for frame in frames]
    return [rows for rows in found if rows]


def _read_rows(rows: Rows, heading: Heading, file: str, thousands: str | None) -> list[ForeignRow]:
    labels = {each.key: each.label for each in layout(heading.layout).columns}
    first_figure = min(heading.columns)
    found = []
    for line, row in enumerate(rows[heading.first :], heading.first + 1):
        name = _name(row, heading.label, first_figure)
        cells = {key: row[place] for place, key in heading.columns.items()}
        if _numbers_columns(name, cells) or not any(map(_has_digit, cells.values())):
            continue
        if any(map(DATED.search, cells.values())):
            continue
        values = {}
        for key, cell in cells.items():
            try:
                values[key] = read_count(cell, thousands)
            except InputError as error:
                where = f"Tệp {file}, dòng {line}, cột “{labels[key]}”"
                raise type(error)(f"{where}: {error}") from None
        found.append(ForeignRow(line, name, _kind(row, heading.label, name), values))
    return found


def _name(row: list[str], label: int, first_figure: int) -> str:
    """What a row is of: in its column, or, where a total is merged across, before it."""
    if NAMED.search(row[label]):
        return row[label].strip()
    return next((cell.strip() for cell in row[:first_figure] if re.search(WORD, cell)), "")


def _kind(row: list[str], label: int, name: str) -> RowKind:
    if is_total(name):
        return "total"
    if is_of_which(name):
        return "of_which"
    number = row[label - 1].strip(" .)") if label else ""
    return "subtotal" if SECTION.fullmatch(number) else "unit"


def _has_digit(cell: str) -> bool:
    return any(each.isdigit() for each in cell)


def _numbers_columns(name: str, cells: dict[str, str]) -> bool:
    """Whether a row only numbers the columns: (3) = (4) + (5), or 3, 4, 5."""
    told = [cell.strip() for cell in cells.values() if cell.strip()]
    if name or not told:
        return False
    if all(re.match(r"\(\d+\)", cell) for cell in told):
        return True
    heads = [re.match(r"\d+", cell) for cell in told]
    numbers = [int(head[0]) for head in heads if head]
    return numbers == list(range(numbers[0], numbers[0] + len(told))) if numbers else False
