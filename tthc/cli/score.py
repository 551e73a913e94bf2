"""`tthc score`: what a rubric gives a unit, why, and what would change it."""

from decimal import Decimal, InvalidOperation
from typing import Any

import click

from tthc import clock
from tthc.cli.output import json_option, print_json, world_option


@click.command()
@click.argument("rubric")
@click.option("--period", required=True, help="SCHEME:CODE, for example year:2026.")
@click.option("--unit", help="Code of a unit; CODE@DATE for one of then. All of them without.")
@click.option("--as-of", help="What had happened by then; a date means its end.")
@click.option("--known-at", help="What had been recorded by then; now by default.")
@click.option("--compared", is_flag=True, help="Places against the same period of last year.")
@click.option("--forecast", is_flag=True, help="The score at the period's end: low to high.")
@click.option(
    "--suppose", help="What if? CHANGE:CASE,CASE; letter, resolved, in_time, late or online."
)
@click.option(
    "--threshold",
    "thresholds",
    multiple=True,
    help="What if? LEAF:NAME=VALUE, for example 3.1.1:floor=90.",
)
@world_option
@json_option
def score(
    rubric: str,
    period: str,
    unit: str | None,
    as_of: str | None,
    known_at: str | None,
    compared: bool,
    forecast: bool,
    suppose: str | None,
    thresholds: tuple[str, ...],
    world: str,
    as_json: bool,
) -> None:
    """Score a unit by a rubric in a period."""
    from tthc.cli import score_tables
    from tthc.cli.database import ask_ledger
    from tthc.domain.access import Scope
    from tthc.rules.periods import read_period
    from tthc.service import outlook, scores
    from tthc.service.score_question import Cut

    scope, chosen = Scope(simulated=world == "simulated"), read_period(period)
    cut = Cut(
        clock.read_instant(as_of) if as_of else None,
        clock.read_instant(known_at) if known_at else None,
    )
    show = score_tables.print_score

    async def ask(connection: Any) -> dict[str, Any]:  # noqa: ANN401  # asked for by ask_ledger
        if forecast:
            return await outlook.forecast(connection, scope, rubric, chosen, unit, cut)
        if suppose or thresholds:
            change, _, cases = (suppose or "").partition(":")
            what = outlook.WhatIf(
                tuple(filter(None, cases.split(","))), change or None, _read(thresholds)
            )
            return await outlook.suppose(connection, scope, rubric, chosen, unit, what, cut)
        return await scores.show_score(
            connection, scope, rubric, chosen, unit, cut, compared=compared
        )

    document = ask_ledger(ask)
    if forecast:
        show = score_tables.print_forecast
    elif suppose or thresholds:
        show = score_tables.print_what_if
    (print_json if as_json else show)(document)


def _read(thresholds: tuple[str, ...]) -> dict[str, dict[str, Decimal]]:
    """`3.1.1:floor=90` by leaf and name."""
    found: dict[str, dict[str, Decimal]] = {}
    for each in thresholds:
        leaf, _, named = each.partition(":")
        name, _, value = named.partition("=")
        try:
            found.setdefault(leaf, {})[name] = Decimal(value)
        except InvalidOperation:
            raise click.BadParameter(f"“{each}”: hãy viết như 3.1.1:floor=90.") from None
    return found
