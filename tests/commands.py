"""Commands as a person calls them, without the seconds that a new process takes to begin."""

import contextlib
import io
import os
import sys
from collections.abc import Callable
from typing import NamedTuple
from unittest.mock import patch

import structlog

from tests.serving import named
from tthc.cli import main
from tthc.db.server import Server


class Called(NamedTuple):
    """As `subprocess.CompletedProcess` tells it."""

    returncode: int | str | None
    stdout: str
    stderr: str


def call(server: Server, *line: str, main: Callable[[], None] = main, **environment: str) -> Called:
    """A command line in this process, its refusals turned into sentences as everywhere."""
    logging = structlog.get_config()
    said, complained = io.StringIO(), io.StringIO()
    code: int | str | None = 0
    try:
        with (
            patch.dict(os.environ, named(server) | environment),
            patch.object(sys, "argv", ["tthc", *line]),
            contextlib.redirect_stdout(said),
            contextlib.redirect_stderr(complained),
        ):
            main()
    except SystemExit as end:
        code = end.code
    finally:
        structlog.configure(**logging)  # `python -m jobs` writes its logs to its own stderr
    return Called(code or 0, said.getvalue(), complained.getvalue())
