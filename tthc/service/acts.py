"""How every act is done: read the case, let the domain decide, write, answer."""

import hashlib
import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from tthc import clock
from tthc.db import acts
from tthc.db.calendars import KnownCalendars
from tthc.db.history import About, Dossier, Kept, read_case
from tthc.db.json_values import checked
from tthc.domain.access import Actor, Permission, check
from tthc.domain.case import Case, Decision
from tthc.domain.correction import with_corrections
from tthc.domain.errors import ConflictError, RepeatError
from tthc.domain.events import EVENT_TYPES
from tthc.domain.lifecycle import Occasion, moment
from tthc.domain.promised import Pinned
from tthc.domain.stepping import keep_pace
from tthc.service.case_document import show_case
from tthc.service.pins import pins_of

Document = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Asked:
    """How an act was asked for: when it is said to have happened (now, unless told), which
    version of the case the person saw (If-Match), and the key of a request that may be repeated.
    """

    at: datetime | None = None
    version: int | None = None
    key: str | None = None

    def occasion(self, actor: Actor) -> Occasion:
        now = clock.now()
        return Occasion(actor, self.at or now, now)


NOW = Asked()


@dataclass(frozen=True, slots=True)
class Known:
    """A case in hand: what it is, what it is called, what applies to it, who acts when."""

    case: Case
    about: About
    pinned: Pinned
    on: Occasion
    calendars: KnownCalendars


Decide = Callable[[Known], Decision | Sequence[Decision]]
Rename = Callable[[About], About]
Pin = Callable[[Dossier], Awaitable[Pinned]]


async def perform(
    connection: AsyncConnection,
    actor: Actor,
    code: str,
    asked: Asked,
    request: Mapping[str, Any],
    decide: Decide,
    *,
    rename: Rename | None = None,
    pin: Pin | None = None,
) -> Document:
    """Do one act on a case and return the case. `request` is what a repetition must repeat; its
    `act` is the permission that the actor needs.

    `pin` finds what applies where it is not what the case has pinned; `rename` is for an act
    that moves it to another unit.
    Raises RuleError, NotFoundError, ForbiddenError, or ConflictError where somebody else was
    faster.
    """
    dossier = await read_case(actor, connection, checked(code), _key(asked))
    check_act(actor, Permission(request["act"]), dossier)
    digest = digest_of({**request, "code": code})
    if dossier.kept:
        return repeated(dossier.kept, digest)
    _refuse_outdated(dossier, asked.version)
    on = asked.occasion(actor)
    pinned = await pin(dossier) if pin else pins_of(dossier)
    known = Known(dossier.case, dossier.about, pinned, on, dossier.calendars)
    decided = decide(known)
    decisions = in_pace(known, [decided] if isinstance(decided, Decision) else decided)
    after = case_after(known.case, decisions)
    document = show_case(after, rename(known.about) if rename else known.about)
    repeatable = answer(asked.key, digest, document)
    if not await acts.go_on(connection, known.case, after, decisions, on, repeatable=repeatable):
        return await _not_written(connection, actor, code, asked, digest, known.case.version)
    return document


def in_pace(known: Known, decisions: Sequence[Decision]) -> list[Decision]:
    """The decisions with what each does to the step that is in hand."""
    case, found = known.case, []
    for decision in decisions:
        found.append(keep_pace(case, known.pinned, decision))
        if decision.replaces is None:
            case = case.after(found[-1])
    return found


def check_act(actor: Actor, wanted: Permission, dossier: Dossier) -> None:
    """Raises ForbiddenError where the actor's role, or how their units stand to it, forbids it."""
    case = dossier.case
    relation = actor.relation(case.receiving_unit_id, case.competent_unit_id, dossier.passed_on_by)
    check(actor, wanted, relation)


def case_after(case: Case, decisions: Sequence[Decision]) -> Case:
    """The case once these have taken effect."""
    if decisions[0].replaces is not None:
        return with_corrections(case, decisions)
    for decision in decisions:
        case = case.after(decision)
    return case


def digest_of(request: Mapping[str, Any]) -> bytes:
    """What two requests must share to be one repeated."""
    text = json.dumps(request, sort_keys=True, ensure_ascii=False, default=str)
    return hashlib.sha256(text.encode(errors="surrogatepass")).digest()


def repeated(kept: Kept, digest: bytes) -> Document:
    """The answer to a repeated request. Raises RepeatError where it is not the same request."""
    if kept.request != digest:
        raise RepeatError(
            "Khóa chống gửi lặp (Idempotency-Key) này đã dùng cho một yêu cầu khác: hãy dùng khóa "
            "mới."
        )
    document: Document = kept.response
    return document


def answer(key: str | None, digest: bytes, document: Document) -> acts.Repeatable | None:
    """What to keep for a request that may be repeated."""
    if key is None:
        return None
    return acts.Repeatable(key, digest, json.dumps(document, ensure_ascii=False))


async def _not_written(
    connection: AsyncConnection,
    actor: Actor,
    code: str,
    asked: Asked,
    digest: bytes,
    version: int,
) -> Document:
    """Somebody was faster: the same request, whose answer this is too, or another act."""
    dossier = await read_case(actor, connection, code, asked.key)
    if dossier.kept:
        return repeated(dossier.kept, digest)
    _refuse_outdated(dossier, version)
    raise ConflictError("Hồ sơ đang được người khác ghi: hãy thử lại.")


def _refuse_outdated(dossier: Dossier, version: int | None) -> None:
    """Tell a person who saw an older version what has changed since."""
    if version is None or version == dossier.case.version:
        return
    since = [one for one in dossier.events if one.seq > version]
    told = "; ".join(
        f"“{EVENT_TYPES.get(one.type, one.type)}” do {one.actor} ghi lúc {moment(one.recorded_at)}"
        for one in since
    )
    raise ConflictError(
        f"Hồ sơ đã thay đổi từ khi bạn mở ({told or 'phiên bản khác'}): hãy mở lại hồ sơ rồi làm "
        "tiếp."
    )


def _key(asked: Asked) -> str | None:
    return None if asked.key is None else checked(asked.key)
