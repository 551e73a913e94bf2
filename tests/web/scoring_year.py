"""A block's year in hand: the planted province's departments by Hà Tĩnh's rubric of 2023.

S1 has no late case: 1.1 is 1. S2 has one late case without a letter: 1.1 is 0. The rest is people's
to enter: 2.1 and 2.2 of at most 1.5, 3.1 of at most 1.
"""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import date, datetime
from typing import Any

import httpx
import pytest

from tests.people import enter, signed_in
from tests.site import living_app
from tthc import clock
from tthc.db.server import Server

AS_OF = clock.end_of(date(2023, 12, 31))
RUBRIC, YEAR = "ha-tinh-2023", "year:2023"
PEOPLE = {  # name: role, unit
    "province": ("leader", "PL"),
    "s1": ("leader", "PL.S1"),
    "s1_officer": ("officer", "PL.S1"),
    "s2": ("leader", "PL.S2"),
    "commune": ("leader", "PL.X1"),
    "clerk": ("clerk", "PL.S1"),
    "appraiser": ("appraiser", None),
    "appraiser_s1": ("appraiser", "PL.S1"),
    "auditor": ("auditor", None),
}
WINDOWS = {
    "self": {"first": "2024-01-02", "last": "2024-01-15"},
    "appraisal": {"first": "2024-01-16", "last": "2024-01-31"},
    "explanation": {"first": "2024-02-01", "last": "2024-02-05"},
    "approval": {"first": "2024-02-06", "last": "2024-02-15"},
}
ROUND = {"rubric": RUBRIC, "period": YEAR, "root": "PL", "decision": "15/QĐ-UBND"}
ROUND |= {"windows": WINDOWS}  # type: ignore[dict-item]  # a document
PAPER = {"kind": "document", "value": "12/BC-SO"}
People = dict[str, httpx.AsyncClient]


def stand_on(monkeypatch: pytest.MonkeyPatch, month: int, day: int) -> None:
    at = datetime(2024, month, day, 9, tzinfo=clock.VIETNAM)
    monkeypatch.setattr(clock, "now", lambda: at)


@asynccontextmanager
async def people_of(server: Server, **more: tuple[str, str | None]) -> AsyncIterator[People]:
    """A client of each of PEOPLE, who stay signed in over the round."""
    async with living_app(server) as app, AsyncExitStack() as stack:
        yield {
            name: await stack.enter_async_context(
                signed_in(app, role=role, unit=unit, simulated=True, login=f"{name}.thu")
            )
            for name, (role, unit) in {**PEOPLE, **more}.items()
        }


async def come_back(
    people: People, monkeypatch: pytest.MonkeyPatch, day: tuple[int, int], *names: str
) -> None:
    """Another day of 2024, (month, day), on which these sign in again."""
    stand_on(monkeypatch, *day)
    for name in names:
        await enter(people[name], f"{name}.thu")


def path_of(unit: str, leaf: str = "") -> str:
    return f"/api/v1/scores/{RUBRIC}/{unit}" + (f"/{leaf}" if leaf else "")


async def give(
    client: httpx.AsyncClient, unit: str, leaf: str, column: str, points: Any = None, **more: Any
) -> httpx.Response:
    said = {"period": YEAR, "column": column, "points": points} | more
    return await client.post(path_of(unit, leaf), json=said)


async def close(client: httpx.AsyncClient, unit: str, step: str, **more: str) -> httpx.Response:
    return await client.post(path_of(unit), json={"period": YEAR, "step": step} | more)


async def sheet_of(client: httpx.AsyncClient, unit: str) -> dict[str, Any]:
    answer = await client.get(path_of(unit), params={"period": YEAR})
    assert answer.status_code == 200, answer.text
    document: dict[str, Any] = answer.json()
    return document


def leaf_of(sheet: dict[str, Any], code: str) -> dict[str, Any]:
    return next(each for each in sheet["leaves"] if each["code"] == code)


def columns(sheet: dict[str, Any], code: str) -> list[float | None]:
    """A leaf's four columns: computed, self, appraised, approved."""
    leaf = leaf_of(sheet, code)
    given = [leaf["columns"][name] for name in ("self", "appraised", "approved")]
    return [leaf["computed"]["points"], *(each and each["points"] for each in given)]


def fine(answer: httpx.Response) -> dict[str, Any]:
    assert answer.status_code == 200, answer.text
    document: dict[str, Any] = answer.json()
    return document


async def done_once(
    client: httpx.AsyncClient, url: str, asked: dict[str, Any], **other: Any
) -> dict[str, Any]:
    """What a call answers, the same when it is sent again by its key; `other` words of it are
    refused by that key.
    """
    key = {"Idempotency-Key": f"{url} {asked}".encode().hex()[-200:]}
    first, again = [await client.post(url, json=asked, headers=key) for _ in range(2)]
    assert (first.status_code, first.text) == (again.status_code, again.text)
    refused(await client.post(url, json=asked | other, headers=key), 422, "khóa mới")
    return fine(first)


def refused(answer: httpx.Response, status: int, words: str) -> None:
    assert answer.status_code == status, answer.text
    assert words in answer.json()["detail"], answer.text
