"""Which cases may be closed, as their applicants stayed silent; closing is a clerk's act."""

from datetime import date, timedelta

from sqlalchemy.ext.asyncio import AsyncConnection

from tthc import clock
from tthc.db.history import Dossier, read_cases
from tthc.db.queries.silence import unanswered
from tthc.domain.access import Actor
from tthc.domain.pausing import may_be_closed, silent_until
from tthc.rules.regimes import regimes
from tthc.service.acts import Document
from tthc.service.case_document import instant
from tthc.service.pins import pins_of


async def find_silent(connection: AsyncConnection, actor: Actor) -> list[tuple[Dossier, date]]:
    """The cases that may be closed today, each by the term of its own regime and sector, with the
    last day on which an answer was expected.
    """
    now = clock.now()
    today = clock.local_date(now)
    ids = await unanswered(actor.scope, connection, now - timedelta(days=shortest_silence()))
    found = []
    for dossier in await read_cases(connection, ids):
        pinned = pins_of(dossier)
        last_day = silent_until(dossier.case, pinned)
        if last_day is not None and may_be_closed(dossier.case, pinned, today):
            found.append((dossier, last_day))
    return found


async def list_cases_to_close(connection: AsyncConnection, actor: Actor) -> list[Document]:
    """The same for people and programs, those asked longest ago first."""
    found = [
        {
            "case_code": dossier.case.code,
            "procedure_name": dossier.about.procedure_name,
            "competent_unit": dossier.about.competent_unit,
            "officer": dossier.case.officer,
            "asked_at": instant(dossier.case.suspended_at),
            "answer_expected_by": last_day.isoformat(),
            "version": dossier.case.version,
        }
        for dossier, last_day in await find_silent(connection, actor)
    ]
    return sorted(found, key=_key)


async def show_cases_to_close(
    connection: AsyncConnection, actor: Actor, *, limit: int, cursor: str | None
) -> Document:
    """A page of them, those asked longest ago first, with their exact total."""
    found = await list_cases_to_close(connection, actor)
    rest = [one for one in found if cursor is None or _key(one) > cursor]
    page = rest[:limit]
    return {
        "total": len(found),
        "items": page,
        "next_cursor": _key(page[-1]) if len(rest) > limit else None,
    }


def _key(one: Document) -> str:
    return f"{one['answer_expected_by']} {one['case_code']}"


def shortest_silence() -> int:
    """The days of silence, of any regime and sector, before which nothing may be closed."""
    own = [one.silence_days for law in regimes() for one in law.exceptions]
    return min(days for days in (*own, *(law.silence_days for law in regimes())) if days)
