"""`tthc changes`: what changed in a period's figures since the night before, case by case."""

from typing import Any

import click

from tthc.cli.output import json_option, print_json, world_option
from tthc.cli.publication import print_difference


@click.command()
@click.option("--period", required=True, help="SCHEME:CODE, for example month:2026-03.")
@click.option("--definition", "names", multiple=True, help="Of these; else the rates and letters.")
@click.option(
    "--since", help="Instant, date or `published` to compare with, instead of the night before."
)
@click.option("--limit", default=100, show_default=True, type=click.IntRange(0, 10_000))
@world_option
@json_option
def changes(
    period: str, names: tuple[str, ...], since: str | None, limit: int, world: str, as_json: bool
) -> None:
    """Tell which cases came to the figures of a period, left them, or count otherwise."""
    from tthc.cli.database import ask_ledger
    from tthc.domain.access import Scope
    from tthc.rules.periods import read_period
    from tthc.service.changes import read_since, show_changes

    chosen, scope = read_period(period), Scope(world == "simulated")
    at = read_since(since)
    document: dict[str, Any] = ask_ledger(
        lambda connection: show_changes(connection, scope, chosen, names, since=at, limit=limit)
    )
    if as_json:
        print_json(document)
        return
    click.echo(
        f"Kỳ {document['period']}, từ {document['before']['as_of']} đến "
        f"{document['after']['as_of']}: {document['changed']} hồ sơ khác đi."
    )
    print_difference(document)
