"""`tthc import-report`: a report of another system, checked and laid beside ours."""

from pathlib import Path
from typing import Any

import click

from tthc.cli.output import json_option, print_json, world_option

SIGNS = {"dot": ".", "comma": ","}


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--period", required=True, help="Whose report it is, for example month:2026-03.")
@click.option(
    "--layout", help="ii-06a, ii-07, letters, weekly or qd-766; found by its headings if left."
)
@click.option(
    "--thousands",
    type=click.Choice(list(SIGNS)),
    help="What groups thousands, where the file's own numbers can be read two ways.",
)
@world_option
@json_option
def import_report(
    file: Path,
    period: str,
    layout: str | None,
    thousands: str | None,
    world: str,
    as_json: bool,
) -> None:
    """Keep the report in FILE (XLSX or XLS) and say where it breaks and where it differs."""
    from tthc.cli.database import change_ledger
    from tthc.cli.operator import operator
    from tthc.domain.access import Actor, Scope
    from tthc.intake.reports.reading import read_report
    from tthc.rules.periods import read_period
    from tthc.service import foreign_reports

    chosen = read_period(period)
    report = read_report(file, layout, SIGNS[thousands] if thousands else None)
    actor = Actor(operator("tthc import-report"), Scope(simulated=world == "simulated"))
    document = change_ledger(
        lambda connection: foreign_reports.import_report(connection, actor, report, chosen)
    )
    (print_json if as_json else _tell)(document)


def _tell(document: dict[str, Any]) -> None:
    if document["already_imported"]:
        click.echo("Tệp này đã được nhập trước đây; lần này không có gì thay đổi.")
    click.echo(f"{document['file']}: mẫu {document['layout']}, {document['rows']} dòng số liệu.")
    for heading in document["unknown_headings"]:
        click.echo(f"Cột “{heading}” không có trong mẫu nên không đọc.")
    for label in document["absent_columns"]:
        click.echo(f"Tệp không có cột “{label}”.")
    for kind in ("broken_identities", "broken_totals", "differences"):
        for each in document[kind]:
            click.echo(each["told"])
    for row in document["unmatched_rows"]:
        click.echo(f"Dòng {row['line']}: không nhận ra đơn vị “{row['name']}” nên không so sánh.")
    if not document["differences"] and not document["unmatched_rows"]:
        click.echo("Không có số nào khác với sổ.")
