"""`/cham-diem/{rubric}/{unit}/du-bao`: the year so far, what it may come to, and what if."""

from decimal import Decimal, InvalidOperation
from typing import Any

from litestar import MediaType, get
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery
from sqlalchemy.ext.asyncio import AsyncConnection

from tthc.domain.access import Actor, Permission
from tthc.domain.errors import InputError, TthcError
from tthc.rules.periods import read_period
from tthc.rules.rubrics import rubric as rubric_by_name
from tthc.service.outlook import WhatIf, forecast, suppose
from tthc.service.suppositions import CHANGES
from tthc.web.access import Visitor, may_do
from tthc.web.desk.render import render

MOST_CASES = 200


@get(
    "/cham-diem/{rubric:str}/{unit:str}/du-bao",
    guards=[may_do(Permission.READ_CASES)],
    media_type=MediaType.HTML,
    include_in_schema=False,
)
async def outlook_page(
    visitor: NamedDependency[Visitor],
    actor: NamedDependency[Actor],
    ledger: NamedDependency[AsyncConnection],
    rubric: FromPath[str],
    unit: FromPath[str],
    ky: FromQuery[str] = "",
    ho_so: FromQuery[str] = "",
    doi: FromQuery[str] = "letter",
    nguong: FromQuery[str] = "",
) -> str:
    """The forecast; with cases or a threshold in the address, what would be if."""
    period = read_period(ky)
    chosen = rubric_by_name(rubric)
    told = await forecast(ledger, actor.scope, rubric, period, unit)
    supposed, refusal = None, None
    if ho_so.strip() or nguong.strip():
        try:
            what = WhatIf(_codes(ho_so), doi if ho_so.strip() else None, _thresholds(nguong))
            supposed = await suppose(ledger, actor.scope, rubric, period, unit, what)
        except TthcError as problem:
            refusal = str(problem)
    return render(
        "score_outlook.html",
        visitor=visitor,
        rubric=chosen,
        period=period,
        unit=unit,
        told=told,
        titles={leaf.code: leaf.title for leaf in chosen.leaves()},
        supposed=supposed,
        changes={name: label for name, (label, _) in CHANGES.items()},
        typed={"ho_so": ho_so, "doi": doi, "nguong": nguong},
        refusal=refusal,
    )


def _codes(text: str) -> tuple[str, ...]:
    codes = tuple(text.replace(",", " ").split())
    if len(codes) > MOST_CASES:
        raise InputError(f"Nhiều nhất {MOST_CASES} hồ sơ một lần giả định: hãy bớt.")
    return codes


def _thresholds(text: str) -> dict[str, dict[str, Decimal]]:
    """`3.1.1:floor=90`, several apart by spaces. Raises InputError."""
    found: dict[str, dict[str, Decimal]] = {}
    for each in text.split():
        leaf, _, named = each.partition(":")
        name, _, value = named.partition("=")
        try:
            number: Any = Decimal(value.replace(",", "."))
        except InvalidOperation:
            number = None
        if number is None or not number.is_finite():
            raise InputError(f"Ngưỡng “{each}”: hãy viết như 3.1.1:floor=90.")
        found.setdefault(leaf, {})[name] = number
    return found
