"""`tthc simulate`: a labelled Vietnamese province in the simulated world."""

import asyncio
from contextlib import contextmanager
from datetime import date
from typing import TYPE_CHECKING

import click

from tthc.cli.output import json_option, print_json

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tthc.db.server import Server
    from tthc.intake.simulation.setting import Reference

LAO_CAI = "15"


@click.command()
@click.option("--cases", default=20_000, show_default=True, help="How many cases.")
@click.option(
    "--province", default=LAO_CAI, show_default=True, metavar="CODE", help="A province of today."
)
@click.option("--year", type=int, help="When the cases are submitted; by default this year.")
@click.option("--seed", default=1, show_default=True, help="Another seed, another ledger.")
@click.option("--until", metavar="DATE", help="The day whose end the ledger has reached; else now.")
@click.option(
    "--events-since",
    metavar="DATE",
    help="Leave out the events of cases untouched since: their rows alone are written.",
)
@json_option
def simulate(
    *,
    cases: int,
    province: str,
    year: int | None,
    seed: int,
    until: str | None,
    events_since: str | None,
    as_json: bool,
) -> None:
    """Simulate a ledger of real units, procedures, terms and calendar, in a world of its own.

    The same parameters give the same ledger; given again they change nothing.
    """
    from tthc import clock
    from tthc.db.server import running_server
    from tthc.intake.simulation.parameters import plan
    from tthc.intake.simulation.setting import Setting
    from tthc.intake.simulation.writing import write
    from tthc.settings import read_settings

    started = clock.now()
    asked = plan(
        cases=cases,
        province=province,
        seed=seed,
        now=started,
        year=year,
        until=_date(until),
        events_since=_date(events_since),
    )
    with running_server(read_settings()) as server:
        setting = Setting(asked, asyncio.run(_prepare(server, province)))
        with _progress(cases) as progress:
            written = write(setting, server.night_url, progress)
    took = clock.now() - started
    if as_json:
        print_json(
            {
                "cases": written.cases,
                "events": written.events,
                "province": province,
                "seed": seed,
                "from": asked.since.isoformat(),
                "until": asked.until.astimezone(clock.VIETNAM).isoformat(),
                "world": "simulated",
                "seconds": f"{took.total_seconds():.2f}",
                "already_simulated": written.already,
                "events_since": events_since,
            }
        )
        return
    if written.already:
        click.echo("Sổ mô phỏng với đúng các tham số này đã có: không thay đổi gì.")
        return
    click.echo(
        f"Đã mô phỏng {_grouped(written.cases)} hồ sơ, {_grouped(written.events)} sự kiện của tỉnh "
        f"mã {province} (thế giới mô phỏng, không phải số liệu thật)."
    )
    if asked.events_since:
        click.echo(
            f"Hồ sơ không có gì mới từ {asked.events_since:%d/%m/%Y} chỉ có dòng hồ sơ, "
            "không có sự kiện."
        )


def _date(text: str | None) -> date | None:
    if text is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise click.BadParameter(f"“{text}” không phải là một ngày, ví dụ 2026-03-05.") from None


def _grouped(number: int) -> str:
    """A whole number as Vietnamese writes it: 20.000."""
    return f"{number:,}".replace(",", ".")


async def _prepare(server: "Server", province: str) -> "Reference":
    from tthc.db.engine import connect_owner
    from tthc.intake.simulation.writing import prepare
    from tthc.rules.calendars import calendar

    engine = connect_owner(server)
    try:
        async with engine.begin() as connection:
            return await prepare(connection, province, calendar())
    finally:
        await engine.dispose()


@contextmanager
def _progress(cases: int) -> "Iterator[Callable[[int], None]]":
    """A bar on a terminal's stderr; nothing elsewhere."""
    from rich.console import Console
    from rich.progress import Progress

    console = Console(stderr=True)
    with Progress(console=console, disable=not console.is_terminal, transient=True) as bar:
        task = bar.add_task("Mô phỏng hồ sơ", total=cases)
        yield lambda done: bar.update(task, completed=done)
