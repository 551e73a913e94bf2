"""`tthc token`: who may speak to the API as a program."""

from datetime import timedelta

import click

from tthc.cli.operator import operator
from tthc.cli.output import json_option, print_json, world_option

SCOPES = ("figures", "read", "write", "portal")
YEAR = timedelta(days=365)


@click.group()
def token() -> None:
    """Tokens for programs."""


@token.command()
@click.argument("label")
@click.option(
    "--scope", "scopes", type=click.Choice(SCOPES), multiple=True, required=True, help="Repeatable."
)
@click.option("--actor", help="The name that the ledger keeps; by default LABEL.")
@click.option("--unit", metavar="CODE", help="This unit and those below; by default all.")
@click.option("--expires", metavar="INSTANT_OR_DATE", help="By default in a year.")
@world_option
@json_option
def add(
    label: str,
    scopes: tuple[str, ...],
    actor: str | None,
    unit: str | None,
    expires: str | None,
    world: str,
    as_json: bool,
) -> None:
    """Give a program a token; it is shown this once."""
    from tthc import clock
    from tthc.cli.database import change_ledger
    from tthc.service.tokens import give_token

    until = clock.read_instant(expires) if expires else clock.now() + YEAR
    secret = change_ledger(
        lambda connection: give_token(
            connection,
            label,
            scopes,
            actor=actor,
            simulated=world == "simulated",
            unit=unit,
            expires_at=until,
            by=operator("tthc token"),
        )
    )
    if as_json:
        print_json({"label": label, "token": secret})
        return
    click.echo("Khóa chỉ hiện một lần này, hãy giữ kín:", err=True)
    click.echo(secret)


@token.command("list")
@json_option
def list_(as_json: bool) -> None:
    """Every token, without its secret."""
    from tthc.cli.database import ask_ledger
    from tthc.service.tokens import show_tokens

    found = ask_ledger(show_tokens)
    if as_json:
        print_json({"tokens": found})
        return
    for one in found:
        state = "đã thu hồi" if one["revoked_at"] else f"hạn {one['expires_at'] or 'không'}"
        unit = one["unit"] or "mọi đơn vị"
        scopes = ", ".join(one["scopes"])
        used = one["last_used_at"] or "chưa dùng"
        click.echo(f"{one['label']}: {scopes}, {unit}, {one['world']}, {state}, lần cuối {used}")


@token.command()
@click.argument("label")
def revoke(label: str) -> None:
    """End a token at once."""
    from tthc.cli.database import change_ledger
    from tthc.service.tokens import revoke_token

    by = operator("tthc token")
    change_ledger(lambda connection: revoke_token(connection, label, by=by))
    click.echo(f"Đã thu hồi khóa “{label}”.")
