"""A sheet on its page and in the feed, within the year of test_score_year.py."""

import re
import zipfile
from decimal import Decimal
from html import unescape
from io import BytesIO

import fastexcel

from tests.web.scoring_year import RUBRIC, YEAR, People, fine


async def look_at_pages(people: People) -> None:
    """The same by forms: a refusal keeps what was typed, a link leads to the cases."""
    s2, path = people["s2"], f"/cham-diem/{RUBRIC}/PL.S2"
    page = (await s2.get(path, params={"ky": YEAR})).text
    assert "Mất 1 điểm: 1 trong 1 hồ sơ" in page
    (listed,) = re.findall(r'href="(/so-lieu/ho-so[^"]*)"', page)
    assert "PL.S2-7-0" in (await s2.get(unescape(listed))).text
    typed = {"form_key": s2.headers["X-Form-Key"], "ky": YEAR, "leaf": "1.1", "column": "self"}
    typed |= {"points": "0,5", "proof": "document", "evidence": "<b>12</b>/BC"}
    answer = await s2.post(path, data=typed)
    assert answer.status_code == 422
    assert "khác điểm tính từ số liệu 0, hãy nêu lý do" in answer.text
    assert 'value="&lt;b&gt;12&lt;/b&gt;/BC"' in answer.text
    answer = await s2.post(path, data=typed | {"reason": "=1+1"})
    assert (answer.status_code, answer.headers["location"]) == (
        303,
        f"{path}?ky=year%3A2023#tc-1-1",
    )
    assert (await people["clerk"].post(path, data=typed)).status_code == 403
    assert (await people["s1"].get(path, params={"ky": YEAR})).status_code == 404
    for name in ("s1", "appraiser", "auditor", "clerk"):
        for each in ("/cham-diem", f"/cham-diem/{RUBRIC}?ky={YEAR}"):
            assert (await people[name].get(each)).status_code == 200
    whatif = await s2.get(f"{path}/du-bao?ky={YEAR}&ho_so=PL.S2-7-0&doi=letter")
    assert "Điểm sẽ là 1 thay vì 0" in whatif.text
    book = await s2.get(f"{path}/tep", params={"ky": YEAR})
    read = fastexcel.read_excel(book.content)
    sheets = {
        name: read.load_sheet(name, header_row=None, dtypes="string").to_polars().rows()
        for name in read.sheet_names
    }
    (row,) = [row for row in sheets["Phiếu chấm điểm"] if row[0] == "1.1"]
    assert [Decimal(str(each)) for each in row[6:8]] == [0, Decimal("0.5")]
    assert row[3] == "1/1"
    assert "=1+1" in row[10]
    assert any(str(row[0]).endswith("PL.S2/1.1") for row in sheets["Tài liệu kiểm chứng"])
    with zipfile.ZipFile(BytesIO(book.content)) as parts:
        links = parts.read("xl/worksheets/_rels/sheet2.xml.rels").decode()
    addresses = [unescape(each) for each in re.findall(r'Target="([^"]+)"', links)]
    assert any("/so-lieu/ho-so" in each for each in addresses)  # the cases that cost a point
    for each in addresses:
        opened = await s2.get(each)
        assert opened.status_code == 200, each
        assert opened.headers["content-type"].startswith("text/html"), each


async def look_at_feed(people: People) -> None:
    url = f"/api/v1/scores/{RUBRIC}/feed"
    whole = fine(await people["province"].get(url, params={"period": YEAR}))
    own = fine(await people["s2"].get(url, params={"period": YEAR, "unit": "PL.S2"}))
    kept = fine(await people["appraiser_s1"].get(url, params={"period": YEAR}))
    first = own["lines"][0]
    assert first in whole["lines"]
    assert first["id"] == f"{RUBRIC}/{YEAR}/PL.S2/1.1"
    assert (first["numerator"], first["denominator"], first["proposed_points"]) == (1, 1, 0)
    assert {each["unit"] for each in kept["lines"]} == {"PL.S2"}
    proof = fine(await people["s2"].get(first["evidence_url"]))
    assert proof["computed"]["evidence"]["value"] == first["digest"]
