"""An inspection draw: stratified, nobody's choice, drawn again by its seed, and traced."""

from collections import Counter
from typing import Any

import fastexcel
import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from litestar import Litestar

from tests.people import signed_in
from tests.reports.reading import text_of
from tests.worlds import AS_OF
from tthc.domain.sampling import allocate

CUT = {"as_of": AS_OF.isoformat(), "known_at": AS_OF.isoformat(), "period": "year:2026"}
WIDE = {"where": "to_resolve"}


@given(st.dictionaries(st.integers(), st.integers(0, 1000), max_size=30), st.integers(1, 500))
def test_strata_give_in_proportion(sizes: dict[int, int], wanted: int) -> None:
    taken = allocate(sizes, wanted)
    held = {stratum: size for stratum, size in sizes.items() if size}
    whole = sum(held.values())
    assert sum(taken.values()) == min(wanted, whole)
    assert all(0 <= taken[stratum] <= size for stratum, size in held.items())
    assert set(taken) == set(held)
    if wanted >= len(held):
        assert all(taken.values())
    for one, size in held.items():  # the larger never gives fewer than the smaller, but for ties
        assert all(taken[one] + 1 >= taken[other] for other in held if held[other] <= size)


async def draw(client: httpx.AsyncClient, **asked: str) -> dict[str, Any]:
    answer = await client.get("/api/v1/samples", params=CUT | WIDE | asked)
    assert answer.status_code == 200, answer.text
    document: dict[str, Any] = answer.json()
    return document


async def test_the_seed_draws_the_same_cases_again(simulated_site: httpx.AsyncClient) -> None:
    site = simulated_site
    first = await draw(site, size="12")
    again = await draw(site, size="12", seed=first["seed"])
    assert again["codes"] == first["codes"]
    assert again["digest"] == first["digest"]
    others = [(await draw(site, size="12"))["codes"] for _ in range(3)]
    assert any(each != first["codes"] for each in others)


async def test_every_stratum_is_counted_and_drawn(simulated_site: httpx.AsyncClient) -> None:
    site = simulated_site
    document = await draw(site, size="30")
    listed = await site.get("/api/v1/cases", params=CUT | {"where": "to_resolve", "limit": "500"})
    items = listed.json()["items"]
    assert document["population"] == listed.json()["total"] == len(items)
    assert set(document["codes"]) <= {each["case_code"] for each in items}
    assert len(document["codes"]) == len(set(document["codes"])) == 30
    strata = document["strata"]
    assert sum(each["population"] for each in strata) == document["population"]
    drawn = Counter((each["unit"], each["sector"]) for each in document["cases"])
    assert drawn == {(each["unit"], each["sector"]): each["drawn"] for each in strata}


async def test_the_draw_is_traced_with_its_seed(simulated_site: httpx.AsyncClient) -> None:
    document = await draw(simulated_site, size="5", seed="kiểm tra quý I")
    kept = await simulated_site.get("/api/v1/traces", params={"kind": "sampled"})
    trace = kept.json()["items"][0]
    assert trace["details"]["seed"] == document["seed"] == "kiểm tra quý I"
    assert trace["details"]["digest"] == document["digest"]
    assert trace["case_count"] == 5


async def test_the_sheets_hold_the_cases_drawn(simulated_site: httpx.AsyncClient) -> None:
    asked = CUT | WIDE | {"size": "9", "seed": "x"}
    document = await draw(simulated_site, size="9", seed="x")
    book = await simulated_site.get("/api/v1/samples", params=asked | {"format": "xlsx"})
    sheet = fastexcel.read_excel(book.content).load_sheet(0, header_row=None, dtypes="string")
    codes = [row[1] for row in sheet.to_polars().rows()]
    assert [each for each in codes if each in set(document["codes"])] == document["codes"]
    paper = await simulated_site.get("/api/v1/samples", params=asked | {"format": "pdf"})
    text = "".join(text_of(paper.content).split())
    assert all(code in text for code in document["codes"])


@pytest.mark.parametrize("asked", [{"size": "0"}, {"size": "501"}, {"seed": "a\nb"}])
async def test_what_cannot_be_drawn_is_refused(
    simulated_site: httpx.AsyncClient, asked: dict[str, str]
) -> None:
    answer = await simulated_site.get("/api/v1/samples", params=CUT | asked)
    assert answer.status_code == 400


@pytest.mark.parametrize("role", ["clerk", "officer", "official", "appraiser"])
async def test_only_those_who_inspect_draw(app: Litestar, role: str) -> None:
    async with signed_in(app, role=role) as client:
        assert (await client.get("/api/v1/samples", params=CUT)).status_code == 403
