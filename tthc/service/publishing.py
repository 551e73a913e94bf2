"""Publish a period: freeze its figures with the cases behind them, sealed and never changed."""

from datetime import timedelta
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from tthc import clock
from tthc.db.calendars import current_version
from tthc.db.facts import Knowledge
from tthc.db.publications import Publication, hold_period, keep, new_publication, read_publications
from tthc.db.published_scores import scores_digest
from tthc.db.queries.figures import count_partition
from tthc.db.queries.published import count_distinct
from tthc.db.queries.units import is_topmost, sees_whole_world
from tthc.db.verdicts import (
    Sealed,
    case_verdicts,
    counted_procedures,
    differences,
    digest,
    freeze,
    published_procedures,
    published_verdicts,
)
from tthc.domain.access import Actor, Permission, Scope, check
from tthc.domain.errors import ConflictError, ForbiddenError, InputError, NotFoundError, RuleError
from tthc.domain.period import Period
from tthc.rules import predicates
from tthc.rules.frozen import frozen_set
from tthc.service.identities import check_identities
from tthc.service.open_figures import open_figures, open_holds
from tthc.service.published_scores import publish_scores
from tthc.service.words import number

Document = dict[str, Any]


async def publish_period(
    connection: AsyncConnection, actor: Actor, period: Period, reason: str | None = None
) -> Document:
    """Freeze a period that is over, as it is known now; with a reason, a further version of one
    that was published before.

    Raises ForbiddenError, InputError, RuleError where a case is in no bucket or a form's identity
    fails, ConflictError where it was published meanwhile.
    """
    check(actor, Permission.PUBLISH)
    topmost = await is_topmost(actor.unit_id, connection)
    if not topmost or not await sees_whole_world(actor.scope, connection):
        raise ForbiddenError(
            "Chốt số liệu là chốt của toàn bộ đơn vị: hãy nhờ lãnh đạo đơn vị cấp trên cùng."
        )
    simulated, now = actor.scope.simulated, clock.now()
    as_of = clock.start_of(period.end) - timedelta(microseconds=1)
    if as_of >= now:
        raise InputError(f"Kỳ {period.name} chưa hết: chỉ chốt được từ ngày {period.end:%d/%m/%Y}.")
    await hold_period(connection, period.name, simulated=simulated)
    versions = await read_publications(connection, simulated=simulated, period=period.name)
    _check_reason(versions, reason)
    knowledge = Knowledge(as_of, now)
    await _check_partition(connection, Scope(simulated), knowledge)
    calendar = await current_version(connection)
    sealed = Sealed(simulated, period, knowledge, calendar, frozen_set())
    new_id = await new_publication(connection)
    await freeze(connection, new_id, sealed)
    source = published_verdicts(new_id)
    if versions and not await _is_new(connection, versions[0], new_id):
        raise RuleError(
            f"Kỳ {period.name}: không có gì khác với lần chốt thứ {versions[0].version}, "
            "nên không cần chốt lại."
        )
    identities = await check_identities(connection, new_id, sealed.frozen)
    cases, sealing = await digest(
        connection, sealed, source, await published_procedures(connection, new_id)
    )
    scores = await publish_scores(connection, new_id, Scope(simulated), period, knowledge)
    publication = Publication(
        id=new_id,
        simulated=simulated,
        period=period.name,
        version=len(versions) + 1,
        reason=reason,
        as_of=as_of,
        known_at=now,
        published_at=now,
        published_by=actor.name,
        calendar_version=calendar,
        frozen=sealed.frozen,
        identities=identities,
        cases=cases,
        digest=sealing,
        scores_digest=scores,
    )
    await keep(connection, publication)
    await open_figures(connection, publication)
    return describe_publication(publication)


async def find_publication(
    connection: AsyncConnection, period: Period, *, simulated: bool
) -> list[Publication]:
    """The versions of a period, the last one first. Raises NotFoundError where there are none."""
    found = await read_publications(connection, simulated=simulated, period=period.name)
    if not found:
        raise NotFoundError(f"Kỳ {period.name} chưa được chốt số liệu.")
    return found


async def show_publication(
    connection: AsyncConnection, period: Period, *, simulated: bool
) -> Document:
    """The last version of a period. Raises NotFoundError where there is none."""
    return describe_publication(
        (await find_publication(connection, period, simulated=simulated))[0]
    )


async def list_publications(connection: AsyncConnection, scope: Scope) -> Document:
    """Every published version, the latest period first."""
    found = await read_publications(connection, simulated=scope.simulated)
    return {"publications": [describe_publication(each) for each in found]}


async def find_version(
    connection: AsyncConnection, period: Period, version: int | None, *, simulated: bool
) -> Publication:
    """A version of a period, the last one unless told. Raises NotFoundError."""
    versions = await find_publication(connection, period, simulated=simulated)
    found = [each for each in versions if version in (None, each.version)]
    if not found:
        raise NotFoundError(f"Kỳ {period.name} chưa chốt đến lần {version}.")
    return found[0]


async def verify_publication(
    connection: AsyncConnection, period: Period, version: int | None = None, *, simulated: bool
) -> Document:
    """Is a version, the last one unless told, as it was published, and does the ledger still say
    the same of what was known then? The first problem is told.
    """
    kept = await find_version(connection, period, version, simulated=simulated)
    sealed = sealed_of(kept, period)
    stored = published_verdicts(kept.id)
    of_stored = await digest(
        connection, sealed, stored, await published_procedures(connection, kept.id)
    )
    problem = None
    if of_stored != (kept.cases, kept.digest) or not await _counts_hold(connection, kept.id):
        problem = (
            f"Số liệu đã chốt của kỳ {period.name} (lần {kept.version}) đã bị sửa: "
            "không còn khớp dấu niêm phong."
        )
    elif kept.scores_digest not in (None, (await scores_digest(connection, kept.id)).hex()):
        problem = (
            f"Điểm đã chốt của kỳ {period.name} (lần {kept.version}) đã bị sửa: không còn khớp "
            "dấu niêm phong."
        )
    else:
        anew = case_verdicts(Scope(simulated), kept.frozen, period, kept.knowledge)
        of_ledger = await digest(
            connection, sealed, anew, await counted_procedures(connection, sealed)
        )
        if of_ledger != of_stored:
            moved = len(await differences(connection, stored, anew))
            problem = (
                f"Kỳ {period.name} (lần {kept.version}): tính lại từ sổ, như đã biết lúc chốt, "
                f"thì {number(moved)} hồ sơ cho kết luận khác. Sổ, lịch hoặc danh mục đã bị đổi."
            )
        elif not await open_holds(connection, kept):
            problem = (
                f"Số liệu công khai của kỳ {period.name} (lần {kept.version}) đã bị sửa: không "
                "còn khớp số liệu đã chốt."
            )
    return {
        "ok": problem is None,
        "period": period.name,
        "version": kept.version,
        "digest": kept.digest,
        "cases": kept.cases,
        "first_problem": problem,
    }


def sealed_of(publication: Publication, period: Period) -> Sealed:
    """What the digest of a publication covers."""
    return Sealed(
        publication.simulated,
        period,
        publication.knowledge,
        publication.calendar_version,
        publication.frozen,
    )


def describe_publication(publication: Publication) -> Document:
    """A published version as the reader sees it."""
    return {
        "period": publication.period,
        "world": "simulated" if publication.simulated else "real",
        "version": publication.version,
        "reason": publication.reason,
        "as_of": _instant(publication.as_of),
        "known_at": _instant(publication.known_at),
        "published_at": _instant(publication.published_at),
        "published_by": publication.published_by,
        "calendar_version": publication.calendar_version,
        "cases": publication.cases,
        "digest": publication.digest,
        "scores_digest": publication.scores_digest,
        "identities": publication.identities,
        "definitions": [
            {"id": name, "version": version} for name, version in publication.frozen.definitions
        ],
    }


def _check_reason(versions: list[Publication], reason: str | None) -> None:
    if versions and not reason:
        last = versions[0]
        raise ConflictError(
            f"Kỳ {last.period} đã được chốt lần {last.version} lúc "
            f"{last.published_at.astimezone(clock.VIETNAM):%H:%M %d/%m/%Y}: muốn chốt lại, hãy nêu "
            "lý do điều chỉnh."
        )
    if reason and not versions:
        raise InputError("Kỳ này chưa chốt lần nào, nên không cần lý do điều chỉnh: hãy bỏ đi.")


async def _check_partition(connection: AsyncConnection, scope: Scope, knowledge: Knowledge) -> None:
    (row,) = await count_partition(scope, connection, knowledge)
    lost = row["total"] - sum(row[name] for name in predicates.partition())
    if lost:
        raise RuleError(
            f"Còn {number(lost)} hồ sơ chưa xếp được vào nhóm nào nên chưa chốt được: hãy xem "
            "`tthc partition` và báo người quản trị."
        )


async def _is_new(connection: AsyncConnection, last: Publication, new_id: int) -> bool:
    if last.frozen != frozen_set():
        return True
    if await differences(connection, published_verdicts(last.id), published_verdicts(new_id)):
        return True
    old, new = [await published_procedures(connection, each) for each in (last.id, new_id)]
    return sorted(map(str, old)) != sorted(map(str, new))


async def _counts_hold(connection: AsyncConnection, publication_id: int) -> bool:
    """Whether every row counts the cases that it lists, each once."""
    cases, different, cells = await count_distinct(connection, publication_id)
    return cases == different and not cells


def _instant(instant: Any) -> str:  # noqa: ANN401  # a datetime of the database
    return str(instant.astimezone(clock.VIETNAM).isoformat())
