"""`tthc verify`: whether the ledger is as it was written."""

import sys

import click

from tthc.cli.output import json_option, print_json


@click.command()
@click.option("--case", "code", help="One case only.")
@json_option
def verify(code: str | None, as_json: bool) -> None:
    """Check every event, chain, row and day of the ledger; exit 1 when something was changed."""
    from tthc.cli.database import ask_ledger
    from tthc.service.integrity import verify_ledger

    document = ask_ledger(lambda connection: verify_ledger(connection, code))
    if as_json:
        print_json(document)
    elif document["ok"]:
        click.echo(
            f"Sổ nguyên vẹn: {document['cases']} hồ sơ, {document['events']} việc, "
            f"{document['days']} ngày đã niêm phong, {document['traces']} dòng nhật ký."
        )
    else:
        click.echo(document["first_problem"])
    if not document["ok"]:
        sys.exit(1)
