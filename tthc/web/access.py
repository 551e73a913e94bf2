"""Who asks: the one place where a token becomes an actor with a scope.

A guard lets a request in before anything of it is read; the handler asks for `actor` by name.
"""

from collections.abc import Callable, Coroutine
from typing import Any

from litestar import Request
from litestar.connection import ASGIConnection
from litestar.exceptions import NotAuthorizedException, PermissionDeniedException
from litestar.handlers import BaseRouteHandler
from litestar.openapi.spec import SecurityScheme

from tthc.db.tokens import Token
from tthc.domain.access import Actor, Scope
from tthc.service.tokens import recognise

Connection = ASGIConnection[Any, Any, Any, Any]
Guard = Callable[[Connection, BaseRouteHandler], Coroutine[Any, Any, None]]

SCHEME = SecurityScheme(type="http", scheme="bearer", description="Khóa do `tthc token add` cấp.")
SECURITY: list[dict[str, list[str]]] = [{"token": []}]
ACTOR = "actor"


def needs(scope: str) -> Guard:
    """A guard that lets in whoever bears a token for `read`, `write` or `portal`."""

    async def guard(connection: Connection, handler: BaseRouteHandler) -> None:
        del handler
        token = await _token_of(connection)
        if scope not in token.scopes:
            raise PermissionDeniedException
        connection.scope["state"][ACTOR] = actor_of(token)

    return guard


def actor_of(token: Token) -> Actor:
    """What the bearer is to the ledger: every unit of the token's world."""
    return Actor(token.actor, Scope(simulated=token.simulated))


def read_actor(request: Request[Any, Any, Any]) -> Actor:
    """`actor`: whom the guard let in."""
    actor: Actor = request.scope["state"][ACTOR]
    return actor


async def _token_of(connection: Connection) -> Token:
    kind, _, secret = connection.headers.get("authorization", "").partition(" ")
    if kind.lower() == "bearer" and secret:
        async with connection.app.state.engine.connect() as ledger:
            await ledger.execution_options(isolation_level="AUTOCOMMIT")
            token = await recognise(ledger, secret.strip())
        if token is not None:
            return token
    raise NotAuthorizedException(headers={"WWW-Authenticate": "Bearer"})
