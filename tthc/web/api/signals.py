"""Signals: cases to look at again, in words and as lists. None is an accusation."""

from typing import Annotated, Any

from litestar import get
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, QueryParameter
from sqlalchemy.ext.asyncio import AsyncConnection

from tthc import clock
from tthc.domain.access import Actor, Permission, check
from tthc.rules.periods import read_period
from tthc.rules.signals import signal
from tthc.service.figures import Question
from tthc.service.signals import show_signal, show_signals
from tthc.web.access import SECURITY, needs
from tthc.web.api.described import FIGURES
from tthc.web.api.figures import Instant


@get("/signals", guards=[needs("read")], security=SECURITY, responses=FIGURES)
async def list_signals(
    ledger: NamedDependency[AsyncConnection],
    actor: NamedDependency[Actor],
    period: FromQuery[str | None] = None,
    unit: FromQuery[str | None] = None,
    as_of: Instant = None,
    known_at: Instant = None,
) -> dict[str, Any]:
    """Every signal with how many cases of a period (this month by default) have it, by unit, and
    the share of cases whose dates can be relied on.
    """
    question = _question(actor, unit, as_of, known_at)
    return await show_signals(ledger, question, read_period(period) if period else None)


@get("/signals/{name:str}", guards=[needs("read")], security=SECURITY, responses=FIGURES)
async def read_signal(
    ledger: NamedDependency[AsyncConnection],
    actor: NamedDependency[Actor],
    name: FromPath[str],
    period: FromQuery[str | None] = None,
    unit: FromQuery[str | None] = None,
    as_of: Instant = None,
    known_at: Instant = None,
    limit: Annotated[int, QueryParameter(ge=1, le=500)] = 50,
    cursor: FromQuery[str | None] = None,
) -> dict[str, Any]:
    """A signal in words, and its very cases."""
    question = _question(actor, unit, as_of, known_at)
    return await show_signal(
        ledger,
        signal(name),
        question,
        read_period(period) if period else None,
        limit=limit,
        cursor=cursor,
    )


def _question(actor: Actor, unit: str | None, as_of: str | None, known_at: str | None) -> Question:
    check(actor, Permission.READ_SIGNALS)
    return Question(
        scope=actor.scope,
        unit=unit,
        as_of=clock.read_instant(as_of) if as_of else None,
        known_at=clock.read_instant(known_at) if known_at else None,
    )
