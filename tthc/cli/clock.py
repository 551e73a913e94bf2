"""`tthc clock`: why a case is due when it is due."""

import click

from tthc.cli.output import json_option, print_json, world_option


@click.command()
@click.argument("case_code")
@world_option
@json_option
def clock(case_code: str, world: str, as_json: bool) -> None:
    """Explain a case's due dates: receipt, days skipped and why, suspensions, extension."""
    from tthc.cli.database import ask_ledger
    from tthc.domain.access import Scope
    from tthc.service.clock import explain_case

    scope = Scope(simulated=world == "simulated")
    document = ask_ledger(lambda connection: explain_case(scope, connection, case_code))
    if as_json:
        print_json(document)
        return
    for sentence in document["sentences"]:
        click.echo(sentence)
