"""The command line `tthc`: one module per command, loaded when it is called.

Exit codes: 0 done · 1 refused or a check failed (the sentence is on stderr) · 2 usage.
"""

import sys
from importlib import import_module
from keyword import iskeyword
from typing import Any, NoReturn

import click

from tthc.db.refusal import explain
from tthc.domain.errors import TthcError

# command → module of this package that holds a click command of the same name
COMMANDS: dict[str, str] = {
    "applicant": "applicant",
    "briefing": "briefing",
    "calendar": "calendar",
    "case": "case",
    "catalogue": "catalogue",
    "changes": "changes",
    "clock": "clock",
    "conformance": "conformance",
    "db": "db",
    "cases": "figures",
    "figures": "figures",
    "form": "form",
    "form-paper": "form",
    "hours": "hours",
    "import": "import_",
    "notice": "notice",
    "open-figures": "publication",
    "import-report": "import_report",
    "partition": "figures",
    "publish": "publication",
    "report": "report",
    "restatements": "publication",
    "sample": "sample",
    "score": "score",
    "serve": "serve",
    "portal": "portal",
    "signals": "signals",
    "simulate": "simulate",
    "term": "term",
    "token": "token",
    "user": "user",
    "verify": "verify",
}


class Commands(click.Group):
    """Commands that import their module only when called, so that `--help` is instant."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        del ctx
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        del ctx
        if cmd_name not in COMMANDS:
            return None
        module = import_module(f"tthc.cli.{COMMANDS[cmd_name]}")
        name = cmd_name.replace("-", "_")
        command: Any = getattr(module, f"{name}_" if iskeyword(name) else name)
        return command if isinstance(command, click.Command) else None


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="tthc")
def tthc() -> None:
    """Keep administrative promises honest: cases, due dates, figures, scores."""


def main() -> None:
    """Run the command line `tthc`."""
    run(tthc, "tthc")


def run(commands: click.Group, program: str) -> None:
    """Run a command line; a refusal is one sentence on stderr and exit code 1."""
    try:
        commands(prog_name=program)
    except TthcError as refusal:
        _refuse(refusal)
    except Exception as error:
        if refused := explain(error):
            _refuse(refused)
        raise


def _refuse(refusal: TthcError) -> NoReturn:
    click.echo(str(refusal), err=True)
    sys.exit(1)
