"""`tthc calendar`: a decision on days off and days worked, first looked at, then applied."""

from pathlib import Path
from typing import Any

import click

from tthc.cli.decisions import FILE, NUMBER, PERSON, page_options, read_decision
from tthc.cli.output import json_option, print_json, world_option


@click.group()
def calendar() -> None:
    """Decisions on days off and days worked, and what they move."""


@calendar.command()
@FILE
@page_options
@world_option
@json_option
def preview(file: Path, limit: int, cursor: int, world: str, as_json: bool) -> None:
    """Show what a decision's file would move among open cases; change nothing."""
    from tthc.cli.calendar_words import print_preview
    from tthc.cli.database import ask_ledger
    from tthc.domain.access import Scope
    from tthc.service.calendars import preview_calendar

    scope, given = Scope(simulated=world == "simulated"), read_decision(file)
    document = ask_ledger(
        lambda connection: preview_calendar(scope, connection, given, limit=limit, cursor=cursor)
    )
    if as_json:
        print_json(document)
    else:
        print_preview(document)


@calendar.command()
@FILE
@NUMBER
@PERSON
@json_option
def apply(file: Path, decision: str, person: str, as_json: bool) -> None:
    """Lay a decision over the calendar and bring every open case to it."""
    from tthc.cli.calendar_words import print_applied
    from tthc.cli.database import change_ledger
    from tthc.domain.access import Actor, Role, Scope
    from tthc.service.calendars import apply_calendar

    actor, given = Actor(person, Scope(simulated=False), Role.ADMIN), read_decision(file)
    document: dict[str, Any] = change_ledger(
        lambda connection: apply_calendar(connection, actor, given, decision=decision)
    )
    if as_json:
        print_json(document)
    else:
        print_applied(document)
