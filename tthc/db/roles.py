"""Roles and the database itself: what must be there before the first migration.

The embedded server's superuser makes them. On a named server the owner's URL makes what it may;
for the rest its administrator gets the very statement.
"""

from dataclasses import dataclass

from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection

from tthc.db import urls
from tthc.db.embedded.find import OLDEST
from tthc.db.engine import connect
from tthc.db.refusal import sqlstate
from tthc.db.server import APP, NIGHT, OWNER, Server
from tthc.domain.errors import SettingError

NO_SUCH_DATABASE = "3D000"
NOT_ALLOWED = "42501"
MADE_MEANWHILE = ("42710", "42P04", "23505")  # another upgrade was faster


@dataclass(frozen=True)
class Need:
    """A statement, and the question that tells whether it is still needed."""

    missing: str
    statement: str
    secret: str = ""  # ends the statement, and is not shown


def role_needs(server: Server) -> list[Need]:
    no_role = "select not exists (select from pg_roles where rolname = '{}')"
    login = "LOGIN" if server.admin_url else "NOLOGIN"
    # whoever may give it lets the night copy straight into tables that hide rows (db/cases.py)
    bypass = " BYPASSRLS" if server.admin_url else ""
    return [
        Need(no_role.format(OWNER), f"CREATE ROLE {OWNER} {login}"),
        Need(no_role.format(APP), f"CREATE ROLE {APP} LOGIN", _password(server.app_url, APP)),
        Need(
            no_role.format(NIGHT),
            f"CREATE ROLE {NIGHT} LOGIN{bypass}",
            _password(server.night_url, NIGHT),
        ),
        *(Need(_not_member(role), f"GRANT {role} TO CURRENT_USER") for role in (OWNER, APP, NIGHT)),
        # the night may do what the application may, and never the other way round
        Need(_lacks(NIGHT, APP), f"GRANT {APP} TO {NIGHT}"),
        Need(_lacks(OWNER, NIGHT), f"GRANT {NIGHT} TO {OWNER}"),
    ]


def database_needs(name: str) -> list[Need]:
    quoted = name.replace('"', '""')
    literal = name.replace("'", "''")
    return [
        Need(
            f"select not exists (select from pg_database where datname = '{literal}')",
            f"CREATE DATABASE \"{quoted}\" OWNER {OWNER} TEMPLATE template0 ENCODING 'UTF8' "
            "LC_COLLATE 'C.UTF-8' LC_CTYPE 'C.UTF-8'",
        )
    ]


def schema_needs(name: str) -> list[Need]:
    quoted = name.replace('"', '""')
    return [
        Need(
            f"select not has_database_privilege('{OWNER}', current_database(), 'CREATE')",
            f'GRANT CREATE ON DATABASE "{quoted}" TO {OWNER}',
        ),
        Need(
            f"select not has_schema_privilege('{OWNER}', 'public', 'CREATE')",
            f"GRANT USAGE, CREATE ON SCHEMA public TO {OWNER}",
        ),
        Need(
            f"select not has_schema_privilege('{APP}', 'public', 'USAGE')",
            f"GRANT USAGE ON SCHEMA public TO {APP}",
        ),
    ]


async def prepare_database(server: Server) -> None:
    """Roles, database and the owner's right to build in it, where they are missing.

    Raises SettingError where the server is too old or its administrator must lend a hand.
    """
    name = urls.database_of(server.owner_url)
    if server.admin_url:
        await _meet(server.admin_url, [*role_needs(server), *database_needs(name)])
        return
    try:
        await _meet(server.owner_url, role_needs(server))
    except DBAPIError as error:
        if sqlstate(error) != NO_SUCH_DATABASE:
            raise
        meeting_place = urls.with_database(server.owner_url, "postgres")
        await _meet(meeting_place, [*role_needs(server), *database_needs(name)])
    await _meet(server.owner_url, schema_needs(name))


async def _meet(url: str, needs: list[Need]) -> None:
    engine = connect(url, isolation_level="AUTOCOMMIT")
    try:
        async with engine.connect() as connection:
            await _refuse_old(connection)
            for need in needs:
                if await connection.scalar(text(need.missing)):
                    await _execute(connection, need)
    finally:
        await engine.dispose()


async def _execute(connection: AsyncConnection, need: Need) -> None:
    try:
        await connection.exec_driver_sql(need.statement + need.secret)
    except DBAPIError as error:
        if sqlstate(error) in MADE_MEANWHILE:
            return
        if sqlstate(error) != NOT_ALLOWED:
            raise
        role = await connection.scalar(text("select current_user"))
        statement = need.statement.replace("CURRENT_USER", f'"{role}"')
        raise SettingError(
            f"Vai trò “{role}” không được phép chạy “{statement}”: hãy nhờ người quản trị "
            "PostgreSQL chạy câu lệnh đó, rồi chạy lại `tthc db upgrade`."
        ) from None


async def _refuse_old(connection: AsyncConnection) -> None:
    version = str(await connection.scalar(text("show server_version_num")))
    if int(version) < OLDEST * 10000:
        raise SettingError(
            f"Máy chủ là PostgreSQL {int(version) // 10000}: cần bản {OLDEST} trở lên."
        )


def _not_member(role: str) -> str:
    """Who may not work as a role; since 16 a maker of roles is a member that may not."""
    return (
        f"select not pg_has_role('{role}', case when "
        "current_setting('server_version_num')::int < 160000 then 'MEMBER' else 'SET' end)"
    )


def _lacks(role: str, other: str) -> str:
    return f"select not pg_has_role('{role}', '{other}', 'USAGE')"


def _password(url: str, role: str) -> str:
    """The clause that lets a role in by the password of its own URL."""
    password = urls.password_of(url) if urls.user_of(url) == role else None
    return " PASSWORD '{}'".format(password.replace("'", "''")) if password else ""
