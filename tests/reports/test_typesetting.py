"""Forms as PDF: every text as it stands, hostile ones too; PDF/A; one face; always the same."""

import re
import unicodedata
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any

import pytest

from tests.reports import samples
from tests.reports.reading import faces, read, squeezed, text_of
from tthc.reports import typesetting
from tthc.reports.characters import coverage, printable
from tthc.reports.typesetting import TypesettingError, picture, typeset

AT = datetime(2026, 3, 2, 2, tzinfo=UTC)
FORMS: dict[str, tuple[str, Callable[..., Any]]] = {
    "01": ("receipt", samples.receipt),
    "02": ("request", samples.supplement),
    "03": ("request", samples.refusal),
    "04": ("letter", samples.letter),
    "05": ("letter", samples.notice),
    "06": ("control", samples.control),
    "07": ("register", samples.register),
    "handover": ("handover", samples.handover),
    "shift": ("shift", samples.shift),
}
HOSTILE = (
    "#panic() $x^2$ *đậm* _nghiêng_ \\ @ref <nhãn> `mã` // hết",
    "<script>alert(1)</script> [ngoặc] {x: 1} \"nháy\" 'đơn' ~ = Đề mục",
    '#read("/etc/passwd") #import "x.typ": * - + / 1. ---',
)


def texts(value: Any) -> list[str]:
    if isinstance(value, str):
        return [value]
    if isinstance(value, dict):
        return [text for one in value.values() for text in texts(one)]
    return [text for one in value for text in texts(one)] if isinstance(value, list) else []


UNPRINTED = {"form", "paper", "code", "shop", "applicant", "content"}  # of lists, and settings
SLIPS = {"receipt": ("identity", "email"), "request": ("phone", "email"), "letter": ("address",)}


@pytest.mark.parametrize("form", FORMS)
def test_everything_told_is_printed(form: str) -> None:
    template, sample = FORMS[form]
    document = sample()
    printed = squeezed(text_of(typeset(template, document, AT))).lower()
    told = [text for name in document.keys() - UNPRINTED for text in texts(document[name])]
    if template in SLIPS:
        told += [document["applicant"][name] for name in ("name", *SLIPS[template])]
    if template in {"receipt", "request", "control"}:
        told += [document["content"], document["code"]]
    for text in told:
        assert squeezed(text).lower() in printed, text


def archived(pdf: bytes) -> None:
    """What PDF/A-2a asks of a file, as far as a reader can see it (ISO 19005-2)."""
    file = read(pdf)
    root: Any = file.root_object
    trailer: Any = file.trailer
    assert pdf.startswith(b"%PDF-1.7")
    assert pdf[9] == ord("%")  # a line of bytes that no text has, for who copies it as text
    assert min(pdf[10:14]) > 127
    assert not file.is_encrypted
    assert len(trailer["/ID"]) == 2
    (intent,) = root["/OutputIntents"]
    profile = intent.get_object()["/DestOutputProfile"].get_object()
    assert profile["/N"] == 3
    assert profile.get_data()[36:40] == b"acsp"  # an ICC profile
    assert root["/Lang"] == "vi-VN"
    assert root["/MarkInfo"]["/Marked"]
    assert root["/StructTreeRoot"]["/K"]
    assert not {"/AA", "/OpenAction", "/AcroForm", "/NeedsRendering"} & root.keys()
    assert not {"/JavaScript", "/EmbeddedFiles"} & root.get("/Names", {}).keys()
    seen = set()
    for number in range(1, int(trailer["/Size"])):
        held: Any = file.get_object(number)
        if not isinstance(held, dict):
            continue
        assert held.get("/S") not in {"/JavaScript", "/Launch", "/GoToR", "/URI"}, held
        assert held.get("/Filter") != "/LZWDecode"
        assert not {"/SMask", "/F", "/OPI", "/PS"} & (held.keys() - {"/Subtype"}), held
        assert {held.get("/ca", 1), held.get("/CA", 1)} == {1}, "nothing is seen through"
        seen |= {str(held.get("/Subtype")), str(held.get("/S"))}
        if held.get("/Type") == "/Font" and held["/Subtype"] != "/Type0":
            described = held["/FontDescriptor"].get_object()
            assert {"/FontFile2", "/FontFile3"} & described.keys(), "a face is embedded"
        if held.get("/Subtype") == "/Type0":
            assert b"beginbf" in held["/ToUnicode"].get_object().get_data()
        if held.get("/S") == "/Figure":
            assert held["/Alt"].startswith("Mã QR")
    assert {"/Type0", "/CIDFontType2", "/P"} <= seen


@pytest.mark.parametrize("form", FORMS)
def test_it_is_an_archive_file_in_vietnamese(form: str) -> None:
    template, sample = FORMS[form]
    pdf = typeset(template, sample(), AT)
    root: Any = read(pdf).root_object
    told = root["/Metadata"].get_object().get_data().decode()
    assert "<pdfaid:part>2</pdfaid:part>" in told
    assert "<pdfaid:conformance>A</pdfaid:conformance>" in told
    archived(pdf)
    metadata = read(pdf).metadata
    assert metadata is not None
    assert metadata.title == sample()["title"]
    assert {name.split("+")[1].split("-")[0] for name in faces(pdf)} <= {
        "LiberationSerif",
    }
    assert pdf == typeset(template, sample(), AT)


@pytest.mark.parametrize(
    ("form", "pages", "size"),
    [
        ("01", 1, (420, 595)),
        ("02", 1, (420, 595)),
        ("03", 1, (420, 595)),
        ("04", 1, (595, 842)),
        ("05", 1, (595, 842)),
        ("06", 1, (595, 842)),
        ("07", 2, (842, 595)),
        ("handover", 1, (595, 842)),
        ("shift", 1, (420, 595)),
    ],
)
def test_the_paper(form: str, pages: int, size: tuple[int, int]) -> None:
    template, sample = FORMS[form]
    made = read(typeset(template, sample(), AT)).pages
    assert len(made) == pages
    box = made[0].mediabox
    assert (round(box.width), round(box.height)) == size
    if form != "07":
        other = "a5" if size[0] > 500 else "a4"
        again = read(typeset(template, sample(paper=other), AT)).pages
        assert round(again[0].mediabox.width) == (420 if other == "a5" else 595)


def replaced(value: Any, text: str) -> Any:
    """A document in which every text of a person says this instead."""
    if isinstance(value, dict):
        kept = ("form", "paper", "title", "code", "head")
        return {k: v if k in kept else replaced(v, text) for k, v in value.items()}
    if isinstance(value, list):
        return [replaced(one, text) for one in value]
    return text if isinstance(value, str) else value


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize("form", FORMS)
def test_no_text_is_a_command(form: str, text: str) -> None:
    template, sample = FORMS[form]
    document = replaced(sample(), text)
    if template == "register":
        document["rows"] = document["rows"][:2]
    printed = squeezed(text_of(typeset(template, document, AT)))
    assert squeezed(text) in printed


@pytest.mark.parametrize("form", ["01", "02", "03", "04", "05"])
def test_a_long_name_and_a_long_address_stay_on_the_page(form: str) -> None:
    template, sample = FORMS[form]
    name = "Công ty Trách nhiệm hữu hạn Một thành viên " + "Dịch vụ và Thương mại " * 7
    address = ("Số 12 ngõ 34 ngách 56 đường Nguyễn Khánh Toàn, " * 5)[:200]
    document = sample()
    document["applicant"] |= {"name": name.strip(), "address": address.strip()}
    pdf = typeset(template, document, AT)
    assert squeezed(name) in squeezed(text_of(pdf))
    assert squeezed(address) in squeezed(text_of(pdf))
    assert len(read(pdf).pages) == 1
    document["applicant"]["name"] = "Ươ" * 250  # no space at which to break
    assert squeezed("Ươ" * 250) in squeezed(text_of(typeset(template, document, AT)))


@pytest.mark.parametrize("form", ["07", "handover"])
def test_no_row_is_torn_between_two_pages(form: str) -> None:
    template, sample = FORMS[form]
    document = sample()
    long = "Công ty Trách nhiệm hữu hạn Một thành viên Dịch vụ và Thương mại " * 2
    first = document["rows"][0]
    rows: list[Any] = []
    for number in range(12, 24):
        code, name = f"MÃ-{number}", f"{long} ĐUÔI-{number}"
        rows.append(
            first | {"code": code, "applicant": name}
            if isinstance(first, dict)
            else [code, first[1], name, *first[3:]]
        )
    pages = read(typeset(template, document | {"rows": rows}, AT)).pages
    assert len(pages) > 1
    for page in pages:
        text = squeezed(page.extract_text())
        assert set(re.findall(r"MÃ-(\d\d)", text)) == set(re.findall(r"ĐUÔI-(\d\d)", text))


def test_what_the_face_lacks_does_not_stop_a_form() -> None:
    document = samples.receipt()
    document["applicant"]["name"] = "Mơ 😀 \u202eđảo\x07 漢字 ＡＢ\ufe0f a\u0309 \uf004"
    printed = text_of(typeset("receipt", document, AT))
    assert "Mơ □ đảo □□ AB ả □" in printed
    assert printable({"a": ["x\ty\r\nz", 1, None]}) == {"a": ["x y\nz", 1, None]}
    assert unicodedata.is_normalized("NFC", printed)


def test_the_face_has_every_letter_of_vietnamese() -> None:
    marks = ("", "\u0300", "\u0301", "\u0303", "\u0309", "\u0323")
    letters = "aăâeêioôơuưydđ"
    wanted = {
        unicodedata.normalize("NFC", letter + mark)
        for letter in letters + letters.upper()
        for mark in (marks if letter not in "dđDĐ" else ("",))
    }
    assert len(wanted) == (12 * 6 + 2) * 2
    assert wanted <= coverage()


def test_a_missing_face_is_no_form(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(typesetting, "FACE", "Times New Roman")
    with pytest.raises(TypesettingError, match="unknown font family"):
        typeset("receipt", samples.receipt(), AT)


def test_many_counters_print_at_once() -> None:
    def slip(number: int) -> str:
        return text_of(typeset("receipt", samples.receipt(code=f"H26-{number:04d}"), AT))

    with ThreadPoolExecutor(8) as pool:
        printed = list(pool.map(slip, range(24)))
    assert all(f"Mã hồ sơ: H26-{number:04d}" in text for number, text in enumerate(printed))


def test_a_draft_says_so_on_every_page() -> None:
    draft = samples.letter(watermark="DỰ THẢO", paragraphs=["Lý do: quá tải. " * 60] * 6)
    pages = read(typeset("letter", draft, AT)).pages
    assert len(pages) > 1
    assert all("DỰ THẢO" in page.extract_text() for page in pages)
    assert "DỰ THẢO" not in text_of(typeset("letter", samples.letter(), AT))
    assert "Trang 2/" in pages[1].extract_text()


def test_a_picture_of_it() -> None:
    (page,) = picture("receipt", samples.receipt(), ppi=40)
    assert page.startswith(b"\x89PNG")
