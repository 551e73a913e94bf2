"""`tthc case`: one case behind a number, and the events behind the case."""

import click

from tthc.cli.output import json_option, print_json, world_option


@click.command()
@click.argument("case_code")
@world_option
@json_option
def case(case_code: str, world: str, as_json: bool) -> None:
    """Show a case as it stands and every event recorded of it, without its applicant."""
    from tthc.cli.database import ask_ledger
    from tthc.cli.operator import operator
    from tthc.cli.tables import print_case
    from tthc.domain.access import Actor, Role, Scope
    from tthc.service.cases import show_with_events

    actor = Actor(operator("tthc case"), Scope(simulated=world == "simulated"), Role.AUDITOR)
    document = ask_ledger(lambda connection: show_with_events(connection, actor, case_code))
    (print_json if as_json else print_case)(document)
