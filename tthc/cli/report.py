"""`tthc report`: a report of a period in an official layout."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from tthc.cli.output import json_option, print_json
from tthc.cli.question import question_options

if TYPE_CHECKING:
    from tthc.service.figures import Question


@click.command()
@click.argument("layout")
@click.option("--period", required=True, help="SCHEME:CODE, for example month:2026-03.")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="The XLSX to write.")
@click.option(
    "--by", type=click.Choice(["unit", "sector"]), default="unit", show_default=True, help="Rows."
)
@click.option("--mapping", help="Another way to fill the columns, said on the report.")
@question_options
@json_option
def report(
    layout: str,
    period: str,
    out: Path | None,
    by: str,
    mapping: str | None,
    question: "Question",
    as_json: bool,
) -> None:
    """Write a report: ii-06a, ii-07, letters, weekly or qd-766."""
    if not (out or as_json):
        raise click.UsageError("Give --out, --json, or both.")
    from tthc.cli.database import ask_ledger
    from tthc.reports.periodic import report_workbook
    from tthc.rules.periods import read_period
    from tthc.service.reports import Order, prepare_report

    order = Order(layout, read_period(period), by, mapping)
    document = ask_ledger(lambda connection: prepare_report(connection, order, question))
    if out:
        out.write_bytes(report_workbook(document))
    if as_json:
        print_json(document)
    else:
        click.echo(f"{document['form']}: {len(document['rows'])} dòng, {out}")
