"""`tthc publish` and `tthc restatements`: freeze a period, and what is known since."""

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
