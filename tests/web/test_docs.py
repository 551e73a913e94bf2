"""The API's page in the real Chromium: whole, tried with a token, and asking nobody else."""

import json

import pytest
from litestar import Litestar
from playwright.async_api import Browser, expect

from tests.programs import token_for
from tests.web.test_browser import address, open_page, pytestmark
from tests.web.test_openapi import CALLS
from tthc.db.server import Server

__all__ = ["address", "pytestmark"]


async def test_the_page_works_without_the_internet(
    browser: Browser, address: str, worlds: Server
) -> None:
    secret = await token_for(worlds, "trang thử", "read")
    page = await open_page(browser, f"{address}/api/docs", "office")
    asked: list[str] = []
    page.on("request", lambda each: asked.append(each.url))
    await expect(page.locator(".opblock")).to_have_count(len(CALLS))
    await page.get_by_role("button", name="Authorize").first.click()
    await page.locator("section input").first.fill(secret)
    await page.locator(".auth-btn-wrapper .authorize").click()
    await page.locator(".btn-done").click()
    call = page.locator(".opblock", has_text="/api/v1/cases").first
    await call.click()
    await call.get_by_role("button", name="Try it out").click()
    await call.locator("tr[data-param-name=where] input").fill("open_overdue")
    await call.get_by_role("button", name="Execute").click()
    answer = call.locator(".live-responses-table .highlight-code").first
    await expect(answer).to_contain_text("total")
    assert all(each.startswith((address, "data:", "blob:")) for each in asked)
    await page.context.close()


async def test_what_it_loads_is_ours_alone(app: Litestar, address: str) -> None:
    import httpx

    async with httpx.AsyncClient(base_url=address) as client:
        page = await client.get("/api/docs")
        assert "http" not in page.text.replace("<!doctype html>", "")
        assert (await client.get("/api/docs/0/swagger-ui.css")).status_code == 404
        schema = (await client.get("/api/schema")).json()
    assert json.dumps(schema).count('"examples"') > 5
    assert pytest
    assert app
