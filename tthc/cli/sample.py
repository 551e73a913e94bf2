"""`tthc sample`: an inspection draw, stratified by unit and sector, by a seed that is kept."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from tthc.cli.output import json_option, print_json
from tthc.cli.question import question_options

if TYPE_CHECKING:
    from tthc.service.figures import Question


@click.command()
@click.option("--period", required=True, help="SCHEME:CODE, for example month:2026-03.")
@click.option("--size", default=30, show_default=True, help="How many cases.")
@click.option("--where", default="resolved_in", show_default=True, help="Drawn from which cases.")
@click.option("--seed", help="Draw again what was drawn; one is made and told if left.")
@click.option(
    "--out", type=click.Path(dir_okay=False, path_type=Path), help="The XLSX or PDF to write."
)
@question_options
@json_option
def sample(
    period: str,
    size: int,
    where: str,
    seed: str | None,
    out: Path | None,
    question: "Question",
    as_json: bool,
) -> None:
    """Draw cases to call about; who drew them and by which seed is traced."""
    if out and out.suffix not in {".xlsx", ".pdf"}:
        raise click.UsageError("--out must end in .xlsx or .pdf.")
    from tthc.cli.database import change_ledger
    from tthc.cli.operator import operator
    from tthc.domain.access import Actor, Role
    from tthc.reports.call_sheet import call_pdf, call_workbook
    from tthc.rules.periods import read_period
    from tthc.service.sampling import Draw, draw_sample
    from tthc.service.words import number

    actor = Actor(operator("tthc sample"), question.scope, Role.AUDITOR)
    draw = Draw(
        *(read_period(period), size, where, question.unit, seed),
        as_of=question.as_of,
        known_at=question.known_at,
    )
    document = change_ledger(lambda connection: draw_sample(connection, actor, draw))
    if out:
        out.write_bytes((call_pdf if out.suffix == ".pdf" else call_workbook)(document))
    if as_json:
        print_json(document)
        return
    click.echo(
        f"Rút {len(document['cases'])} trong {number(document['population'])} hồ sơ, "
        f"{number(document['strata_counted'])} tầng; số hạt giống {document['seed']}."
    )
    for case in document["cases"]:
        click.echo(f"{case['code']}  {case['unit']}  {case['procedure']}")
