"""A new term and the cases that are open: they keep theirs, unless the decision says otherwise.

By law a case keeps the term of the day of its receipt, so importing a term moves nothing. Where a
decision itself covers cases in progress, they are brought to it by this act, once it was shown
what would move.
"""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from tthc import clock
from tthc.db import recalculation as sql
from tthc.db.catalogue import load_terms
from tthc.db.history import Dossier, read_cases
from tthc.db.moved_cases import hold_ledger
from tthc.db.traces import leave_trace
from tthc.domain.access import Actor, Scope
from tthc.domain.catalog import PublishedTerm, choose_terms, in_force
from tthc.domain.errors import NotFoundError, RuleError
from tthc.domain.explanation import Changed
from tthc.domain.lifecycle import required
from tthc.domain.recalculation import Impact, Moved
from tthc.domain.traces import Trace
from tthc.service.acts import Document
from tthc.service.case_document import instant
from tthc.service.moved_cases import Act, Page, write_moved
from tthc.service.pins import as_term, pins_of

AT_ONCE = 500  # cases read with their events
SOURCE = "SELECT id, title FROM sources WHERE number = :number AND decided_on = :decided_on"


@dataclass(frozen=True, slots=True)
class Change:
    """The terms in force today of the procedures that a decision names."""

    source: str
    title: str
    on: date
    terms: Mapping[str, list[PublishedTerm]]


async def preview_terms(
    scope: Scope,
    connection: AsyncConnection,
    decision: str,
    decided_on: date,
    *,
    limit: int = 20,
    cursor: int = 0,
) -> Document:
    """What a decision's terms would move if the open cases of a scope were brought to them.

    Nothing is done; cases are listed by id, `limit` at a time, after `cursor`. Raises
    NotFoundError for a decision that was not imported, RuleError for one not yet in force.
    """
    change, now = await _read_change(connection, decision, decided_on), clock.now()
    impact, page = Impact(), Page(limit, cursor)
    async for moved in _find_moved(connection, scope, change):
        impact.add(moved, now)
        page.add(moved)
    standings = await sql.open_standings(connection, sql.Part(scope))
    return {
        "title": change.title,
        "procedures": sorted(change.terms),
        "as_of": instant(now),
        "world": "simulated" if scope.simulated else "real",
        "open_cases": sum(standings.values()),
        **impact.counts(),
        "items": await page.named(connection, now),
        "next_cursor": page.next_cursor,
    }


async def apply_terms(
    connection: AsyncConnection, actor: Actor, decision: str, decided_on: date, *, grounds: str
) -> Document:
    """Bring the open cases of both worlds to a decision's terms, each by an audited act.

    `grounds` name the clause by which the decision covers cases received before it. One
    transaction, the caller's; closed cases are never touched. Raises as `preview_terms` does.
    """
    reason = required(grounds, "điều khoản cho phép áp dụng với hồ sơ đang giải quyết")
    by = required(actor.name, "tên người áp dụng")
    await hold_ledger(connection)
    change, now = await _read_change(connection, decision, decided_on), clock.now()
    act = Act(Changed.TERM, " ".join(decision.split()), reason, by, now)
    impacts = {}
    for world in ("real", "simulated"):
        found = _find_moved(connection, Scope(simulated=world == "simulated"), change)
        impacts[world] = await write_moved(connection, found, act)
    told = {"decision": act.decision}
    await leave_trace(connection, Trace(by, "terms_applied", details=told))
    return {
        "title": change.title,
        "procedures": sorted(change.terms),
        **{world: one.counts() for world, one in impacts.items()},
        "decision": act.decision,
        "grounds": reason,
        "actor": by,
        "applied_at": instant(now),
        "recalculated": sum(one.moved for one in impacts.values()),
    }


async def _read_change(connection: AsyncConnection, decision: str, decided_on: date) -> Change:
    asked = {"number": " ".join(decision.split()), "decided_on": decided_on}
    cited = (await connection.execute(text(SOURCE), asked)).one_or_none()
    if cited is None:
        raise NotFoundError(
            f"Chưa có quyết định {asked['number']} ngày {decided_on:%d/%m/%Y} trong danh mục: hãy "
            "nhập bằng `tthc catalogue import terms` trước."
        )
    today = clock.local_date(clock.now())
    terms = {
        code: published
        for code, published in (await load_terms(connection)).items()
        if any(t.source_id == cited.id and _holds(t, today) for t in published)
    }
    if not terms:
        raise RuleError(
            f"{cited.title} không có thời hạn nào đang có hiệu lực: hãy chờ đến ngày có hiệu lực."
        )
    return Change(cited.id, cited.title, today, terms)


def _holds(term: PublishedTerm, on: date) -> bool:
    return term.confirmed and in_force(term.valid_from, term.valid_to, on)


async def _find_moved(
    connection: AsyncConnection, scope: Scope, change: Change
) -> AsyncIterator[Moved]:
    """The open cases that have pinned other terms than those which the decision sets for them."""
    waiting: dict[int, str] = {}
    async for row in sql.termed(connection, scope, list(change.terms)):
        waiting[row.id] = row.root_code
        if len(waiting) == AT_ONCE:
            for moved in await _moved_of(connection, waiting, change):
                yield moved
            waiting = {}
    for moved in await _moved_of(connection, waiting, change):
        yield moved


async def _moved_of(
    connection: AsyncConnection, roots: Mapping[int, str], change: Change
) -> list[Moved]:
    dossiers = await read_cases(connection, list(roots)) if roots else []
    found = [_moved(one, roots[one.case.id or 0], change) for one in dossiers]
    return [one for one in found if one]


def _moved(dossier: Dossier, root_code: str, change: Change) -> Moved | None:
    case, pinned = dossier.case, pins_of(dossier)
    assert case.id is not None
    chosen = choose_terms(
        change.terms[dossier.about.procedure_code],
        level=case.level,
        channel=case.channel,
        case_kind=case.case_kind,
        on=change.on,
        committed_by=root_code,
    )
    promised, by_law = chosen.promised, chosen.statutory
    if promised is None or change.source not in {t.source_id for t in (promised, by_law) if t}:
        return None
    terms = {"term_id": promised.id, "statutory_term_id": by_law.id if by_law else None}
    if terms == {name: getattr(case, name) for name in terms}:
        return None
    anew = replace(pinned, term=as_term(promised), statutory=as_term(by_law))
    after: dict[str, datetime | None] = anew.dues_of(case, case.suspensions(closed=True)).columns()
    if after["due_at"] is None:
        return None
    before = {name: getattr(case, name) for name in sql.DUES}
    if case.extension:
        before["re_promised_at"], after["re_promised_at"] = case.re_promised_at, after["due_at"]
    return Moved(
        [case.id],
        case.calendar_version or "",
        before,
        after,
        {**terms, **pinned.newer_calendar(case)},
        case.suspended_at,
        case.letter_issued_at is not None,
    )
