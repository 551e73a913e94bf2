"""`tthc applicant`: a person erased from a case that is over."""

import click

from tthc.cli.output import json_option, print_json, world_option


@click.group()
def applicant() -> None:
    """Whose case it is."""


@applicant.command()
@click.argument("code")
@click.option("--grounds", required=True, help="The document that asks for it; it names nobody.")
@world_option
@json_option
def erase(code: str, grounds: str, world: str, as_json: bool) -> None:
    """Erase the person from case CODE; every figure and the chain stay, and the case says so."""
    from tthc.cli.database import change_ledger
    from tthc.domain.access import Actor, Scope
    from tthc.service.applicants import erase_applicant

    actor = Actor("quản trị", Scope(simulated=world == "simulated"))
    done = change_ledger(
        lambda connection: erase_applicant(connection, actor, code, grounds=grounds)
    )
    if as_json:
        print_json(done)
        return
    click.echo(f"{code}: đã xóa thông tin cá nhân; mọi số liệu và chuỗi sự kiện giữ nguyên.")
