"""`tthc portal`: what senders' messages could not be placed, and its release."""

from typing import Any

import click

from tthc.cli.output import json_option, print_json, world_option


@click.group()
def portal() -> None:
    """Messages of the national portal's senders."""


@portal.group()
def quarantine() -> None:
    """What waits because it could not be placed."""


@quarantine.command("list")
@click.option("--after", default=0, help="Begin after this number.")
@click.option("--limit", default=100, show_default=True)
@world_option
@json_option
def list_(after: int, limit: int, world: str, as_json: bool) -> None:
    """Every waiting message with its reason."""
    from tthc.cli.database import ask_ledger
    from tthc.domain.access import Actor, Scope
    from tthc.intake.portal.taking import list_waiting

    actor = Actor("quản trị", Scope(simulated=world == "simulated"))
    found: list[dict[str, Any]] = ask_ledger(
        lambda connection: list_waiting(connection, actor, after=after, limit=limit)
    )
    if as_json:
        print_json({"items": found})
        return
    for one in found:
        click.echo(f"{one['id']}  {one['case_code']}  {one['sender']}: {one['waits']}")


@quarantine.command()
@click.argument("number", type=int)
@world_option
@json_option
def release(number: int, world: str, as_json: bool) -> None:
    """Try message NUMBER again; a missing due date is let pass."""
    from tthc.cli.database import change_ledger
    from tthc.domain.access import Actor, Scope
    from tthc.intake.portal import taking

    actor = Actor("quản trị", Scope(simulated=world == "simulated"))
    done = change_ledger(lambda connection: taking.release(connection, actor, number))
    if as_json:
        print_json(done)
        return
    click.echo(f"{done['MaHoSo']}: {done['message']}")
