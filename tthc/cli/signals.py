"""`tthc signals`: which cases of a period should be looked at again, and why."""

from typing import TYPE_CHECKING, Any

import click

from tthc.cli.output import json_option, print_json
from tthc.cli.question import question_options

if TYPE_CHECKING:
    from tthc.service.figures import Question


@click.command()
@click.argument("signal", required=False)
@click.option("--period", help="SCHEME:CODE; this month by default.")
@click.option("--limit", default=50, show_default=True, type=click.IntRange(1, 10_000))
@click.option("--cursor", help="`next_cursor` of the page before.")
@question_options
@json_option
def signals(
    signal: str | None,
    period: str | None,
    limit: int,
    cursor: str | None,
    question: "Question",
    as_json: bool,
) -> None:
    """Count the cases to look at again, by unit; with the id of a signal list its cases."""
    from tthc.cli.database import ask_ledger
    from tthc.cli.tables import print_cases
    from tthc.rules.periods import read_period
    from tthc.rules.signals import signal as signal_of
    from tthc.service.signals import show_signal, show_signals

    chosen = read_period(period) if period else None
    if signal is None:
        found = ask_ledger(lambda connection: show_signals(connection, question, chosen))
        (print_json if as_json else _print_counts)(found)
        return
    one = signal_of(signal)
    document: dict[str, Any] = ask_ledger(
        lambda connection: show_signal(
            connection, one, question, chosen, limit=limit, cursor=cursor
        )
    )
    if as_json:
        print_json(document)
        return
    _print_signal(document["signal"])
    print_cases(document)


def _print_counts(document: dict[str, Any]) -> None:
    for each in document["signals"]:
        _print_signal(each, each["cases"])
    quality = document["quality"]
    if quality["percent"]:
        share = quality["percent"].replace(".", ",")
        click.echo(
            f"Ngày tháng đủ và không trái nhau: {share} % · "
            f"{quality['numerator']}/{quality['denominator']} hồ sơ có mặt trong kỳ."
        )
    click.echo("Dấu hiệu chỉ nói hồ sơ nào nên xem lại; không làm thay đổi số liệu nào.")


def _print_signal(each: dict[str, Any], cases: int | None = None) -> None:
    count = "" if cases is None else f": {cases} hồ sơ"
    click.secho(f"{each['title']}{count} ({each['id']})", bold=bool(cases))
    for found in each["thresholds"]:
        doubt = "" if found["confirmed"] else " (ngưỡng chưa có văn bản quy định)"
        click.echo(f"  {found['words']}{doubt}")
