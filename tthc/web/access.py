"""Who asks: the one place where a token or a session becomes an actor with a scope.

A guard lets a request in before anything of it is done; the handler asks by name for `actor` (of a
call), `person` (of a page for those signed in) or `visitor` (of a page for all).
"""

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, replace
from typing import Any

from litestar import Request
from litestar.exceptions import NotAuthorizedException, PermissionDeniedException
from litestar.handlers import BaseRouteHandler
from litestar.openapi.spec import SecurityScheme
from sqlalchemy.ext.asyncio import AsyncConnection

from tthc import clock
from tthc.db.readers import appraisal_of, units_of
from tthc.db.sessions import Person
from tthc.db.tokens import Token
from tthc.domain.access import (
    ACTS,
    EVERY_RELATION,
    Actor,
    Permission,
    Role,
    Scope,
    check,
    check_whole,
    may,
)
from tthc.service.sign_in import recognise_person
from tthc.service.tokens import digest, recognise
from tthc.web.cookies import FORM, SESSION, Connection, Jar, form_key, is_form_key

Guard = Callable[[Connection, BaseRouteHandler], Coroutine[Any, Any, None]]

SCHEME = SecurityScheme(type="http", scheme="bearer", description="Khóa do `tthc token add` cấp.")
SECURITY: list[dict[str, list[str]]] = [{"token": []}]
ACTOR, PERSON, DIGEST, LOOKING, ASSUMED = "actor", "person", "digest", "looking", "assumed"
FORM_KEY = "x-form-key"  # of a page's own calls: what a form carries as `form_key`
SAFE = ("GET", "HEAD", "OPTIONS")
# what a person must be allowed where a token needs a scope; for `write` it depends on the act
ROOMS = {
    "figures": Permission.READ_FIGURES,
    "read": Permission.READ_CASES,
    "portal": Permission.PORTAL,
}


class NotSignedInError(NotAuthorizedException):
    """A page for those signed in; errors send the browser to the sign-in."""


class MustChangeError(PermissionDeniedException):
    """Signed in with a password that somebody else has seen: nothing else opens before."""

    sentence = "Hãy đổi mật khẩu lần đầu tại /doi-mat-khau trước đã."


class ForeignFormError(PermissionDeniedException):
    """A form or call that did not come from a page of this browser's session."""

    sentence = (
        "Biểu mẫu đã cũ hoặc không đến từ trang này: hãy mở lại trang, cho phép cookie, rồi gửi."
    )


@dataclass(frozen=True, slots=True)
class Visitor:
    """Who looks at a page, signed in or not, and the key of the forms on it."""

    person: Person | None
    form_key: str
    actor: Actor | None = None


def needs(scope: str, permission: Permission | None = None, *, by_entering: bool = False) -> Guard:
    """A guard that lets in a token for `figures`, `read`, `write` or `portal`, and the people
    whose role may do the same, or what `permission` says.

    `by_entering`: the handler does nothing outside its transaction, which a token enters or is
    refused; so one that was recognised a moment ago is not looked up before.
    """

    async def guard(connection: Connection, handler: BaseRouteHandler) -> None:
        del handler
        kind, _, secret = connection.headers.get("authorization", "").partition(" ")
        if kind.lower() == "bearer" and secret:
            await _admit_token(connection, secret.strip(), scope, by_entering=by_entering)
            return
        person = await find_person(connection)
        if person is None:
            raise NotAuthorizedException
        if person.must_change:
            raise MustChangeError
        if not _may_call(Role(person.role), scope, permission):
            raise PermissionDeniedException
        if _changes(connection):
            _check_key(connection, SESSION, connection.headers.get(FORM_KEY))

    return guard


def of_the_world(wanted: Permission) -> Guard:
    """A guard behind `needs`: whoever has a permission for a whole world, before a body is read."""

    async def guard(connection: Connection, handler: BaseRouteHandler) -> None:
        del handler
        actor: Actor = connection.scope["state"][ACTOR]
        check(actor, wanted)
        check_whole(actor)

    return guard


async def signed_in(connection: Connection, handler: BaseRouteHandler) -> None:
    """A guard of pages: whoever is signed in with a password of their own."""
    await known(connection, handler)
    if read_person(connection).must_change:
        raise MustChangeError


def may_do(wanted: Permission) -> Guard:
    """A guard of pages for those whose role may do something, with some case or other."""

    async def guard(connection: Connection, handler: BaseRouteHandler) -> None:
        await signed_in(connection, handler)
        check(connection.scope["state"][ACTOR], wanted, EVERY_RELATION)

    return guard


async def known(connection: Connection, handler: BaseRouteHandler) -> None:
    """A guard of pages: whoever is signed in, be it with a password to change."""
    del handler
    if await find_person(connection) is None:
        raise NotSignedInError
    if _changes(connection):
        await _check_form(connection, SESSION)


async def visiting(connection: Connection, handler: BaseRouteHandler) -> None:
    """A guard of pages for all: whoever has a password to change does that first."""
    del handler
    person = await find_person(connection)
    if person and person.must_change:
        raise MustChangeError


async def own_form(connection: Connection, handler: BaseRouteHandler) -> None:
    """A guard of forms for those not signed in: sent from a page that this browser was shown."""
    del handler
    await _check_form(connection, FORM)


async def actor_of(connection: AsyncConnection, asking: Token | Person) -> Actor:
    """What the bearer or person is to the ledger, with the units that are theirs today."""
    name, role = (
        (asking.actor, Role.PROGRAM)
        if isinstance(asking, Token)
        else (asking.login, Role(asking.role))
    )
    world, unit_id = asking.simulated, asking.unit_id
    if role is Role.PROGRAM and unit_id is None:
        return Actor(name, Scope(simulated=world))
    today = clock.local_date(clock.now())
    own, seen = await units_of(connection, role, unit_id, today, simulated=world)
    actor = Actor(name, Scope(world, seen), role, unit_id, own)
    if role is Role.APPRAISER:
        blocks, root_ids = await appraisal_of(connection, name, today)
        return replace(actor, blocks=blocks, root_ids=root_ids)
    return actor


def read_actor(request: Request[Any, Any, Any]) -> Actor | None:
    """`actor`: whom the guard let in; None on a page for all."""
    actor: Actor | None = request.scope["state"].get(ACTOR)
    return actor


def read_person(request: Connection) -> Person:
    """`person`: whom the guard of a page let in."""
    person: Person = request.scope["state"][PERSON]
    return person


async def read_visitor(request: Request[Any, Any, Any]) -> Visitor:
    """`visitor`: whoever looks."""
    person = await find_person(request)
    secret = Jar(request).read(SESSION if person else FORM)
    actor = request.scope["state"][ACTOR] if person else None
    return Visitor(person, form_key(secret) if secret else "", actor)


def known_visitor(request: Request[Any, Any, Any]) -> Visitor | None:
    """Whoever a guard has found already, for pages that tell of an error."""
    person: Person | None = request.scope["state"].get(PERSON)
    secret = Jar(request).read(SESSION)
    return Visitor(person, form_key(secret)) if person and secret else None


async def find_person(connection: Connection) -> Person | None:
    """Who is signed in, looked up once a request."""
    state = connection.scope["state"]
    # what a handler asks for is found side by side
    async with state.setdefault(LOOKING, asyncio.Lock()):
        if PERSON not in state:
            secret = Jar(connection).read(SESSION)
            state[PERSON] = await _admit_person(connection, secret) if secret else None
    person: Person | None = state[PERSON]
    return person


async def _admit_person(connection: Connection, secret: str) -> Person | None:
    state = connection.scope["state"]
    async with connection.app.state.engine.connect() as ledger:
        await ledger.execution_options(isolation_level="AUTOCOMMIT")
        found = await recognise_person(ledger, secret)
        if found is not None:
            state[ACTOR], state[DIGEST] = await actor_of(ledger, found), digest(secret)
    return found


async def find_digest(connection: Connection) -> bytes | None:
    """The digest of the secret by which a request was let in, or would be on a page for all."""
    state = connection.scope["state"]
    if DIGEST not in state:
        await find_person(connection)
    found: bytes | None = state.get(DIGEST)
    return found


def is_assumed(connection: Connection) -> bool:
    """Whether a token was let in by what was known of it; its transaction must find it alive."""
    return ASSUMED in connection.scope["state"]


async def _admit_token(
    connection: Connection, secret: str, scope: str, *, by_entering: bool
) -> None:
    state, known = connection.scope["state"], connection.app.state.known_tokens
    state[DIGEST] = key = digest(secret)
    token: Token | None = known.find(key) if by_entering else None
    if token and token.unit_id is None:  # units change, and the actor's are read anew
        state[ACTOR], state[ASSUMED] = Actor(token.actor, Scope(simulated=token.simulated)), True
    else:
        async with connection.app.state.engine.connect() as ledger:
            await ledger.execution_options(isolation_level="AUTOCOMMIT")
            token = await recognise(ledger, secret)
            if token is None:
                del state[DIGEST]
                raise NotAuthorizedException
            state[ACTOR] = await actor_of(ledger, token)
        known.keep(key, token)
    if scope not in token.scopes and not (scope == "figures" and "read" in token.scopes):
        raise PermissionDeniedException


def _may_call(role: Role, scope: str, permission: Permission | None) -> bool:
    asked = permission or ROOMS.get(scope)
    if asked:
        return may(role, asked)
    return any(may(role, act, EVERY_RELATION) for act in ACTS)


def _changes(connection: Connection) -> bool:
    assert isinstance(connection, Request)
    return connection.method not in SAFE


async def _check_form(connection: Connection, cookie: str) -> None:
    assert isinstance(connection, Request)
    _check_key(connection, cookie, (await connection.form()).get("form_key"))


def _check_key(connection: Connection, cookie: str, given: object) -> None:
    if not is_form_key(Jar(connection).read(cookie), given):
        raise ForeignFormError
