"""What a decision on the calendar, on units' hours or on terms would move, before it does."""

from datetime import date
from typing import Annotated, Any

from litestar import post
from litestar.di import NamedDependency
from msgspec import Meta, Struct
from sqlalchemy.ext.asyncio import AsyncConnection

from tthc.domain.access import Actor, Permission
from tthc.domain.errors import InputError, RulesFileError
from tthc.rules.calendars import DecisionText
from tthc.service.calendars import preview_calendar
from tthc.service.terms import preview_terms
from tthc.service.unit_hours import preview_hours
from tthc.web.access import SECURITY, needs
from tthc.web.api.described import refusals, shown

LOOK = needs("read", Permission.PREVIEW_CALENDAR)
DECISION = {
    "version": "2026-08-hoan-doi",
    "text": """title = "Hoán đổi ngày làm việc"
source = "decision"
decided_on = 2026-08-10
confirmed = true

[days_off]
2026-08-31 = "Nghỉ hoán đổi"

[days_worked]
2026-08-22 = "Làm bù"
""",
}


HOURS = {
    "version": "2026-09-gio-mua-he",
    "text": """title = "Giờ làm việc của Bộ phận Một cửa"
units = ["00004"]
decided_on = 2026-08-10
valid_from = 2026-09-01

[week]
mon = [["07:30", "11:30"], ["13:00", "17:30"]]
tue = [["07:30", "11:30"], ["13:00", "17:30"]]
wed = [["07:30", "11:30"], ["13:00", "17:30"]]
thu = [["07:30", "11:30"], ["13:00", "17:30"]]
fri = [["07:30", "11:30"], ["13:00", "17:30"]]

[reception]
sat = [["08:00", "11:00"]]
""",
}
TERMS = {"decision": "5/QĐ-UBND", "decided_on": "2026-04-01"}


class Decision(Struct, forbid_unknown_fields=True):
    """A decision as its file says it: the file's name without `.toml`, and its text."""

    version: Annotated[str, Meta(min_length=1, max_length=61)]
    text: Annotated[str, Meta(min_length=1, max_length=100_000)]
    limit: Annotated[int, Meta(ge=0, le=10_000)] = 20
    cursor: Annotated[int, Meta(ge=0, le=2**62)] = 0


class Terms(Struct, forbid_unknown_fields=True):
    """A decision whose terms are in the catalogue, by its number and date."""

    decision: Annotated[str, Meta(min_length=1, max_length=100)]
    decided_on: date
    limit: Annotated[int, Meta(ge=0, le=10_000)] = 20
    cursor: Annotated[int, Meta(ge=0, le=2**62)] = 0


@post(
    "/calendars/preview",
    status_code=200,
    guards=[LOOK],
    security=SECURITY,
    responses=refusals(400, 401, 403, 422, 503),
)
async def preview_decision(
    ledger: NamedDependency[AsyncConnection],
    actor: NamedDependency[Actor],
    data: Annotated[Decision, shown(decision=DECISION)],
) -> dict[str, Any]:
    """What a decision would move among the open cases; nothing is changed."""
    given = DecisionText(data.version, data.text)
    try:
        return await preview_calendar(
            actor.scope, ledger, given, limit=data.limit, cursor=data.cursor
        )
    except RulesFileError as wrong:  # the caller's file, not one of ours
        raise InputError(str(wrong)) from None


@post(
    "/terms/preview",
    status_code=200,
    guards=[LOOK],
    security=SECURITY,
    responses=refusals(400, 401, 403, 404, 422, 503),
)
async def preview_new_terms(
    ledger: NamedDependency[AsyncConnection],
    actor: NamedDependency[Actor],
    data: Annotated[Terms, shown(terms=TERMS)],
) -> dict[str, Any]:
    """What a decision's terms would move if open cases were brought to them; nothing is changed."""
    return await preview_terms(
        *(actor.scope, ledger, data.decision, data.decided_on), limit=data.limit, cursor=data.cursor
    )


@post(
    "/hours/preview",
    status_code=200,
    guards=[LOOK],
    security=SECURITY,
    responses=refusals(400, 401, 403, 404, 422, 503),
)
async def preview_unit_hours(
    ledger: NamedDependency[AsyncConnection],
    actor: NamedDependency[Actor],
    data: Annotated[Decision, shown(hours=HOURS)],
) -> dict[str, Any]:
    """What a decision on units' own hours would move among their open cases; nothing is changed."""
    given = DecisionText(data.version, data.text)
    try:
        return await preview_hours(actor.scope, ledger, given, limit=data.limit, cursor=data.cursor)
    except RulesFileError as wrong:  # the caller's file, not one of ours
        raise InputError(str(wrong)) from None
