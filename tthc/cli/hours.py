"""`tthc hours`: a unit's own hours: shown, a decision on them looked at, then applied."""

from pathlib import Path
from typing import Any

import click

from tthc.cli.decisions import FILE, NUMBER, PERSON, page_options, read_decision
from tthc.cli.output import json_option, print_json, world_option


@click.group()
def hours() -> None:
    """Own hours of units: weekly slots, days off, hours of mere reception, half days."""


@hours.command()
@click.argument("unit")
@world_option
@json_option
def show(unit: str, world: str, as_json: bool) -> None:
    """Show the hours in force at a unit today, and the decisions behind them."""
    from tthc.cli.database import ask_ledger
    from tthc.cli.hours_words import print_hours
    from tthc.domain.access import Scope
    from tthc.service.unit_hours import show_hours

    scope = Scope(simulated=world == "simulated")
    document = ask_ledger(lambda connection: show_hours(scope, connection, unit))
    if as_json:
        print_json(document)
    else:
        print_hours(document)


@hours.command()
@FILE
@page_options
@world_option
@json_option
def preview(file: Path, limit: int, cursor: int, world: str, as_json: bool) -> None:
    """Show what a decision's file would move among its units' open cases; change nothing."""
    from tthc.cli.calendar_words import print_moved
    from tthc.cli.database import ask_ledger
    from tthc.cli.hours_words import print_decision
    from tthc.domain.access import Scope
    from tthc.service.unit_hours import preview_hours

    scope, given = Scope(simulated=world == "simulated"), read_decision(file)
    document = ask_ledger(
        lambda connection: preview_hours(scope, connection, given, limit=limit, cursor=cursor)
    )
    if as_json:
        print_json(document)
        return
    print_decision(document)
    print_moved(document)


@hours.command()
@FILE
@NUMBER
@PERSON
@world_option
@json_option
def apply(file: Path, decision: str, person: str, world: str, as_json: bool) -> None:
    """Lay a decision over its units' hours and bring their open cases to it."""
    from tthc.cli.database import change_ledger
    from tthc.cli.hours_words import print_hours_applied
    from tthc.domain.access import Actor, Role, Scope
    from tthc.service.unit_hours import apply_hours

    actor = Actor(person, Scope(simulated=world == "simulated"), Role.ADMIN)
    given = read_decision(file)
    document: dict[str, Any] = change_ledger(
        lambda connection: apply_hours(connection, actor, given, decision=decision)
    )
    if as_json:
        print_json(document)
    else:
        print_hours_applied(document)
