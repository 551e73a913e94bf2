"""The national portal's services, taken from provinces' systems unchanged."""

from typing import Annotated, Any

from litestar import get, post
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.params import PathParameter, QueryParameter
from msgspec import Meta, Struct
from sqlalchemy.ext.asyncio import AsyncConnection

from tthc.domain.access import Actor, Permission
from tthc.intake.portal.reading import PROGRESS, SYNC
from tthc.intake.portal.taking import release, show_waiting, take_message
from tthc.service.repeats import do_once
from tthc.web.access import SECURITY, needs, of_the_world
from tthc.web.api import examples
from tthc.web.api.cases import Key
from tthc.web.api.described import WRITING, shown
from tthc.web.deps import Asking, Begin, begin_for

WHOLE = [needs("portal"), of_the_world(Permission.PORTAL)]
WAITING = [needs("portal", Permission.RELEASE_CLAIMS)]


class Message(Struct, kw_only=True):
    """The envelope: who sends (`madonvi`), and the cases, each an object; what is none is refused
    alone and holds no other back. Other keys are let pass.
    """

    madonvi: Annotated[str, Meta(min_length=1, max_length=100)]
    data: Annotated[list[Any], Meta(max_length=1000)]
    session: str | None = None
    service: str | None = None
    isUpdating: bool | str | int | None = None  # noqa: N815  # the portal's own name


class Taken(Struct):
    """What became of one case: recorded, repeated, waiting (with its reason) or refused."""

    MaHoSo: str
    status: str
    error_code: str
    message: str


class Answer(Struct):
    """`error_code`: 0 all recorded · 1 something waits · 2 something was refused."""

    error_code: str
    message: str
    data: list[Taken]


@post(
    "/portal/DongBoHoSoMC",
    status_code=200,
    guards=WHOLE,
    security=SECURITY,
    responses=WRITING,
)
async def take_cases(
    state: State,
    request: Asking,
    actor: NamedDependency[Actor],
    data: Annotated[Message, shown(one_case=examples.SYNC)],
) -> Answer:
    """Cases as a province's system sends them: each on its own, replays recognised."""
    return await _take(begin_for(state, request), actor, SYNC, data)


@post(
    "/portal/CapNhatTienDoHoSoMC",
    status_code=200,
    guards=WHOLE,
    security=SECURITY,
    responses=WRITING,
)
async def take_steps(
    state: State,
    request: Asking,
    actor: NamedDependency[Actor],
    data: Annotated[Message, shown(one_step=examples.STEP)],
) -> Answer:
    """Steps of cases; those of a case not known yet wait for it."""
    return await _take(begin_for(state, request), actor, PROGRESS, data)


@get("/portal/quarantine", guards=WAITING, security=SECURITY, responses=WRITING)
async def list_quarantine(
    ledger: NamedDependency[AsyncConnection],
    actor: NamedDependency[Actor],
    after: Annotated[int, QueryParameter(ge=0, le=2**62)] = 0,
    limit: Annotated[int, QueryParameter(ge=1, le=500)] = 100,
) -> dict[str, Any]:
    """What could not be placed, with its reason and the exact total; the next page begins `after`
    the `next_cursor`. For programs of a whole world, and the leader of its topmost unit.
    """
    return await show_waiting(ledger, actor, after=after, limit=limit)


@post(
    "/portal/quarantine/{number:int}/release",
    status_code=200,
    guards=WAITING,
    security=SECURITY,
    responses=WRITING,
)
async def release_claim(
    writing: NamedDependency[AsyncConnection],
    actor: NamedDependency[Actor],
    number: Annotated[int, PathParameter(ge=1, le=2**62)],
    key: Key = None,
) -> dict[str, str]:
    """Try it again; a missing due date is let pass, and the case then has none."""
    return await do_once(
        *(writing, actor, key, {"act": "release_claim", "number": number}),
        lambda: release(writing, actor, number),
    )


async def _take(begin: Begin, actor: Actor, service: str, message: Message) -> Answer:
    taken = await take_message(begin, actor, service, message.madonvi, message.data)
    return Answer(taken["error_code"], taken["message"], [Taken(**one) for one in taken["data"]])
