"""`python -m jobs`: the scheduler; `python -m jobs run night`: one night by hand."""

from datetime import datetime

import click

from tthc import clock
from tthc.cli import run as run_commands
from tthc.cli.output import json_option, print_json, world_option
from tthc.domain.errors import BusyError


@click.group(invoke_without_command=True)
@click.pass_context
def jobs(ctx: click.Context) -> None:
    """Run the nightly schedule until stopped."""
    from tthc.log import write_logs

    write_logs()
    if ctx.invoked_subcommand is None:
        from jobs.schedule import serve

        serve()


@jobs.command()
@click.argument("job", type=click.Choice(["night"]))
@click.option("--as-of", default="now", help="Instant with an offset, or a date: its end.")
@click.option("--again", is_flag=True, help="Run it though the ledger has it.")
@world_option
@json_option
def run(job: str, as_of: str, again: bool, world: str, as_json: bool) -> None:
    """Run one job now."""
    from jobs.night import run_night
    from tthc.db.server import running_server
    from tthc.settings import read_settings

    instant = clock.read_instant(as_of)
    with running_server(read_settings()) as server:
        outcome = run_night(
            server.night_url, simulated=world == "simulated", as_of=instant, again=again
        )
    document = {"job": job, "as_of": instant.isoformat(), "ran": outcome.ran}
    if outcome.ran:
        document |= {**outcome.result, "seconds": float(outcome.seconds)}
    elif outcome.is_locked:
        raise BusyError(f"Chưa chạy được: {outcome.reason}.")
    else:
        document["reason"] = outcome.reason
    if as_json:
        print_json(document)
    else:
        click.echo(describe(instant, document))


@jobs.command()
@click.option("--from", "first", required=True, help="The first day, such as 2026-03-05.")
@click.option("--to", "last", required=True, help="The last day, which has to be over.")
@click.option("--again", is_flag=True, help="Run also those that the ledger has.")
@world_option
@json_option
def backfill(first: str, last: str, again: bool, world: str, as_json: bool) -> None:
    """Run the nights of a range of days, in their order."""
    from jobs.backfill import read_range, run_days
    from tthc.db.server import running_server
    from tthc.settings import read_settings

    days = read_range(first, last)
    with running_server(read_settings()) as server:
        document = run_days(server.night_url, days, simulated=world == "simulated", again=again)
    if as_json:
        print_json(document)
    else:
        click.echo(
            f"Đã tính {document['ran']} đêm, từ {days[0]:%d/%m/%Y} đến {days[-1]:%d/%m/%Y}; "
            f"{document['already_there']} đêm đã có trong sổ công việc."
        )


@jobs.command()
@click.option("--cases", default=20_000, show_default=True, type=click.IntRange(1))
@click.option("--serve/--no-serve", default=True, help="Open the site at the end.")
def demo(cases: int, serve: bool) -> None:
    """Go from nothing to figures: a real log, a simulated province, the site."""
    from jobs.demo import demonstrate

    demonstrate(jobs, cases=cases, serve=serve)


def describe(as_of: datetime, document: dict[str, object]) -> str:
    """The outcome in one sentence."""
    moment = f"{as_of.astimezone(clock.VIETNAM):%H:%M %d/%m/%Y}"
    if document["ran"]:
        return (
            f"Đã tính {document['figures']} ô số liệu tại thời điểm {moment} "
            f"trong {document['seconds']} giây."
            + (f"\n⚠ {document['warning']}" if document.get("warning") else "")
        )
    return f"Không chạy lại số liệu tại thời điểm {moment}: {document['reason']}."


def main() -> None:
    """Run the command line of the jobs."""
    run_commands(jobs, "python -m jobs")


if __name__ == "__main__":
    main()
