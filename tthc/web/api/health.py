"""Whether the site lives, and whether it can answer with fresh figures."""

from typing import Any

from litestar import get
from litestar.di import NamedDependency
from sqlalchemy.ext.asyncio import AsyncConnection

from tthc import clock
from tthc.db.queries.sheets import last_night
from tthc.domain.access import Scope
from tthc.service.nights import Nights, show_nights, show_pulse_age


@get("/live", sync_to_thread=False)
def live() -> dict[str, str]:
    """The process answers."""
    return {"status": "ok"}


@get("/ready")
async def ready(ledger: NamedDependency[AsyncConnection]) -> dict[str, Any]:
    """The database answers; whether the nights go on, by world, null before the first.

    `nights` tells of the newest figures; `missed` counts the whole nights that lack since the
    last one, and `scheduler` when `python -m jobs` last said that it lives.
    """
    return {
        "status": "ok",
        "nights": {
            world: await _nights(ledger, simulated=world == "simulated")
            for world in ("real", "simulated")
        },
        "scheduler": {"beat_age_seconds": await show_pulse_age(ledger)},
    }


async def _nights(ledger: AsyncConnection, *, simulated: bool) -> dict[str, Any] | None:
    newest = await last_night(Scope(simulated), ledger)
    if newest is None:
        return None
    return {
        "as_of": newest.as_of.astimezone(clock.VIETNAM).isoformat(),
        "finished_at": newest.finished_at.astimezone(clock.VIETNAM).isoformat(),
        "age_seconds": int((clock.now() - newest.finished_at).total_seconds()),
        **_missed(await show_nights(ledger, simulated=simulated)),
    }


def _missed(nights: Nights | None) -> dict[str, Any]:
    return {
        "last_whole_day": nights and nights.day.isoformat(),
        "missed": nights and nights.missed,
    }
