"""`tthc conformance FILE…`: vectors through the real clock; needs no database, no settings."""

import sys
from pathlib import Path

import click

from tthc.cli.output import json_option, print_json


@click.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@json_option
def conformance(files: tuple[Path, ...], as_json: bool) -> None:
    """Run conformance vectors through the clock that cases use; exit 1 on any failure."""
    from tthc.service.vectors import read_vectors, run_vectors

    vectors = [vector for file in files for vector in read_vectors(file)]
    failed = [failure for failure in run_vectors(vectors) if failure]
    passed = len(vectors) - len(failed)
    if as_json:
        listed = [{"id": one.id, "expect": one.expect, "got": one.got} for one in failed]
        print_json({"passed": passed, "failed": len(failed), "failures": listed})
    else:
        for one in failed:
            click.echo(f"✗ {one.id}: cần {one.expect}, được {one.got}")
        click.echo(f"{passed} đạt, {len(failed)} không đạt.")
    if failed:
        sys.exit(1)
