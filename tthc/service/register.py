"""The register of cases (form 07): what a shop received in some days, row by row."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from tthc import clock
from tthc.db import printing
from tthc.db.catalogue import unit_by_code
from tthc.db.json_values import checked
from tthc.db.queries.register import register_rows
from tthc.db.queries.units import narrow_to_unit
from tthc.domain.access import Actor
from tthc.domain.applicant import Applicant
from tthc.domain.errors import InputError, RuleError
from tthc.rules.forms import form
from tthc.service.acts import Document
from tthc.service.form_heads import Heading, head_form, read_persons
from tthc.service.words import CHANNELS, number

MOST = {"pdf": 2_000, "xlsx": 50_000}


@dataclass(frozen=True, slots=True)
class Stretch:
    """The days of a register, [start, end). Raises InputError where there are none."""

    start: date
    end: date

    def __post_init__(self) -> None:
        if not self.start < self.end:
            raise InputError("Khoảng ngày của sổ chưa đúng: ngày đầu phải trước ngày cuối.")

    @property
    def words(self) -> str:
        last = self.end - timedelta(days=1)
        return f"Từ ngày {self.start:%d/%m/%Y} đến hết ngày {last:%d/%m/%Y}"


async def prepare_register(
    connection: AsyncConnection, actor: Actor, unit: str, stretch: Stretch, *, kind: str
) -> Document:
    """The register of a unit and all below it; `kind` is how it will be written, pdf or xlsx.

    Rows hold instants as they are. Raises RuleError where there are more than can be printed.
    """
    asked, most = form("07"), MOST[kind]
    on = min(stretch.end - timedelta(days=1), clock.local_date(clock.now()))
    chosen = await unit_by_code(connection, checked(unit), on, simulated=actor.scope.simulated)
    units = await narrow_to_unit(actor.scope, connection, unit, on)
    rows = await register_rows(actor.scope, connection, units, stretch.start, stretch.end, most + 1)
    if len(rows) > most:
        raise RuleError(
            f"Sổ có hơn {number(most)} hồ sơ nên không in được một lần: hãy chọn khoảng ngày ngắn "
            "hơn" + ("." if kind == "xlsx" else ", hoặc tải tệp XLSX.")
        )
    told = {"unit": chosen.code, "from": str(stretch.start), "to": str(stretch.end)}
    persons = await read_persons(
        connection, actor, [row["id"] for row in rows], asked, **told, format=kind
    )
    authorities = await printing.read_authorities(
        connection, [chosen.id, *(row["competent_unit_id"] for row in rows)]
    )
    heading = Heading(authorities[chosen.id], clock.now(), desk=True)
    document = await head_form(connection, asked, heading, simulated=actor.scope.simulated)
    return {
        **document,
        "authority": authorities[chosen.id].name,
        "period": stretch.words,
        "headings": list(asked.headings),
        "rows": [
            _row(
                row, persons.get(row["id"], Applicant()), authorities[row["competent_unit_id"]].name
            )
            for row in rows
        ],
        "total": number(len(rows)),
    }


def _row(row: dict[str, Any], person: Applicant, competent: str) -> list[Any]:
    """A row of the register, from the code to how the result was collected, and the
    numbers of the slips and letters that went to the citizen.
    """
    collected = row["return_channel"]
    numbers = "số " + ", ".join(row["numbers"]) if row["numbers"] else None
    return [
        row["code"],
        row["procedure"],
        person.name or "",
        ", ".join(part for part in (person.address, person.phone) if part),
        competent,
        row["received_at"],
        row["first_due_at"],
        row["returned_at"],
        "; ".join(filter(None, [CHANNELS.get(collected, collected), numbers])),
    ]
