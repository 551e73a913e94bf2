"""Bring a database to the newest schema and reference data; where it is there, change nothing."""

from dataclasses import dataclass

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection

from tthc.db.engine import connect_owner
from tthc.db.reference import ReferenceReport, load_reference
from tthc.db.refusal import explain, sqlstate, unreachable
from tthc.db.roles import prepare_database
from tthc.db.server import APP, OWNER, Server
from tthc.settings import CHECKOUT

UPGRADING = 7484_0001  # the advisory lock of those who upgrade
STANDS_IN_THE_WAY = ("55P03", "53100")  # a lock that others hold, a full disk
TURN = "120s"  # to wait for another upgrade


@dataclass(frozen=True)
class Upgrade:
    applied: list[str]  # revisions, oldest first
    reference: ReferenceReport


async def upgrade(server: Server) -> Upgrade:
    """Migrate, then load the reference data: all of it or, on an error, nothing.

    Raises SettingError where the server does not allow it, BusyError where another upgrade or the
    work of others stands in the way.
    """
    try:
        await prepare_database(server)
    except OSError as error:
        raise unreachable(error) from error
    except DBAPIError as error:
        raise explain(error) or error from error
    engine = connect_owner(server)
    try:
        async with engine.begin() as connection:
            await _take_turn(connection)
            applied = await connection.run_sync(migrate)
            return Upgrade(applied, await load_reference(connection))
    except DBAPIError as error:
        if sqlstate(error) in STANDS_IN_THE_WAY:
            raise explain(error) or error from error
        raise
    finally:
        await engine.dispose()


def migrate(connection: Connection) -> list[str]:
    """Apply what is missing within the connection's transaction."""
    config = Config(CHECKOUT / "alembic.ini", attributes={"connection": connection})
    before = MigrationContext.configure(connection).get_current_heads()
    command.upgrade(config, "heads")
    after = MigrationContext.configure(connection).get_current_heads()
    if before == after:
        return []
    connection.execute(text(f"GRANT SELECT ON alembic_version TO {APP}"))
    script = ScriptDirectory.from_config(config)
    steps = script.iterate_revisions(after, before or "base")
    return [step.revision for step in steps][::-1]


async def _take_turn(connection: AsyncConnection) -> None:
    """Work as the owner, one at a time, and never hold up the others for long."""
    await connection.execute(text(f"SET LOCAL ROLE {OWNER}"))
    await connection.execute(text(f"SET LOCAL lock_timeout = '{TURN}'"))
    await connection.execute(text(f"SELECT pg_advisory_xact_lock({UPGRADING})"))
    await connection.execute(text("SET LOCAL lock_timeout = '10s'"))
    await connection.execute(text("SET LOCAL statement_timeout = '15min'"))
