"""`tthc figures`, `tthc partition`, `tthc cases`: what the ledger says, with its definition."""

from datetime import date
from typing import Any

import click

from tthc import clock
from tthc.cli.output import Command, json_option, print_json, world_option


def cut_off_options(command: Command) -> Command:
    """Options that say which cases, at which cut-off."""
    for option in (
        click.option(
            "--unit", help="Code of a unit, with all below it; CODE@DATE for one of then."
        ),
        click.option("--known-at", help="What had been recorded by then; now by default."),
        click.option("--as-of", help="What had happened by then; a date means its end."),
    ):
        command = option(command)
    return command


def ask(
    world: str, unit: str | None, as_of: str | None, known_at: str | None, by: str | None = None
) -> Any:  # noqa: ANN401  # a Question, whose module is imported when needed
    """What the options of a command ask of the ledger."""
    from tthc.domain.access import Scope
    from tthc.service.figures import Question, read_dimensions

    return Question(
        scope=Scope(simulated=world == "simulated"),
        unit=unit,
        as_of=clock.read_instant(as_of) if as_of else None,
        known_at=clock.read_instant(known_at) if known_at else None,
        by=read_dimensions(by),
    )


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
@click.option(
    "--by", help="Dimensions: unit,unit_today,tree,tree_today,level,sector,procedure,channel."
)
@cut_off_options
@world_option
@json_option
def figures(
    name: str,
    period: str | None,
    start: str | None,
    end: str | None,
    by: str | None,
    as_of: str | None,
    known_at: str | None,
    unit: str | None,
    world: str,
    as_json: bool,
) -> None:
    """Print a definition's figures for a period."""
    if not period and not (start and end):
        raise click.UsageError("Give --period, or --from and --to.")
    from tthc.cli.database import ask_ledger
    from tthc.cli.tables import print_figures
    from tthc.service.figures import choose_period, show_figures

    chosen = choose_period(period, _date(start), _date(end))
    question = ask(world, unit, as_of, known_at, by)
    document = ask_ledger(lambda connection: show_figures(connection, name, chosen, question))
    (print_json if as_json else print_figures)(document)


@click.command()
@click.option(
    "--by", help="Dimensions: unit,unit_today,tree,tree_today,level,sector,procedure,channel."
)
@cut_off_options
@world_option
@json_option
def partition(
    by: str | None,
    as_of: str | None,
    known_at: str | None,
    unit: str | None,
    world: str,
    as_json: bool,
) -> None:
    """Print how many cases are in each bucket; every case is in exactly one."""
    from tthc.cli.database import ask_ledger
    from tthc.cli.tables import print_partition
    from tthc.service.figures import show_partition

    question = ask(world, unit, as_of, known_at, by)
    document = ask_ledger(lambda connection: show_partition(connection, question))
    (print_json if as_json else print_partition)(document)
    if document["unclassified"]:
        raise SystemExit(1)


@click.command()
@click.option("--where", required=True, help="Conditions, for example open_overdue,online.")
@click.option("--period", help="SCHEME:CODE, for conditions that speak of a period.")
@click.option("--limit", default=50, show_default=True, type=click.IntRange(1, 10_000))
@click.option("--cursor", help="`next_cursor` of the page before.")
@cut_off_options
@world_option
@json_option
def cases(
    where: str,
    period: str | None,
    limit: int,
    cursor: str | None,
    as_of: str | None,
    known_at: str | None,
    unit: str | None,
    world: str,
    as_json: bool,
) -> None:
    """List the cases that meet every named condition."""
    from tthc.cli.database import ask_ledger
    from tthc.cli.tables import print_cases
    from tthc.rules.periods import read_period
    from tthc.service.figures import show_cases

    question = ask(world, unit, as_of, known_at)
    chosen = read_period(period) if period else None
    document = ask_ledger(
        lambda connection: show_cases(
            connection, where, question, period=chosen, limit=limit, cursor=cursor
        )
    )
    (print_json if as_json else print_cases)(document)
