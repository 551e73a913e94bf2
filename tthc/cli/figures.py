"""`tthc figures`, `tthc partition`, `tthc cases`: what the ledger says, with its definition."""

from datetime import date
from typing import TYPE_CHECKING

import click

from tthc.cli.output import json_option, print_json
from tthc.cli.question import dimensions_option, question_options, standing_option

if TYPE_CHECKING:
    from tthc.service.figures import Question


def _date(text: str | None) -> date | None:
    if text is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise click.BadParameter(f"“{text}” không phải là một ngày, ví dụ 2026-03-05.") from None


@click.command()
@click.option("--definition", "name", required=True, help="For example on_time/resolved.")
@click.option("--period", help="SCHEME:CODE, for example month:2026-03.")
@click.option("--from", "start", help="First day, instead of --period.")
@click.option("--to", "end", help="The day after the last, instead of --period.")
@question_options
@standing_option
@dimensions_option
@json_option
def figures(
    name: str,
    period: str | None,
    start: str | None,
    end: str | None,
    question: "Question",
    as_json: bool,
) -> None:
    """Print a definition's figures for a period."""
    if not period and not (start and end):
        raise click.UsageError("Give --period, or --from and --to.")
    from tthc.cli.database import ask_ledger
    from tthc.cli.tables import print_figures
    from tthc.service.figures import choose_period, show_figures

    chosen = choose_period(period, _date(start), _date(end))
    document = ask_ledger(lambda connection: show_figures(connection, name, chosen, question))
    (print_json if as_json else print_figures)(document)


@click.command()
@question_options
@standing_option
@dimensions_option
@json_option
def partition(question: "Question", as_json: bool) -> None:
    """Print how many cases are in each bucket; every case is in exactly one."""
    from tthc.cli.database import ask_ledger
    from tthc.cli.tables import print_partition
    from tthc.service.figures import show_partition

    document = ask_ledger(lambda connection: show_partition(connection, question))
    (print_json if as_json else print_partition)(document)
    if document["unclassified"]:
        raise SystemExit(1)


@click.command()
@click.option("--where", required=True, help="Conditions, for example open_overdue,online.")
@click.option("--period", help="SCHEME:CODE, for conditions that speak of a period.")
@click.option("--limit", default=50, show_default=True, type=click.IntRange(1, 10_000))
@click.option("--cursor", help="`next_cursor` of the page before.")
@question_options
@standing_option
@json_option
def cases(
    where: str,
    period: str | None,
    limit: int,
    cursor: str | None,
    question: "Question",
    as_json: bool,
) -> None:
    """List the cases that meet every named condition."""
    from tthc.cli.database import ask_ledger
    from tthc.cli.tables import print_cases
    from tthc.rules.periods import read_period
    from tthc.service.figures import show_cases

    chosen = read_period(period) if period else None
    document = ask_ledger(
        lambda connection: show_cases(
            connection, where, question, period=chosen, limit=limit, cursor=cursor
        )
    )
    (print_json if as_json else print_cases)(document)
