"""`tthc briefing`: the weekly briefing of a unit, a page of prose."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from tthc.cli.output import json_option, print_json
from tthc.cli.question import question_options

if TYPE_CHECKING:
    from tthc.service.figures import Question


@click.command()
@click.option("--period", required=True, help="SCHEME:CODE, for example week:2026-W12.")
@click.option(
    "--out", type=click.Path(dir_okay=False, path_type=Path), help="The DOCX or PDF to write."
)
@question_options
@json_option
def briefing(
    period: str,
    out: Path | None,
    question: "Question",
    as_json: bool,
) -> None:
    """Write Báo cáo giao ban of a unit, every number with its definition and digest."""
    if not (out or as_json):
        raise click.UsageError("Give --out, --json, or both.")
    if out and out.suffix not in {".docx", ".pdf"}:
        raise click.UsageError("--out must end in .docx or .pdf.")
    from tthc.cli.database import ask_ledger
    from tthc.cli.operator import operator
    from tthc.domain.access import Actor
    from tthc.reports.briefing import briefing_docx, briefing_pdf
    from tthc.rules.periods import read_period
    from tthc.service.briefing import prepare_briefing

    actor = Actor(operator("tthc briefing"), question.scope)
    document = ask_ledger(
        lambda connection: prepare_briefing(connection, actor, read_period(period), question)
    )
    if out:
        write = briefing_pdf if out.suffix == ".pdf" else briefing_docx
        out.write_bytes(write(document))
    if as_json:
        print_json(document)
        return
    for paragraph in document["paragraphs"]:
        click.echo("".join(run["text"] for run in paragraph))
    click.echo(f"{document['title']}: {out}")
