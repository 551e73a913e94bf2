"""Files that are not what they claim to be: one sentence each, and nothing half-imported."""

import gzip
import resource
import zipfile
from pathlib import Path

import pytest
import xlsxwriter

from tests.imports import Office, profile
from tthc.domain.errors import InputError
from tthc.intake.table import open_table

HEADER = "mã,nhận,hẹn,xong\n"
ROW = "H-1,2026-03-02 08:00,2026-03-05,2026-03-04\n"
GOOD = HEADER + ROW
COLUMNS = ["mã", "nhận", "hẹn", "xong"]
MEGABYTE = 1 << 20


def refusal(content: str | bytes, folder: Path, name: str = "tệp.csv") -> str:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return refusal_of(path)


def refusal_of(path: Path) -> str:
    with pytest.raises(InputError) as refused:
        read_whole(path)
    sentence = str(refused.value)
    assert sentence.endswith(".")
    return sentence


def read_whole(path: Path) -> None:
    table = open_table(path, COLUMNS)
    for _ in table.batches():
        pass
    table.check_total()


@pytest.mark.parametrize("kept", [5, 30, -9, -1])
def test_a_truncated_gzip(tmp_path: Path, kept: int) -> None:
    whole = gzip.compress(GOOD.encode() + ROW.encode() * 10)
    assert "bị cắt hoặc hỏng" in refusal(whole[:kept], tmp_path, "tệp.csv.gz")


def test_a_gzip_whose_content_was_altered(tmp_path: Path) -> None:
    whole = bytearray(gzip.compress(GOOD.encode()))
    whole[-8] ^= 1
    assert "hỏng" in refusal(bytes(whole), tmp_path, "tệp.csv.gz")


def test_a_name_that_says_gzip_of_a_file_that_is_none(tmp_path: Path) -> None:
    assert "không phải là gzip" in refusal(GOOD, tmp_path, "tệp.csv.gz")


def test_a_wrong_header_names_what_is_missing_and_what_is_there(tmp_path: Path) -> None:
    sentence = refusal("mã,ngày nhận,hẹn\nH-1,x,y\n", tmp_path)
    assert "thiếu cột nhận, xong" in sentence
    assert "ngày nhận" in sentence


def test_two_columns_of_the_same_name(tmp_path: Path) -> None:
    assert "hai cột cùng tên hẹn" in refusal("mã,nhận,hẹn,xong,hẹn\n1,2,3,4,5\n", tmp_path)


@pytest.mark.parametrize(
    ("content", "place"),
    [
        (GOOD.encode() + "H-2,Phường".encode("cp1258", "replace") + b"\xe0,,\n", "dòng 3"),
        (b"\xff" + GOOD.encode(), "dòng 1 (byte 1)"),
        (GOOD.encode() + b"x" * 300_000 + b"\n\xc3\x28,,,\n", "dòng 4"),
        ((HEADER + ROW * 20_000).encode() + b"\xc3", "giữa một ký tự"),
    ],
)
def test_a_file_that_is_not_utf_8_says_where(tmp_path: Path, content: bytes, place: str) -> None:
    sentence = refusal(content, tmp_path)
    assert "UTF-8" in sentence
    assert place in sentence


@pytest.mark.parametrize("shift", range(4))
def test_a_character_across_two_blocks_is_one(tmp_path: Path, shift: int) -> None:
    path = tmp_path / "tệp.csv"
    rows = f"{'x' * (90_000 + shift)}ạ,,,\n" * 9
    path.write_text(HEADER + rows, encoding="utf-8")
    table = open_table(path, COLUMNS)
    assert {cells[0][-2:] for batch in table.batches() for _, cells in batch} == {"xạ"}


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-be", "utf-32"])
def test_utf_16_says_so(tmp_path: Path, encoding: str) -> None:
    mark = "\ufeff" if encoding == "utf-16-be" else ""
    assert "UTF-16" in refusal((mark + GOOD).encode(encoding), tmp_path)


def test_an_empty_file(tmp_path: Path) -> None:
    assert "rỗng" in refusal("", tmp_path)
    assert "thiếu cột" in refusal(gzip.compress(b""), tmp_path, "tệp.csv.gz")
    assert "thiếu cột" in refusal("\n\n", tmp_path)


def test_a_header_alone(tmp_path: Path) -> None:
    assert "không có dòng hồ sơ nào" in refusal(HEADER + "\n,,,\n", tmp_path)


@pytest.mark.parametrize("quote", ["", '"'])
@pytest.mark.parametrize(("name", "before"), [("tệp.csv", HEADER), ("tệp.csv.gz", "")])
def test_a_field_of_100_megabytes_is_refused_before_it_is_kept(
    tmp_path: Path, quote: str, name: str, before: str
) -> None:
    path = tmp_path / name
    with gzip.open(path, "wb", 1) if name.endswith(".gz") else path.open("wb") as file:
        file.write((before + quote).encode())
        for _ in range(100):
            file.write(b"x" * MEGABYTE)
        file.write(f"{quote},1,2,3\n".encode())
    had = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert "dài hơn" in refusal_of(path)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - had < 50 * 1024


def test_a_field_of_many_lines_is_refused_too(tmp_path: Path) -> None:
    lines = "một dòng\n" * 100_000
    sentence = refusal(f'{GOOD}"{lines}",1,2,3\n', tmp_path)
    assert "dòng 3" in sentence


def test_a_quote_that_is_never_closed(tmp_path: Path) -> None:
    sentence = refusal(f'{GOOD}"H-2,2026-03-02,,\n{ROW}{ROW}', tmp_path)
    assert "ngoặc kép mở ở dòng 3" in sentence


def test_a_file_cut_within_a_quoted_cell(tmp_path: Path) -> None:
    assert "ngoặc kép mở ở dòng 3" in refusal(f'{GOOD}H-2,2026-03-02,"2026-0', tmp_path)


def test_a_nul_byte(tmp_path: Path) -> None:
    assert "Dòng 2 có byte NUL" in refusal(HEADER + "H-1\0,,,\n", tmp_path)


def test_what_is_no_file(tmp_path: Path) -> None:
    assert "là thư mục" in refusal_of(tmp_path)
    assert "Không có tệp" in refusal_of(tmp_path / "không có")


def test_a_workbook_that_is_none(tmp_path: Path) -> None:
    assert "không phải là XLSX" in refusal(GOOD, tmp_path, "tệp.xlsx")
    assert "Excel đời cũ" in refusal(b"\xd0\xcf\x11\xe0" + b"x" * 99, tmp_path, "tệp.xls")
    with zipfile.ZipFile(tmp_path / "khác.zip", "w") as other:
        other.writestr("thư.txt", "x")
    assert "không phải là XLSX" in refusal_of(tmp_path / "khác.zip")


def workbook(path: Path, rows: list[list[str]]) -> Path:
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        for at, row in enumerate(rows):
            sheet.write_row(at, 0, row)
    return path


def test_a_truncated_workbook(tmp_path: Path) -> None:
    path = workbook(tmp_path / "tệp.xlsx", [COLUMNS, ["H-1", "2026-03-02", "", ""]])
    path.write_bytes(path.read_bytes()[:-200])
    assert "không phải là XLSX nguyên vẹn" in refusal_of(path)


def test_a_workbook_with_a_damaged_sheet(tmp_path: Path) -> None:
    whole = workbook(tmp_path / "tệp.xlsx", [COLUMNS, ["H-1", "2026-03-02", "", ""]])
    path = tmp_path / "hỏng.xlsx"
    with zipfile.ZipFile(whole) as source, zipfile.ZipFile(path, "w") as target:
        for name in source.namelist():
            content = source.read(name)
            target.writestr(name, content[:200] if "sheet1.xml" in name else content)
    assert "XLSX" in refusal_of(path)


def test_a_workbook_with_a_cell_of_100_megabytes(tmp_path: Path) -> None:
    whole = workbook(tmp_path / "tệp.xlsx", [COLUMNS, ["H-1", "2026-03-02", "", "đây"]])
    path = tmp_path / "to.xlsx"
    with (
        zipfile.ZipFile(whole) as source,
        zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as target,
    ):
        for name in source.namelist():
            content = source.read(name)
            target.writestr(name, content.replace("đây".encode(), b"x" * 100 * MEGABYTE))
    assert "dài hơn" in refusal_of(path)


def test_a_workbook_with_a_wrong_header(tmp_path: Path) -> None:
    path = workbook(tmp_path / "tệp.xlsx", [["mã", "nhận"], ["H-1", "2026-03-02"]])
    assert "thiếu cột hẹn, xong" in refusal_of(path)


@pytest.mark.parametrize("said", ["Tổng cộng,3,,", "Tổng số: 3 hồ sơ,,,", "TỔNG,,,3", ",,Cộng,3"])
def test_a_total_that_is_not_what_was_read(tmp_path: Path, said: str) -> None:
    sentence = refusal(f"{GOOD}H-2,2026-03-02,,\n{said}\n", tmp_path)
    assert "ghi tổng 3 nhưng chỉ đọc được 2" in sentence


def test_nothing_of_a_refused_file_is_in_the_ledger(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tthc.intake.table.BATCH", 10)
    rows = "".join(f"H-{n},2026-03-02 08:00,2026-03-05,\n" for n in range(60))
    for content in (
        (HEADER + rows).encode() + b"\xff,,,\n",
        gzip.compress((HEADER + rows).encode())[:-9],
        (HEADER + rows + "Tổng cộng,70,,\n").encode(),
    ):
        with pytest.raises(InputError):
            office.take(content, profile())
    for table in ("imports", "import_rejects", "cases", "case_events", "applicants"):
        assert office.ask(f"SELECT count(*) FROM {table}") == [{"count": 0}]
    assert office.ask("SELECT count(*) FROM units WHERE kind = 'imported'") == [{"count": 0}]
    assert not list(office.folder.glob("rejects/*"))
