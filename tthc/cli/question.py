"""What the options of a command ask of the ledger: which cases of which world, at which cut-off."""

from collections.abc import Callable
from dataclasses import replace
from functools import wraps
from typing import TYPE_CHECKING

import click

from tthc import clock
from tthc.cli.output import world_option

if TYPE_CHECKING:
    from tthc.service.figures import Question


def question_options(command: Callable[..., None]) -> Callable[..., None]:
    """Add `--as-of`, `--known-at`, `--unit` and `--world`; the command is handed a `question`."""

    @wraps(command)
    def asking(
        *, as_of: str | None, known_at: str | None, unit: str | None, world: str, **others: object
    ) -> None:
        from tthc.domain.access import Scope
        from tthc.service.figures import Question

        question = Question(
            scope=Scope(simulated=world == "simulated"),
            unit=unit,
            as_of=clock.read_instant(as_of) if as_of else None,
            known_at=clock.read_instant(known_at) if known_at else None,
        )
        command(question=question, **others)

    options: Callable[..., None] = world_option(asking)
    for option in (
        click.option(
            "--unit", help="Code of a unit, with all below it; CODE@DATE for one of then."
        ),
        click.option("--known-at", help="What had been recorded by then; now by default."),
        click.option("--as-of", help="What had happened by then; a date means its end."),
    ):
        options = option(options)
    return options


def dimensions_option(command: Callable[..., None]) -> Callable[..., None]:
    """Add `--by`, which divides the `question` that the command is handed."""

    @wraps(command)
    def dividing(*, by: str | None, question: "Question", **others: object) -> None:
        from tthc.service.figures import read_dimensions

        command(question=replace(question, by=read_dimensions(by)), **others)

    option = click.option(
        "--by", help="Dimensions: unit,unit_today,tree,tree_today,level,sector,procedure,channel."
    )
    return option(dividing)


def standing_option(command: Callable[..., None]) -> Callable[..., None]:
    """Add `--standing`: whether the question's unit is asked with those it stands for today."""

    @wraps(command)
    def standing_for(*, standing: str, question: "Question", **others: object) -> None:
        command(question=replace(question, standing=standing), **others)

    option = click.option(
        "--standing",
        type=click.Choice(["then", "today"]),
        default="then",
        help="today: --unit with the forerunners that it alone stands for.",
    )
    return option(standing_for)
