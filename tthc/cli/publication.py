"""`tthc publish`, `tthc restatements`, `tthc open-figures`: freeze a period, and what follows."""

from typing import Any

import click

from tthc.cli.output import json_option, print_json, world_option


@click.command()
@click.argument("period")
@click.option("--reason", help="Why a published period is published again, as a further version.")
@click.option(
    "--by", "person", default="tthc publish", show_default=True, help="Who publishes; is kept."
)
@world_option
@json_option
def publish(period: str, reason: str | None, person: str, world: str, as_json: bool) -> None:
    """Freeze the figures of a period that is over, SCHEME:CODE, such as month:2026-03."""
    from tthc.cli.database import change_ledger
    from tthc.domain.access import Actor, Role, Scope
    from tthc.rules.periods import read_period
    from tthc.service.publishing import publish_period

    actor, chosen = Actor(person, Scope(world == "simulated"), Role.LEADER), read_period(period)
    document: dict[str, Any] = change_ledger(
        lambda connection: publish_period(connection, actor, chosen, reason)
    )
    if as_json:
        print_json(document)
        return
    click.echo(
        f"Đã chốt số liệu kỳ {document['period']}, lần {document['version']}: "
        f"{document['cases']} hồ sơ.\nDấu niêm phong: {document['digest']}"
    )
    for each in document["identities"]:
        basis = f" ({each['basis_label']})" if each["basis"] else ""
        click.echo(f"✓ {each['words']}{basis}: {each['left']} = {each['right']}")


@click.command("open-figures")
@world_option
@json_option
def open_figures(world: str, as_json: bool) -> None:
    """Open the months that were published before anything was open; small counts are hidden."""
    from tthc.cli.database import change_ledger
    from tthc.service.open_figures import open_earlier

    opened: list[str] = change_ledger(
        lambda connection: open_earlier(connection, simulated=world == "simulated")
    )
    if as_json:
        print_json({"periods": opened})
        return
    click.echo(f"Đã công khai: {', '.join(opened) or 'không còn kỳ nào'}.")


@click.command()
@click.argument("period")
@click.option("--limit", default=500, show_default=True, type=click.IntRange(0, 10_000))
@world_option
@json_option
def restatements(period: str, limit: int, world: str, as_json: bool) -> None:
    """Tell what is known of a published period since, case by case; nothing published changes."""
    from tthc.cli.database import ask_ledger
    from tthc.domain.access import Scope
    from tthc.rules.periods import read_period
    from tthc.service.restatements import show_restatements

    chosen, scope = read_period(period), Scope(world == "simulated")
    document: dict[str, Any] = ask_ledger(
        lambda connection: show_restatements(connection, scope, chosen, limit)
    )
    if as_json:
        print_json(document)
        return
    published = document["published"]
    click.echo(f"Kỳ {document['period']}: chốt lần {published['version']}.")
    for each in reversed(document["restatements"]):
        click.echo(f"\nLần {each['version']} ({each['reason']}): {each['changed']} hồ sơ khác đi.")
        print_difference(each)
    click.echo(f"\nTừ lần chốt cuối đến nay: {document['since']['changed']} hồ sơ khác đi.")
    print_difference(document["since"])


def print_difference(told: dict[str, Any]) -> None:
    """By how much figures move, and the cases with their acts."""
    for figure in told["figures"]:
        click.echo(
            f"  {figure['definition']}: tử số {figure['numerator']:+}, "
            f"mẫu số {figure['denominator']:+} · {figure['title']}"
        )
    for item in told["items"]:
        click.echo(f"  {item['case_code']}: {item['from']} → {item['to']}")
        for event in item["events"]:
            click.echo(f"    {event['type']}, ghi lúc {event['recorded_at']}, bởi {event['actor']}")
