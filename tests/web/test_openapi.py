"""The API against its own description: no failure of ours, no status that it does not tell of."""

import asyncio
import os
from collections.abc import Iterator
from typing import Any, cast

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    response_schema_conformance,
    status_code_conformance,
)

from tests.databases import Databases
from tests.law.lives import make_procedure
from tests.programs import bearing, token_for
from tests.serving import Uvicorn
from tthc.db.engine import connect_owner

CHECKS = [not_a_server_error, status_code_conformance, response_schema_conformance]


@pytest.fixture(scope="module")
def living(databases: Databases) -> Iterator[tuple[Uvicorn, str]]:
    own = asyncio.run(databases.copy())

    async def prepare() -> str:
        owner = connect_owner(own)
        async with owner.begin() as connection:
            await make_procedure(connection, [5, "working_day"])
        await owner.dispose()
        return await token_for(own, "schemathesis")

    secret = asyncio.run(prepare())
    with Uvicorn(own) as site:
        yield site, secret
    asyncio.run(databases.drop(own))


CALLS = (
    *("GET /api/v1/definitions", "GET /api/v1/figures", "GET /api/v1/partition"),
    *("GET /api/v1/cases", "POST /api/v1/cases", "GET /api/v1/cases/{code}"),
    *("GET /api/v1/cases/{code}/clock", "GET /api/v1/cases/{code}/applicant"),
    *("GET /api/v1/cases/{code}/events", "POST /api/v1/cases/{code}/events"),
    *("GET /api/v1/cases/{code}/letters", "POST /api/v1/cases/{code}/letters"),
    "POST /api/v1/letters/{letter_id}/approve",
    *("GET /api/v1/cases/{code}/forms/{number}", "GET /api/v1/register"),
    *("GET /api/v1/handovers/{batch}", "GET /api/v1/shift"),
    *("POST /api/v1/letters/{letter_id}/issue", "POST /api/v1/letters/{letter_id}/send"),
    *("POST /api/v1/imports", "GET /health/live", "GET /health/ready"),
    *("POST /api/v1/portal/DongBoHoSoMC", "POST /api/v1/portal/CapNhatTienDoHoSoMC"),
    *("POST /api/v1/calendars/preview", "POST /api/v1/terms/preview"),
    *("GET /api/v1/portal/quarantine", "POST /api/v1/portal/quarantine/{number}/release"),
)


@pytest.fixture(scope="module")
def operations(living: tuple[Uvicorn, str]) -> dict[str, Any]:
    schema = schemathesis.openapi.from_url(f"{living[0].url}/api/schema/openapi.json")
    found = [cast("Any", each).ok() for each in schema.get_all_operations()]
    return {f"{each.method.upper()} {each.path}": each for each in found}


def test_every_call_is_tried(operations: dict[str, Any]) -> None:
    assert set(operations) == set(CALLS)


@pytest.mark.parametrize("call", CALLS)
def test_nothing_fails(call: str, operations: dict[str, Any], living: tuple[Uvicorn, str]) -> None:
    site, secret = living
    operation = operations[call]
    examples = 60 if os.environ.get("TTHC_HEAVY") else 12

    @settings(max_examples=examples, phases=[Phase.generate], suppress_health_check=[*HealthCheck])
    @given(case=operation.as_strategy())
    def check(case: Any) -> None:
        case.call_and_validate(
            base_url=site.url, headers=bearing(secret), checks=CHECKS, timeout=20
        )

    check()
