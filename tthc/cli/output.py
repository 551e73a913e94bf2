"""What a command says: one JSON document with `--json`, else words; progress on stderr."""

import json
from collections.abc import Callable
from typing import Any, TypeVar

import click

Command = TypeVar("Command", bound=Callable[..., Any])


def json_option(command: Command) -> Command:
    """Add `--json` to a command."""
    return click.option("--json", "as_json", is_flag=True, help="One JSON document on stdout.")(
        command
    )


def world_option(command: Command) -> Command:
    """Add `--world`, as real and simulated cases never share a figure."""
    return click.option(
        "--world",
        type=click.Choice(["real", "simulated"]),
        default="real",
        show_default=True,
        help="Real or simulated cases; never both.",
    )(command)


def print_json(document: Any) -> None:  # noqa: ANN401  # any JSON document
    """Print one JSON document; dates and decimals as text."""
    click.echo(json.dumps(document, ensure_ascii=False, default=str))
