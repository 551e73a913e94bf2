"""What is open to everybody tells no count of cases but those of published months, none small.

Over a ledger whose counts are known (tests/worlds.py), with its nights, while nothing of it is
published. What is open of a published month: tests/web/test_open_figures.py. See ADR 0132.
"""

import re

import httpx

from tests.web.routes import RULES
from tests.web.test_matrix import NAMES
from tthc.web.desk.overview import PATH as OVERVIEW

# counts of the worked example and of the simulated world, as pages and programs write them
COUNTS = ("385", "443", "390", "450", "315", "105", "240", "145", "98,72", "98.72", "98,44")
OTHER = re.compile(r"\b\d+(?:[.,]\d+)*\s+(?:trong|hồ sơ|%)")  # "2 trong 60 hồ sơ", "75,00 %"
EXPLAINING = ("/dinh-nghia", "/api/v1/definitions", "/api/docs", "/api/schema", "/assets")


async def test_no_count_is_open(stranger: httpx.AsyncClient, site: httpx.AsyncClient) -> None:
    shown = (await site.get(f"{OVERVIEW}?period=month:2026-03")).text
    assert OTHER.search(shown)  # the same signs, where somebody signed in
    assert "385" in shown
    read = 0
    for route, rule in RULES.items():
        method, path = route.split()
        if rule.kind != "open" or method != "GET" or path.startswith(EXPLAINING):
            continue
        for asked in ("", "?period=month:2026-03&units=all&world=simulated"):
            answer = await stranger.get(path.format_map(NAMES) + asked)
            read += 1
            said = re.sub(r"<[^>]+>", " ", answer.text)
            if path != "/metrics":
                told = [count for count in COUNTS if re.search(rf"(?<![\d.]){count}(?!\d)", said)]
                assert not told, (path, told, said[:300])
            assert not OTHER.search(said), (path, OTHER.search(said))
    assert read >= 10
