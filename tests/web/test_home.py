"""The first page as a person reads it."""

import re
from collections import Counter
from itertools import pairwise

import httpx
import pytest

from tests.databases import Databases
from tests.people import signed_in
from tests.site import living_app


def words(page: str) -> str:
    """The page's text, without tags, on one line; a link within a word does not part it."""
    page = re.sub(r"</?a\b[^>]*>", "", page)
    return " ".join(re.sub(r"<[^>]*>", " ", page).replace("\N{NO-BREAK SPACE}", " ").split())


async def test_the_worked_example_with_its_counts(site: httpx.AsyncClient) -> None:
    answer = await site.get("/so-lieu", params={"period": "month:2026-03"})
    assert answer.status_code == 200
    text = words(answer.text)
    assert "Đến hết ngày 31/03/2026: 2 hồ sơ đang quá hạn , chưa hồ sơ nào có văn bản" in text
    for figure in ("98,72 % · 385/390", "98,44 % · 443/450", "75,00 % · 315/420"):
        assert figure in text
    assert "Không có số liệu : chưa biết hồ sơ nào có kết quả điện tử" in text
    assert "7 trong 7 hồ sơ quá hạn trong kỳ chưa có văn bản xin lỗi" in text
    assert "2 trong 60 hồ sơ đang giải quyết đã quá hạn" in text
    for code in ("D1", "D2", "D3", "D4", "D5"):
        assert f'class="code">{code}' in answer.text


async def test_each_sees_their_world_and_the_simulated_one_is_marked(
    site: httpx.AsyncClient, simulated_site: httpx.AsyncClient
) -> None:
    real = await site.get("/so-lieu")
    simulated = await simulated_site.get("/so-lieu")
    assert "SỐ LIỆU MÔ PHỎNG" not in real.text
    assert "450 hồ sơ đã biết" in words(real.text)
    assert "<strong>SỐ LIỆU MÔ PHỎNG</strong>" in simulated.text
    assert "SỐ LIỆU MÔ PHỎNG" in simulated.text.partition("</title>")[0]
    assert "150 hồ sơ đã biết" in words(simulated.text)


async def test_links_stay_in_the_world_and_lead_somewhere(
    simulated_site: httpx.AsyncClient,
) -> None:
    site = simulated_site
    page = (await site.get("/so-lieu")).text
    links = {link.replace("&amp;", "&") for link in re.findall(r'href="(/[^"]*)"', page)}
    assert {link for link in links if "period=" in link and link.startswith("/so-lieu?")}
    for link in links:
        if link.startswith("/so-lieu/ho-so"):
            continue  # followed where every number is counted
        if link.startswith("/api/") and "period=" in link:
            assert "world=simulated" in link
        answer = await site.get(link)
        assert answer.status_code == 200, link
        if link.startswith("/so-lieu?"):
            assert "SỐ LIỆU MÔ PHỎNG" in answer.text


async def test_definitions_versions_and_cut_offs_are_printed(site: httpx.AsyncClient) -> None:
    text = words((await site.get("/so-lieu")).text)
    assert "Tính đến 23:59 31/03/2026" in text
    assert "D1 on_time/resolved bản 1" in text
    assert "? chưa xác nhận từ văn bản gốc" in text
    assert "đến trước ngày 01/07/2025; về sau chỉ để so sánh" in text


async def test_no_case_code_and_no_markup_from_names(
    simulated_site: httpx.AsyncClient,
) -> None:
    page = (await simulated_site.get("/so-lieu", params={"units": "all"})).text
    assert "Xã &lt;b&gt;Ba&lt;/b&gt;" in page
    assert "<b>Ba</b>" not in page
    assert not re.search(r"\b[RS]-\d+\b", page)


@pytest.mark.parametrize("path", ["/so-lieu", "/doi-mat-khau", "/dinh-nghia", "/nowhere"])
async def test_the_page_is_well_made(site: httpx.AsyncClient, path: str) -> None:
    page = (await site.get(path)).text
    assert '<html lang="vi"' in page
    assert 'name="viewport"' in page
    for landmark in ("<main ", "<header>", "<footer>", "<h1>"):
        assert page.count(landmark) == 1, landmark
    assert all("aria-label" in each for each in re.findall(r"<nav[^>]*>", page))
    assert all("scope=" in each for each in re.findall(r"<th\b[^>]*>", page))
    ids = Counter(re.findall(r'\bid="([^"]+)"', page))
    assert max(ids.values()) == 1
    named = re.findall(r'aria-labelledby="([^"]+)"', page) + re.findall(r"url\(#([^)]+)\)", page)
    assert set(named) <= set(ids)
    levels = [int(level) for level in re.findall(r"<h(\d)", page)]
    assert all(below <= above + 1 for above, below in pairwise(levels))


@pytest.mark.parametrize(
    "path", ["/so-lieu", "/dinh-nghia", "/doi-mat-khau", "/nowhere", "/health/live", "/api/x"]
)
async def test_the_browser_is_kept_strict(site: httpx.AsyncClient, path: str) -> None:
    answer = await site.get(path)
    policy = answer.headers["content-security-policy"]
    assert policy.startswith("default-src 'none';")
    assert "unsafe" not in policy
    assert "http" not in policy
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["x-frame-options"] == "DENY"
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["cross-origin-opener-policy"] == "same-origin"
    assert answer.headers["cross-origin-resource-policy"] == "same-origin"
    for refused in ("frame-ancestors 'none'", "base-uri 'none'", "form-action 'self'"):
        assert refused in policy
    ours = '<script type="module" src="/assets/'  # by its address, never inline
    text = answer.text.replace(ours, "")
    assert not re.search(r"\sstyle=|<style|<script|\son\w+=|javascript:", text)
    assert not re.search(r'(src|href)="(https?:)?//', answer.text)


async def test_assets_may_be_kept_for_ever(site: httpx.AsyncClient) -> None:
    page = (await site.get("/so-lieu")).text
    (sheet,) = re.findall(r'rel="stylesheet" href="([^"]+)"', page)
    answer = await site.get(sheet)
    assert answer.headers["content-type"].startswith("text/css")
    assert "immutable" in answer.headers["cache-control"]
    assert re.fullmatch(r"/assets/look-[0-9a-f]{12}\.css", sheet)
    assert (await site.get("/assets/look.css")).status_code == 404
    assert (await site.get("/assets/..%2Flook.css")).status_code == 404


async def test_before_any_night_it_says_what_to_do(databases: Databases) -> None:
    own = await databases.copy()
    try:
        async with (
            living_app(own) as app,
            signed_in(app) as one,
            signed_in(app, simulated=True) as other,
        ):
            real = words((await one.get("/so-lieu")).text)
            simulated = words((await other.get("/so-lieu")).text)
    finally:
        await databases.drop(own)
    assert "python -m jobs run night" in real
    assert "--world simulated" not in real
    assert "--world simulated" in simulated


async def test_changed_rules_make_the_night_outdated(
    site: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tthc.service.overview._answers", lambda _night: False)
    text = words((await site.get("/so-lieu")).text)
    assert "Quy tắc tính đã thay đổi sau lần tính gần nhất" in text
