"""`tthc calendar`: a decision on days off and days worked, first looked at, then applied."""

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from tthc.cli.output import json_option, print_json, world_option

if TYPE_CHECKING:
    from tthc.rules.calendars import DecisionText


@click.group()
def calendar() -> None:
    """Decisions on days off and days worked, and what they move."""


@calendar.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--limit", default=20, show_default=True, type=click.IntRange(0, 10_000))
@click.option("--cursor", default=0, type=click.IntRange(0), help="Where the last page ended.")
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
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--decision", required=True, help="Number of the decision.")
@click.option("--by", "person", required=True, help="Who applies it; the ledger keeps the name.")
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


def read_decision(file: Path) -> "DecisionText":
    """A decision as its file, whose name is its version."""
    from tthc.rules.calendars import DecisionText
    from tthc.rules.files import read_text

    return DecisionText(re.sub(r"\.toml$", "", file.name), read_text(file))
