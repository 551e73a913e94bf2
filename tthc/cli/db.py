"""`tthc db`: the database itself."""

import asyncio
from dataclasses import asdict

import click

from tthc.cli.output import json_option, print_json


@click.group()
def db() -> None:
    """The database itself."""


@db.command()
@json_option
def upgrade(as_json: bool) -> None:
    """Create the database if needed, migrate it, load the reference data."""
    from tthc.db.server import running_server
    from tthc.db.upgrade import upgrade as upgrade_database
    from tthc.settings import read_settings

    with running_server(read_settings()) as server:
        done = asyncio.run(upgrade_database(server))
    if as_json:
        print_json(asdict(done))
        return
    if done.applied:
        click.echo(f"Đã nâng cấp cơ sở dữ liệu: {', '.join(done.applied)}.")
    else:
        click.echo("Cơ sở dữ liệu đã ở phiên bản mới nhất.")
    if done.reference.loaded:
        click.echo(
            f"Đã nạp danh mục: {done.reference.units} đơn vị, "
            f"{done.reference.procedures} thủ tục, {done.reference.terms} thời hạn."
        )
