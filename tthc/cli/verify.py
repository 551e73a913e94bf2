"""`tthc verify`: whether the ledger is as it was written."""

import sys

import click

from tthc.cli.output import json_option, print_json, world_option


@click.command()
@click.option("--case", "code", help="One case only.")
@click.option("--publication", "period", help="A published period instead, such as month:2026-03.")
@click.option("--record", help="What the QR code of a printed record says.")
@world_option
@json_option
def verify(
    code: str | None, period: str | None, record: str | None, world: str, as_json: bool
) -> None:
    """Check every event, chain, row and day of the ledger; exit 1 when something was changed."""
    from tthc.cli.database import ask_ledger
    from tthc.rules.periods import read_period
    from tthc.service.integrity import verify_ledger
    from tthc.service.published_record import verify_record
    from tthc.service.publishing import verify_publication
    from tthc.service.words import number, percent

    if sum(each is not None for each in (code, period, record)) > 1:
        raise click.UsageError("Give one of --case, --publication and --record.")
    if record:
        document = ask_ledger(lambda connection: verify_record(connection, record))
    elif period:
        chosen, simulated = read_period(period), world == "simulated"
        document = ask_ledger(
            lambda connection: verify_publication(connection, chosen, simulated=simulated)
        )
    else:
        document = ask_ledger(lambda connection: verify_ledger(connection, code))
    if as_json:
        print_json(document)
    elif document["ok"] and record:
        click.echo(
            f"Biên bản đúng: số liệu đã chốt của {_named(document['period'])} (lần "
            f"{document['version']}) nguyên vẹn, {number(document['cases'])} hồ sơ. Hãy so từng số "
            "trên giấy với các số đã chốt:"
        )
        for each in document["figures"]:
            counts = f"{number(each['numerator'])}/{number(each['denominator'])}"
            click.echo(f"  {each['title']}: {percent(each['percent'])} · {counts}")
    elif document["ok"] and period:
        click.echo(
            f"Số liệu đã chốt của {_named(period)} (lần {document['version']}) nguyên vẹn: "
            f"{number(document['cases'])} hồ sơ, dấu niêm phong {document['digest']}."
        )
    elif document["ok"]:
        click.echo(
            f"Sổ nguyên vẹn: {number(document['cases'])} hồ sơ, {number(document['events'])} việc, "
            f"{number(document['days'])} ngày đã niêm phong, {number(document['traces'])} dòng "
            "nhật ký."
        )
    else:
        click.echo(document["first_problem"])
    if not document["ok"]:
        sys.exit(1)


def _named(period: str) -> str:
    """A period as officials say it: tháng 10/2026."""
    from tthc.rules.periods import read_period
    from tthc.service.words import period as in_words

    words = in_words(read_period(period))
    return words[:1].lower() + words[1:]
