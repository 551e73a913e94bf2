"""What the commands about a decision ask alike: its file or number, a page of what it moves, who
applies it.
"""

import re
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tthc.cli.output import Command

if TYPE_CHECKING:
    from tthc.rules.calendars import DecisionText

FILE = click.argument("file", type=click.Path(path_type=Path))
NUMBER = click.option("--decision", required=True, help="Number of the decision.")
PERSON = click.option(
    "--by", "person", required=True, help="Who applies it; the ledger keeps the name."
)


def page_options(command: Command) -> Command:
    """Add `--limit` and `--cursor`: which part of a list of cases."""
    cursor = click.option(
        "--cursor", default=0, type=click.IntRange(0), help="Where the last page ended."
    )
    limit = click.option("--limit", default=20, show_default=True, type=click.IntRange(0, 10_000))
    return limit(cursor(command))


def read_decision(file: Path) -> "DecisionText":
    """A decision as its file, whose name is its version."""
    from tthc.rules.calendars import DecisionText
    from tthc.rules.files import read_text

    return DecisionText(re.sub(r"\.toml$", "", file.name), read_text(file))
