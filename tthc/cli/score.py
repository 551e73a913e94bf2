"""`tthc score`: what a rubric gives a unit, why, and how far the next point is."""

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
@world_option
@json_option
def score(
    rubric: str,
    period: str,
    unit: str | None,
    as_of: str | None,
    known_at: str | None,
    compared: bool,
    world: str,
    as_json: bool,
) -> None:
    """Score a unit by a rubric in a period."""
    from tthc.cli.database import ask_ledger
    from tthc.cli.score_tables import print_score
    from tthc.domain.access import Scope
    from tthc.rules.periods import read_period
    from tthc.service.score_question import Cut
    from tthc.service.scores import show_score

    scope, chosen = Scope(simulated=world == "simulated"), read_period(period)
    cut = Cut(
        clock.read_instant(as_of) if as_of else None,
        clock.read_instant(known_at) if known_at else None,
    )

    async def ask(connection: Any) -> dict[str, Any]:  # noqa: ANN401  # asked for by ask_ledger
        return await show_score(connection, scope, rubric, chosen, unit, cut, compared=compared)

    document = ask_ledger(ask)
    (print_json if as_json else print_score)(document)
