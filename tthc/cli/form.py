"""`tthc form` and `tthc form-paper`: forms of a case on paper, and the paper of a unit."""

from pathlib import Path

import click

from tthc.cli.operator import operator
from tthc.cli.output import json_option, print_json, world_option


@click.command()
@click.argument("case_code")
@click.argument("number")
@click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    required=True,
    help="The PDF to write.",
)
@click.option("--paper", type=click.Choice(["a5", "a4"]), help="Instead of the unit's own.")
@click.option("--letter", type=int, help="Which letter of form 04.")
@world_option
@json_option
def form(
    case_code: str,
    number: str,
    out: Path,
    paper: str | None,
    letter: int | None,
    world: str,
    as_json: bool,
) -> None:
    """Print form 01 to 06 of a case as PDF/A."""
    from tthc.cli.database import change_ledger
    from tthc.domain.access import Actor, Scope
    from tthc.reports.forms import print_form
    from tthc.service.forms import prepare_form

    actor = Actor(operator("tthc form"), Scope(simulated=world == "simulated"))
    document = change_ledger(  # a printed form leaves a trace
        lambda connection: prepare_form(
            connection, actor, case_code, number, paper=paper, letter_id=letter
        )
    )
    content = print_form(document)
    out.write_bytes(content)
    if as_json:
        told = {"case_code": case_code, "form": number, "title": document["title"]}
        print_json(told | {"paper": document["paper"], "file": str(out), "bytes": len(content)})
        return
    click.echo(f"{document['title']}: {out}")


@click.command()
@click.argument("unit")
@click.argument("number")
@click.argument("paper")
@world_option
@json_option
def form_paper(unit: str, number: str, paper: str, world: str, as_json: bool) -> None:
    """Choose the paper, a5 or a4, on which a unit prints a form."""
    from tthc.cli.database import change_ledger
    from tthc.domain.access import Actor, Scope
    from tthc.service.forms import choose_paper

    actor = Actor(operator("tthc form-paper"), Scope(simulated=world == "simulated"))
    document = change_ledger(
        lambda connection: choose_paper(connection, actor, unit, number, paper)
    )
    if as_json:
        print_json(document)
        return
    click.echo(f"{document['title']}: đơn vị {document['unit']} in khổ {paper.upper()}.")
