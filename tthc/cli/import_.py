"""`tthc import`: a program's export becomes our ledger."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path

import click

from tthc.cli.output import json_option, print_json, world_option


@click.command("import")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--profile", required=True, help="Name of a shipped profile, or path to a TOML file.")
@click.option("--dry-run", is_flag=True, help="Check everything, write nothing.")
@world_option
@json_option
def import_(file: Path, profile: str, dry_run: bool, world: str, as_json: bool) -> None:
    """Enter the cases of FILE (CSV, .csv.gz or XLSX) in the ledger."""
    from tthc import clock
    from tthc.db.server import running_server
    from tthc.intake.importing import Order, import_file
    from tthc.intake.profile import load_profile
    from tthc.settings import read_settings

    settings = read_settings()
    order = Order(file, load_profile(profile), clock.now(), world == "simulated", dry_run)
    with running_server(settings) as server, progress_bar() as progress:
        report = import_file(order, server.night_url, settings.data_dir, progress)
    if as_json:
        print_json(asdict(report))
        return
    if report.already_imported:
        click.echo("Tệp này đã được nhập trước đây; lần này không có gì thay đổi.")
    click.echo(
        f"{'Nếu nhập: ' if dry_run and not report.already_imported else ''}{report.rows} hồ sơ: "
        f"{report.created} mới, {report.updated} cập nhật, {report.unchanged} không đổi, "
        f"{report.rejected} không nhận."
    )
    if report.rejects_file:
        click.echo(f"Các dòng không nhận và lý do: {report.rejects_file}")


@contextmanager
def progress_bar() -> Iterator[Callable[[str, int, int | None], None]]:
    """A bar on a terminal's stderr; elsewhere nothing."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(
        *columns,
        TimeElapsedColumn(),
        console=console,
        transient=True,
        disable=not console.is_terminal,
    ) as bar:
        task = bar.add_task("", total=None)

        def show(what: str, done: int, of: int | None) -> None:
            bar.update(task, description=what, completed=done, total=of)

        yield show
