"""`tthc user`: who may sign in."""

import click

from tthc.cli.operator import operator
from tthc.cli.output import json_option, print_json, world_option

ROLES = ("clerk", "officer", "leader", "official", "auditor", "appraiser", "admin")


@click.group()
def user() -> None:
    """Accounts of people."""


@user.command()
@click.argument("login")
@click.option("--name", required=True, help="Full name.")
@click.option("--role", type=click.Choice(ROLES), required=True)
@click.option("--unit", metavar="CODE", help="By default the whole world, for roles that may.")
@click.option("--block", "blocks", multiple=True, help="Of an appraiser; may be repeated.")
@world_option
@json_option
def add(
    login: str,
    name: str,
    role: str,
    unit: str | None,
    blocks: tuple[str, ...],
    world: str,
    as_json: bool,
) -> None:
    """Open an account; its first password is shown this once and must be changed."""
    from tthc.cli.database import change_ledger
    from tthc.service.accounts import open_account

    password = change_ledger(
        lambda connection: open_account(
            connection,
            login,
            name=name,
            role=role,
            unit=unit,
            created_by=operator("tthc user"),
            simulated=world == "simulated",
            blocks=blocks,
        )
    )
    _show(login, password, as_json=as_json)


@user.command("list")
@json_option
def list_(as_json: bool) -> None:
    """Every account, without its password."""
    from tthc.cli.database import ask_ledger
    from tthc.service.accounts import show_accounts

    found = ask_ledger(show_accounts)
    if as_json:
        print_json({"accounts": found})
        return
    for one in found:
        state = "đã ngừng" if one["deactivated_at"] else "đang dùng"
        unit = " ".join((one["unit"] or "mọi đơn vị", *one["blocks"]))
        click.echo(f"{one['login']}: {one['name']}, {one['role']}, {unit}, {one['world']}, {state}")


@user.command()
@click.argument("login")
def deactivate(login: str) -> None:
    """End an account and its sessions at once."""
    from tthc.cli.database import change_ledger
    from tthc.service.accounts import deactivate_account

    by = operator("tthc user")
    change_ledger(lambda connection: deactivate_account(connection, login, by=by))
    click.echo(f"Đã ngừng tài khoản “{login}”.")


@user.command()
@click.argument("login")
@click.option("--role", type=click.Choice(ROLES), required=True)
@click.option("--unit", metavar="CODE", help="By default the whole world, for roles that may.")
@click.option("--block", "blocks", multiple=True, help="Of an appraiser; may be repeated.")
def change(login: str, role: str, unit: str | None, blocks: tuple[str, ...]) -> None:
    """Give an account another role, unit or blocks, in place of those before."""
    from tthc.cli.database import change_ledger
    from tthc.service.accounts import change_account

    by = operator("tthc user")
    change_ledger(
        lambda connection: change_account(
            connection, login, role=role, unit=unit, blocks=blocks, by=by
        )
    )
    click.echo(f"Đã đổi tài khoản “{login}”.")


@user.command()
@click.argument("login")
@json_option
def password(login: str, as_json: bool) -> None:
    """Give a new first password; the account's sessions end."""
    from tthc.cli.database import change_ledger
    from tthc.service.accounts import give_new_password
    from tthc.settings import read_settings

    limits = read_settings().sign_in
    by = operator("tthc user")
    given = change_ledger(lambda connection: give_new_password(connection, limits, login, by=by))
    _show(login, given, as_json=as_json)


@user.command()
@click.argument("login")
@json_option
def sessions(login: str, as_json: bool) -> None:
    """When an account signed in, and what still lives."""
    from tthc.cli.database import ask_ledger
    from tthc.service.accounts import show_sessions

    found = ask_ledger(lambda connection: show_sessions(connection, login))
    if as_json:
        print_json({"sessions": found})
        return
    for one in found:
        state = "đang mở" if one["alive"] else "đã hết"
        click.echo(f"từ {one['created_at']}, dùng lần cuối {one['last_used_at']}, {state}")


@user.command()
@click.argument("login")
def revoke(login: str) -> None:
    """End every session of an account at once."""
    from tthc.cli.database import change_ledger
    from tthc.service.accounts import revoke_sessions

    by = operator("tthc user")
    count = change_ledger(lambda connection: revoke_sessions(connection, login, by=by))
    click.echo(f"Đã kết thúc {count} phiên của “{login}”.")


def _show(login: str, password: str, *, as_json: bool) -> None:
    if as_json:
        print_json({"login": login, "password": password})
        return
    click.echo("Mật khẩu lần đầu chỉ hiện một lần này, hãy giữ kín:", err=True)
    click.echo(password)
