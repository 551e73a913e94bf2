"""`python -m jobs demo`: from nothing to figures, by the commands that anyone can type."""

import os
import shlex
from collections.abc import Sequence
from contextlib import closing
from datetime import datetime, timedelta
from importlib.resources import files
from typing import Any

import click
import polars as pl
from adbc_driver_postgresql.dbapi import connect
from rich.table import Table
from sqlalchemy.ext.asyncio import AsyncConnection

from jobs.demo_accounts import offer_accounts
from tthc import clock
from tthc.cli import tthc
from tthc.cli.database import ask_ledger
from tthc.cli.tables import console
from tthc.db.server import Server, running_server
from tthc.domain.access import Scope
from tthc.rules.definitions import definitions
from tthc.rules.periods import periods_on, read_period
from tthc.service.figures import Question, show_figures
from tthc.service.words import number
from tthc.settings import read_settings

LOG = files("tthc.intake") / "logs" / "coselog-receipt.csv.gz"
LOG_END = datetime.fromisoformat("2012-01-23T15:42:54.644+01:00")  # its last recorded act
EARLIER = 2  # months before the last one whose nights are run as well
SHOWN = ("month", "quarter", "year")
LOG_PERIODS = ("year:2011", "year:2012", "all:known")


def demonstrate(run_job: click.Group, *, cases: int, serve: bool) -> None:
    """Import the real log and run its night; simulate a province and run its; open the site."""
    settings = read_settings()
    with running_server(settings) as server:
        _do(tthc, "db upgrade")
        _say("Một nhật ký thật: 1.434 hồ sơ cấp phép xây dựng của một thành phố Hà Lan, 2010–2012.")
        _do(tthc, f"import {shlex.quote(os.path.relpath(str(LOG)))} --profile coselog-receipt")
        _do(run_job, f"run night --as-of {LOG_END.isoformat()}")
        _do(tthc, f"partition --by channel --as-of {LOG_END.isoformat()}")
        print_rates(Question(as_of=LOG_END), LOG_PERIODS)
        _do(tthc, f"cases --where overdue --limit 10 --as-of {LOG_END.isoformat()}")
        _say("Một tỉnh mô phỏng: đơn vị, thủ tục, thời hạn và lịch là thật, hồ sơ là giả định.")
        last = simulated_until(server)
        if last is None:
            yesterday = clock.local_date(clock.now()) - timedelta(days=1)
            _do(tthc, f"simulate --cases {cases} --until {yesterday}")
            last = simulated_until(server)
        if last is not None:
            for as_of in (*months_before(last), last):
                _do(run_job, f"run night --world simulated --as-of {as_of.isoformat()}")
            _do(tthc, f"partition --world simulated --by level --as-of {last.isoformat()}")
            day = clock.local_date(last)
            open_then = [each.name for each in periods_on(day) if each.scheme in SHOWN]
            print_rates(Question(Scope(simulated=True), as_of=last), open_then)
            offer_accounts(settings)
        if serve:
            _do(tthc, "serve")


def simulated_until(server: Server) -> datetime | None:
    """The last instant at which anything was recorded in the simulated world."""
    with closing(connect(server.night_url)) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT max(last_recorded_at) AS at FROM cases WHERE simulated")
        last: datetime | None = pl.DataFrame(cursor.fetch_arrow()).item()
        connection.rollback()
    return last and clock.end_of(clock.local_date(last))


def months_before(last: datetime) -> list[datetime]:
    """The ends of the last months that are over, the earliest first: to compare with."""
    ends = [clock.start_of(clock.local_date(last).replace(day=1)) - timedelta(microseconds=1)]
    while len(ends) < EARLIER:
        first = clock.local_date(ends[-1]).replace(day=1)
        ends.append(clock.start_of(first) - timedelta(microseconds=1))
    return ends[::-1]


def print_rates(question: Question, period_names: Sequence[str]) -> None:
    """The five on-time rates side by side: the same cases, five answers."""
    rates = [each for each in definitions().values() if each.id.startswith("on_time/")]
    periods = [read_period(name) for name in period_names]

    async def ask(connection: AsyncConnection) -> list[list[dict[str, Any]]]:
        return [
            [await show_figures(connection, each.id, period, question) for each in rates]
            for period in periods
        ]

    label = " · SỐ LIỆU MÔ PHỎNG" if question.scope.simulated else ""
    table = Table(title=f"Năm cách tính tỷ lệ đúng hạn của cùng những hồ sơ ấy{label}")
    table.add_column("Định nghĩa", no_wrap=True)
    for period in periods:
        table.add_column(period.name, justify="right", no_wrap=True)
    for each, documents in zip(rates, zip(*ask_ledger(ask), strict=True), strict=True):
        cells = [_percent(document["rows"][0]) for document in documents]
        table.add_row(f"{each.code} {each.id}", *cells)
    console().print(table)


def _percent(row: dict[str, Any]) -> str:
    if row["percent"] is None:
        return str(row["reason"])
    percent = row["percent"].replace(".", ",")
    return f"{percent} % · {number(row['numerator'])}/{number(row['denominator'])}"


def _do(command: click.Group, line: str) -> None:
    """Show a command as it is typed, and run it."""
    program = "tthc" if command is tthc else "python -m jobs"
    click.secho(f"\n$ {program} {line}", bold=True)
    command.main(shlex.split(line), prog_name=program, standalone_mode=False)


def _say(sentence: str) -> None:
    click.echo(f"\n{sentence}")
