"""What a decision on the calendar would move, before it does."""

from typing import Annotated, Any

from litestar import post
from litestar.di import NamedDependency
from msgspec import Meta, Struct
from sqlalchemy.ext.asyncio import AsyncConnection

from tthc.domain.access import Actor
from tthc.domain.errors import InputError, RulesFileError
from tthc.rules.calendars import DecisionText
from tthc.service.calendars import preview_calendar
from tthc.web.access import SECURITY, needs
from tthc.web.api.described import refusals, shown

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


class Decision(Struct, forbid_unknown_fields=True):
    """A decision as its file says it: the file's name without `.toml`, and its text."""

    version: Annotated[str, Meta(min_length=1, max_length=61)]
    text: Annotated[str, Meta(min_length=1, max_length=100_000)]
    limit: Annotated[int, Meta(ge=0, le=10_000)] = 20
    cursor: Annotated[int, Meta(ge=0, le=2**62)] = 0


@post(
    "/calendars/preview",
    status_code=200,
    guards=[needs("read")],
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
