"""Publications of periods, version by version: written once, never changed."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from tthc.db.facts import Knowledge
from tthc.rules.frozen import FrozenSet, read_frozen

_ROW = """
SELECT id, simulated, period, version, reason, as_of, known_at, published_at, published_by,
  calendar_version, slots, identities, cases, encode(digest, 'hex') AS digest,
  encode(scores_digest, 'hex') AS scores_digest FROM publications"""


@dataclass(frozen=True, slots=True)
class Publication:
    """A published version of a period, as it was kept."""

    id: int
    simulated: bool
    period: str
    version: int
    reason: str | None
    as_of: datetime
    known_at: datetime
    published_at: datetime
    published_by: str
    calendar_version: str
    frozen: FrozenSet
    identities: list[dict[str, Any]]
    cases: int
    digest: str
    scores_digest: str | None = None  # of the scores published with it; older ones have none

    @property
    def knowledge(self) -> Knowledge:
        return Knowledge(self.as_of, self.known_at)


async def hold_period(connection: AsyncConnection, period: str, *, simulated: bool) -> None:
    """Let nobody else publish the period until this transaction ends, and wait until whoever is
    writing to cases has done so.
    """
    name = f"publish:{period}:{simulated}"
    await connection.execute(text("SELECT pg_advisory_xact_lock(hashtext(:name))"), {"name": name})
    waiting = await connection.begin_nested()
    await connection.execute(text("LOCK TABLE cases IN SHARE MODE"))
    await waiting.rollback()  # gives the lock back


async def new_publication(connection: AsyncConnection) -> int:
    """The id of a publication that is about to be written."""
    found = await connection.scalar(text("SELECT nextval('publications_id_seq')"))
    return int(found)


async def read_publications(
    connection: AsyncConnection, *, simulated: bool, period: str | None = None
) -> list[Publication]:
    """The versions of a period, or of every period, each period's last one first."""
    sql = f"{_ROW} WHERE simulated = :simulated"
    given: dict[str, Any] = {"simulated": simulated}
    if period is not None:
        sql, given = f"{sql} AND period = :period", given | {"period": period}
    found = await connection.execute(
        text(f"{sql} ORDER BY as_of DESC, period, version DESC"), given
    )
    return [_publication(dict(row)) for row in found.mappings()]


async def published_at(
    connection: AsyncConnection, period: str, at: Knowledge, *, simulated: bool
) -> Publication | None:
    """The version of a period that was published at these very cut-offs."""
    found = await connection.execute(
        text(
            f"{_ROW} WHERE simulated = :simulated AND period = :period "
            "AND as_of = :as_of AND known_at = :known_at"
        ),
        {
            "simulated": simulated,
            "period": period,
            "as_of": at.as_of,
            "known_at": at.known_at,
        },
    )
    row = found.mappings().first()
    return _publication(dict(row)) if row else None


async def last_publishing(
    connection: AsyncConnection, period: str, *, simulated: bool
) -> datetime | None:
    """When a period was published last."""
    found = await connection.execute(
        text(
            "SELECT max(published_at) FROM publications "
            "WHERE simulated = :simulated AND period = :period"
        ),
        {"simulated": simulated, "period": period},
    )
    at: datetime | None = found.scalar_one()
    return at


def _publication(row: dict[str, Any]) -> Publication:
    frozen = read_frozen(_read(row.pop("slots")))
    return Publication(frozen=frozen, **row | {"identities": _read(row["identities"])})


def _read(document: Any) -> Any:  # noqa: ANN401  # JSON, which the driver may have read already
    return json.loads(document) if isinstance(document, str) else document


async def keep(connection: AsyncConnection, publication: Publication) -> None:
    """Write the publication itself, last, as nothing of it is ever changed."""
    await connection.execute(
        text(
            "INSERT INTO publications (id, simulated, period, version, reason, as_of, known_at, "
            "published_at, published_by, calendar_version, slots, identities, cases, digest, "
            "scores_digest) "
            "VALUES (:id, :simulated, :period, :version, :reason, :as_of, :known_at, "
            ":published_at, :published_by, :calendar_version, CAST(CAST(:slots AS text) AS json), "
            "CAST(CAST(:identities AS text) AS json), :cases, decode(:digest, 'hex'), "
            "decode(:scores_digest, 'hex'))"
        ),
        {
            name: getattr(publication, name)
            for name in Publication.__slots__
            if name not in {"frozen", "identities"}
        }
        | {
            "slots": json.dumps(publication.frozen.document(), ensure_ascii=False),
            "identities": json.dumps(publication.identities, ensure_ascii=False),
        },
    )
