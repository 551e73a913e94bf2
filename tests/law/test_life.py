"""The situations of life.toml: a case's life, through the services, on the real database."""

import tomllib
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncConnection

from tests.law.lives import Life, local, make_procedure
from tthc.domain.errors import TthcError
from tthc.service.integrity import verify_ledger

FILE = Path(__file__).with_name("life.toml")
CASES = tomllib.loads(FILE.read_text(encoding="utf-8"))["case"]
KNOWN = {
    *("id", "situation", "term", "committed", "suspension_rule", "acts", "expect", "holds"),
    *("fails", "refused"),
}


def seen(document: dict[str, Any], name: str) -> object:
    value = document[name]
    if value is None:
        return ""
    return datetime.fromisoformat(value) if name.endswith("_at") else value


@pytest.mark.parametrize("case", CASES, ids=[case["id"] for case in CASES])
async def test_situation(
    owner: AsyncConnection, monkeypatch: pytest.MonkeyPatch, case: dict[str, Any]
) -> None:
    assert not set(case) - KNOWN
    procedure = await make_procedure(owner, case["term"], case.get("committed"))
    life = Life(owner, monkeypatch, procedure)
    if "suspension_rule" in case:
        life.under(case["suspension_rule"])
    *before, last = case["acts"]
    for act in before:
        await life.play(act)
    if "refused" in case:
        was = life.document
        with pytest.raises(TthcError, match=case["refused"]):
            await life.play(last)
        assert life.document is was
    else:
        await life.play(last)
    for name, value in case.get("expect", {}).items():
        wanted = local(value) if isinstance(value, datetime) else value
        assert seen(life.document, name) == wanted, name
    for question in case.get("holds", []):
        assert await life.holds(*question), question
    for question in case.get("fails", []):
        assert not await life.holds(*question), question
    told = await verify_ledger(owner, life.code)
    assert told["ok"], told


def test_every_situation_has_its_own_id() -> None:
    assert len({case["id"] for case in CASES}) == len(CASES)
