"""What stands on every form: its name and paper, the authority, the person in full."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from tthc import clock
from tthc.db import printing
from tthc.db.printing import Authority
from tthc.db.traces import leave_trace
from tthc.domain.access import Actor, Permission, check
from tthc.domain.applicant import Applicant
from tthc.domain.letterhead import date_line, on_two_lines
from tthc.domain.traces import Trace
from tthc.rules.forms import Form, check_paper
from tthc.service.acts import Document

DESK = "BỘ PHẬN MỘT CỬA"
SIMULATED = "MÔ PHỎNG"
DRAFT = "DỰ THẢO"
NO_DATE = "ngày ….. tháng ….. năm ………"


@dataclass(frozen=True, slots=True)
class Heading:
    """Who issues a form, when (None: left to be written by hand), under which number."""

    authority: Authority
    at: datetime | None
    desk: bool = False
    number: str | None = None


async def read_persons(
    connection: AsyncConnection,
    actor: Actor,
    case_ids: Collection[int],
    form: Form,
    **details: str | int,
) -> dict[int, Applicant]:
    """The persons of cases, in full, for a form that prints them; by case.

    Every such reading for paper passes here and nowhere else, and leaves a trace with what
    `details` tell of the form.
    """
    check(actor, Permission.READ_IDENTITY)
    told = {"form": form.number, "cases": len(case_ids), **details}
    trace = Trace(actor.name, "form_printed", actor.scope.simulated, told, tuple(case_ids))
    await leave_trace(connection, trace)
    return await printing.read_persons(connection, case_ids)


async def head_form(
    connection: AsyncConnection,
    form: Form,
    heading: Heading,
    *,
    simulated: bool,
    paper: str | None = None,
    draft: bool = False,
) -> Document:
    """What every form's document holds. `paper` is asked for this once; else it is the unit's."""
    issuer = heading.authority
    papers = await printing.read_papers(connection, issuer.id)
    chosen = check_paper(form, paper) if paper else papers.get(form.number, form.paper)
    day = date_line(clock.local_date(heading.at)) if heading.at else NO_DATE
    return {
        "form": form.number,
        "title": form.title,
        "paper": chosen,
        "watermark": DRAFT if draft else SIMULATED if simulated else None,
        "footer": "Hồ sơ mô phỏng, không có giá trị giao dịch" if simulated else "",
        "number": heading.number,
        "head": {
            "above": issuer.above and on_two_lines(issuer.above),
            "name": on_two_lines(issuer.name),
            "desk": DESK if heading.desk and not issuer.is_shop else None,
            "place": issuer.place,
            "date": day,
        },
        "made_at": clock.now().isoformat(),
    }


def person_of(one: Applicant) -> dict[str, str | None]:
    """A person as forms print it; what is not known is left blank."""
    authorised, number = one.authorised_name, one.authorised_identity_number
    return {
        "name": one.name,
        "identity": one.identity_number,
        "address": one.address,
        "phone": one.phone,
        "email": one.email,
        "authorised": f"{authorised} (số định danh {number})" if number else authorised,
    }
