"""`tthc notice`: where the morning's notice of a unit goes."""

import click

from tthc.cli.output import json_option, print_json


@click.group()
def notice() -> None:
    """Notices to units by e-mail: what is due, overdue, and owes an apology."""


@notice.command()
@click.argument("unit")
@click.argument("address")
def add(unit: str, address: str) -> None:
    """Send the notice of UNIT (a code) to ADDRESS from the next night on."""
    from tthc.cli.database import change_ledger
    from tthc.service.notices import give_address
    from tthc.settings import read_settings

    change_ledger(lambda connection: give_address(connection, unit, address))
    click.echo(f"Từ đêm tới, thư của đơn vị “{unit}” được gửi đến {address}.")
    if read_settings().mail is None:
        click.echo("Chưa có máy chủ thư: hãy đặt TTHC_SMTP_URL và TTHC_MAIL_FROM.", err=True)


@notice.command()
@click.argument("unit")
@click.argument("address")
def remove(unit: str, address: str) -> None:
    """Send the notice of UNIT to ADDRESS no longer."""
    from tthc.cli.database import change_ledger
    from tthc.service.notices import end_address

    change_ledger(lambda connection: end_address(connection, unit, address))
    click.echo(f"Không gửi thư của đơn vị “{unit}” đến {address} nữa.")


@notice.command("list")
@json_option
def list_(as_json: bool) -> None:
    """Every address, when it got its last notice, and how many wait."""
    from tthc.cli.database import ask_ledger
    from tthc.service.notices import show_addresses

    found = ask_ledger(show_addresses)
    if as_json:
        print_json({"addresses": found})
        return
    for one in found:
        last = one["last_sent_at"] or "chưa gửi lần nào"
        click.echo(f"{one['unit']} {one['unit_name']}: {one['address']}, gửi gần nhất {last}")
    if not found:
        click.echo("Chưa đơn vị nào nhận thư: dùng `tthc notice add ĐƠN_VỊ ĐỊA_CHỈ`.")
