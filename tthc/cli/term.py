"""`tthc term`: a decision's new terms and the cases that are open: looked at, then applied."""

from datetime import datetime
from typing import Any

import click

from tthc.cli.decisions import PERSON, page_options
from tthc.cli.output import json_option, print_json, world_option

DECISION = click.argument("decision")
DATE = click.option(
    "--date",
    "decided_on",
    type=click.DateTime(["%Y-%m-%d"]),
    required=True,
    help="Date of the decision, as it was imported.",
)


@click.group()
def term() -> None:
    """Decisions on terms, and open cases: by law these keep the term of their receipt."""


@term.command()
@DECISION
@DATE
@page_options
@world_option
@json_option
def preview(
    decision: str, decided_on: datetime, limit: int, cursor: int, world: str, as_json: bool
) -> None:
    """Show what an imported decision's terms would move among open cases; change nothing."""
    from tthc.cli.calendar_words import print_moved
    from tthc.cli.database import ask_ledger
    from tthc.domain.access import Scope
    from tthc.service.terms import preview_terms

    scope, day = Scope(simulated=world == "simulated"), decided_on.date()
    document = ask_ledger(
        lambda connection: preview_terms(
            scope, connection, decision, day, limit=limit, cursor=cursor
        )
    )
    if as_json:
        print_json(document)
    else:
        print_moved(document)


@term.command()
@DECISION
@DATE
@click.option("--grounds", required=True, help="The clause that covers cases received before.")
@PERSON
@json_option
def apply(decision: str, decided_on: datetime, grounds: str, person: str, as_json: bool) -> None:
    """Bring every open case to the decision's terms, where the decision itself covers them."""
    from tthc.cli.calendar_words import print_terms_applied
    from tthc.cli.database import change_ledger
    from tthc.domain.access import Actor, Role, Scope
    from tthc.service.terms import apply_terms

    actor, day = Actor(person, Scope(simulated=False), Role.ADMIN), decided_on.date()
    document: dict[str, Any] = change_ledger(
        lambda connection: apply_terms(connection, actor, decision, day, grounds=grounds)
    )
    if as_json:
        print_json(document)
    else:
        print_terms_applied(document)
