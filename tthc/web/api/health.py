"""Whether the site lives, and whether it can answer with fresh figures."""

from typing import Any

from litestar import get
from litestar.di import NamedDependency
from sqlalchemy.ext.asyncio import AsyncConnection

from tthc import clock
from tthc.db.queries.sheets import Night, last_night
from tthc.domain.access import Scope


@get("/live", sync_to_thread=False)
def live() -> dict[str, str]:
    """The process answers."""
    return {"status": "ok"}


@get("/ready")
async def ready(ledger: NamedDependency[AsyncConnection]) -> dict[str, Any]:
    """The database answers; for each world the last good night and its age, null before any."""
    return {
        "status": "ok",
        "nights": {
            "real": _age(await last_night(Scope(simulated=False), ledger)),
            "simulated": _age(await last_night(Scope(simulated=True), ledger)),
        },
    }


def _age(night: Night | None) -> dict[str, Any] | None:
    if night is None:
        return None
    return {
        "as_of": night.as_of.astimezone(clock.VIETNAM).isoformat(),
        "finished_at": night.finished_at.astimezone(clock.VIETNAM).isoformat(),
        "age_seconds": int((clock.now() - night.finished_at).total_seconds()),
    }
