"""`tthc catalogue`: units, procedures and terms, as later decisions set them."""

from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tthc.cli.operator import operator
from tthc.cli.output import json_option, print_json

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncConnection

    from tthc.intake.catalogue.decision import CatalogueReport

DAY = click.DateTime(["%Y-%m-%d"])


@click.group()
def catalogue() -> None:
    """Units, procedures and terms: dated, sourced versions."""


@catalogue.command("import")
@click.argument("annex", type=click.Choice(["units", "procedures", "terms"]))
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--decision", required=True, help="Number of the decision.")
@click.option(
    "--date",
    "decided_on",
    type=DAY,
    required=True,
    help="Its date, and that of its effect where a row names no valid_from.",
)
@click.option("--dry-run", is_flag=True, help="Show what would change; change nothing.")
@json_option
def import_annex(
    annex: str, file: Path, decision: str, decided_on: datetime, dry_run: bool, as_json: bool
) -> None:
    """Bring a decision's annex (CSV or XLSX) into the catalogue, overwriting nothing."""
    from tthc.cli.catalogue_words import print_report
    from tthc.cli.database import change_as_owner
    from tthc.db.traces import leave_trace
    from tthc.domain.traces import Trace
    from tthc.intake.catalogue.decision import import_catalogue

    async def bring(connection: "AsyncConnection") -> "CatalogueReport":
        day = decided_on.date()
        report = await import_catalogue(
            connection, annex, file, decision=decision, decided_on=day, dry_run=dry_run
        )
        if not dry_run:
            told = {"annex": annex, "decision": decision}
            trace = Trace(operator("tthc catalogue"), "catalogue_changed", details=told)
            await leave_trace(connection, trace)
        return report

    report = change_as_owner(bring)
    if as_json:
        print_json(asdict(report))
    else:
        print_report(report)


@catalogue.group()
def show() -> None:
    """What the catalogue holds."""


@show.command()
@click.argument("code")
@click.option("--on", type=DAY, help="The date that matters; today by default.")
@json_option
def procedure(code: str, on: datetime | None, as_json: bool) -> None:
    """A procedure with its terms, their sources, what is not confirmed, and internal steps."""
    from tthc import clock
    from tthc.cli.catalogue_words import print_procedure
    from tthc.cli.database import ask_ledger
    from tthc.service.catalogue import describe_procedure

    day = on.date() if on else clock.local_date(clock.now())
    document = ask_ledger(lambda connection: describe_procedure(connection, code, day))
    if as_json:
        print_json(document)
    else:
        print_procedure(document)


@catalogue.command()
@json_option
def check(as_json: bool) -> None:
    """Every internal workflow whose steps do not add up to the total that it states."""
    from tthc.cli.catalogue_words import print_check
    from tthc.cli.database import ask_ledger
    from tthc.service.workflows import check_workflows

    document = ask_ledger(check_workflows)
    if as_json:
        print_json(document)
    else:
        print_check(document)
