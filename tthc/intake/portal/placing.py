"""Placing a case's claims on the ledger: what they say now, less what the ledger has of them."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from tthc import clock
from tthc.db import acts, portal
from tthc.db.filing import Counter, read_counter
from tthc.db.history import read_case
from tthc.db.json_values import as_text, read_change
from tthc.db.portal import ClaimRow
from tthc.domain.access import Actor
from tthc.domain.case import (
    STATE_NAMES,
    Case,
    Decision,
    Recorded,
    State,
    opened,
    recorded,
    refolded,
)
from tthc.domain.catalog import choose_terms
from tthc.domain.errors import BusyError, NotFoundError
from tthc.domain.lifecycle import Occasion
from tthc.domain.term import TermUnit
from tthc.intake.portal.joining import (
    RANK,
    Filed,
    Wanted,
    filing_claim,
    life,
    most_advanced,
)
from tthc.intake.portal.reading import PROGRESS, SYNC, Claim, lacks_due, read_claim

NO_DUE = "Thiếu NgayHenTra: không biết hẹn trả ngày nào."
NO_CASE = "Chưa có hồ sơ này: chờ gói đồng bộ hồ sơ (DongBoHoSoMC)."
ELSEWHERE = "Mã hồ sơ đã có ở thế giới kia, hoặc ngoài phạm vi của bạn."
OTHERS = "Hồ sơ do nguồn khác lập hoặc đã có người xử lý ở đây: ghi nhận, không đổi hồ sơ."
BY_DAY = frozenset({TermUnit.WORKING_DAY, TermUnit.CALENDAR_DAY, TermUnit.MONTH})
ATTEMPTS = 3


@dataclass(frozen=True, slots=True)
class Kept:
    """A claim with the row that keeps it, and where it says that the case was filed."""

    row: ClaimRow
    claim: Claim
    counter: Counter | None = None


async def place(connection: AsyncConnection, actor: Actor, code: str) -> dict[int, str]:
    """Place what can be placed of a case; why each other claim waits, by its number."""
    rows = await portal.claims_of(connection, code, simulated=actor.scope.simulated)
    waits: dict[int, str] = {}
    good: list[Kept] = []
    for row in rows:
        claim = read_claim(row.service, row.digest, json.loads(row.claim))
        kept, why = await _check(connection, actor, code, Kept(row, claim), waived=row.waived)
        if why is None:
            good.append(kept)
        else:
            waits[row.id] = why
    if not any(one.claim.service == SYNC for one in good):
        waits |= {one.row.id: NO_CASE for one in good}
        good = []
    remark: str | None = None
    if good:
        for _ in range(ATTEMPTS):
            done, remark = await _write(connection, actor, code, good)
            if done:
                break
        else:
            raise BusyError("Hồ sơ đang được người khác ghi: hãy gửi lại sau.")
        if remark == ELSEWHERE:
            waits |= {one.row.id: ELSEWHERE for one in good}
    await _settle(connection, rows, good, waits, remark)
    return waits


async def _check(
    connection: AsyncConnection, actor: Actor, code: str, kept: Kept, *, waived: bool
) -> tuple[Kept, str | None]:
    """The claim with its place in the catalogue, or why it cannot be placed."""
    claim = kept.claim
    if claim.faults:
        return kept, " ".join(claim.faults)
    if claim.service == PROGRESS:
        return kept, None
    if lacks_due(claim) and not waived:
        return kept, NO_DUE
    assert claim.received_at is not None
    on = clock.local_date(claim.received_at)
    simulated = actor.scope.simulated
    named = await portal.unit_codes(connection, claim.unit, on, simulated=simulated)
    if not named or (len(named) > 1 and named[0] != claim.unit):
        many = "chỉ nhiều đơn vị" if named else "không chỉ đơn vị nào có hiệu lực"
        return kept, f"DonViXuLy “{claim.unit}” {many} ngày {on:%d/%m/%Y}."
    shop = code.split("-", maxsplit=1)[0]
    filed_at = await portal.unit_codes(connection, shop, on, simulated=simulated)
    try:
        counter = await read_counter(
            actor,
            connection,
            receiving_unit=shop if filed_at[:1] == [shop] else named[0],
            competent_unit=named[0],
            procedure_code=claim.procedure,
            on=on,
            key=None,
            number=False,
        )
    except NotFoundError as error:
        return kept, str(error)
    assert isinstance(counter, Counter)
    mine = actor.scope.unit_ids
    within = mine is None or {counter.receiving.id, counter.competent.id} & {*mine}
    return replace(kept, counter=counter), None if within else ELSEWHERE


async def _write(
    connection: AsyncConnection, actor: Actor, code: str, good: Sequence[Kept]
) -> tuple[bool, str | None]:
    """Whether the ledger now says what the claims say, and why it does not follow them."""
    unique = {one.claim.digest: one for one in good}
    claims = [one.claim for one in unique.values()]
    now = clock.now()
    on = Occasion(actor, now, now)
    wanted = life(claims, _filed(good, claims))
    sender = good[-1].row.sender
    try:
        case = (await read_case(actor, connection, code)).case
    except NotFoundError:
        decisions = [_decision(one, sender) for one in wanted]
        case = _folded(opened(code, decisions[0], simulated=actor.scope.simulated), {}, decisions)
        if await acts.open_case(connection, case, decisions, on) is not None:
            return True, None
        try:
            await read_case(actor, connection, code)
        except NotFoundError:
            return True, ELSEWHERE
        return False, None
    if any(is_ours_to_leave(one) for one in case.history):
        return True, OTHERS
    decisions = changes(case, wanted, sender, now)
    if not decisions:
        return True, None
    after = _folded(case, {one.seq: one for one in case.history}, decisions)
    return await acts.go_on(connection, case, after, decisions, on), None


def is_ours_to_leave(one: Recorded) -> bool:
    """Whether an act was done here, or entered by an import, and moves the case."""
    return "portal" not in one.payload and "state" in one.change


def changes(case: Case, wanted: Sequence[Wanted], sender: str, now: datetime) -> list[Decision]:
    """The events that make a case's history say what the claims say.

    Of acts at one instant the earlier recorded counts first, so what must come after a new one at
    its very instant is recorded again. What a person corrected here stays.
    """
    live = {one.payload["portal"]: one for one in case.history if "portal" in one.payload}
    found: list[Decision] = []
    last: dict[datetime, int] = {}
    version = case.version
    for one in wanted:
        known = live.pop(one.key, None)
        if known is not None and "approver" in known.payload:
            continue
        same = known is not None and (known.effective_at, known.change) == (one.at, _stored(one))
        if known is not None and same and known.seq > last.get(one.at, 0):
            last[one.at] = known.seq
            continue
        version += 1
        last[one.at] = version
        found.append(_decision(one, sender, known, now))
    for known in live.values():  # what the claims no longer amount to
        if known.change and "approver" not in known.payload:
            payload = _reason(known.payload, known.role)
            found.append(Decision("corrected", known.effective_at, {}, payload, now, known.seq))
    return found


def _decision(
    one: Wanted, sender: str, known: Recorded | None = None, now: datetime | None = None
) -> Decision:
    payload: dict[str, Any] = {"portal": one.key, "sender": sender}
    if one.assumed:
        payload["assumed"] = one.assumed
    if known is None:
        return Decision(one.type, one.at, one.change, payload)
    return Decision("corrected", one.at, one.change, _reason(payload, known.role), now, known.seq)


def _reason(payload: Any, role: str) -> dict[str, Any]:  # noqa: ANN401  # a mapping of any kind
    return {**payload, "corrects": role, "reason": "dữ liệu đồng bộ mới hơn"}


def _stored(one: Wanted) -> dict[str, Any]:
    """The change as the ledger gives it back."""
    return read_change(json.loads(as_text(one.change)))


def _folded(case: Case, history: dict[int, Recorded], decisions: Sequence[Decision]) -> Case:
    """The case once new and corrected acts have taken effect."""
    history = dict(history)
    version = case.version if history else 0
    for decision in decisions:
        version += 1
        role = None if decision.replaces is None else history.pop(decision.replaces).role
        history[version] = recorded(version, decision, role)
    order = sorted(history.values(), key=lambda one: (one.effective_at, one.seq))
    return refolded(case, order, version)


def _filed(good: Sequence[Kept], claims: Sequence[Claim]) -> Filed:
    """Received where the first claim says, with the unit that the most advanced one names."""
    at = {one.claim.digest: one.counter for one in good if one.counter}
    first, latest = filing_claim(claims), most_advanced(c for c in claims if c.digest in at)
    begun, now = at[first.digest], at[latest.digest]
    received_on = clock.local_date(first.received_at or clock.now())
    channel = first.channel or "other"
    terms = choose_terms(
        begun.terms,
        level=begun.competent.level,
        channel=channel,
        case_kind=None,
        on=received_on,
        committed_by=begun.root_code,
    )
    unit = terms.promised.unit if terms.promised else None
    columns = {
        "receiving_unit_id": begun.receiving.id,
        "competent_unit_id": now.competent.id,
        "procedure_id": begun.procedure.id,
        "level": now.competent.level,
        "channel": channel,
        "online_level": begun.online_level,
        "out_of_territory": begun.out_of_territory,
    }
    return Filed(columns, by_day=unit is not None and TermUnit(unit) in BY_DAY)


async def _settle(
    connection: AsyncConnection,
    rows: Sequence[ClaimRow],
    good: Sequence[Kept],
    waits: dict[int, str],
    remark: str | None,
) -> None:
    claims = {one.row.id: one.claim for one in good}
    top = most_advanced(claims.values()) if claims else None
    for row in rows:
        if row.id in waits:
            if waits[row.id] != row.waits:
                await portal.settle(connection, row.id, waits=waits[row.id], remark=None)
        elif top is not None:
            told = remark or _remark(claims[row.id], top)
            if row.waits is not None or told is not None:
                await portal.settle(connection, row.id, waits=None, remark=told)


def _remark(claim: Claim, top: Claim) -> str | None:
    if RANK[claim.state or 1] >= RANK[top.state or 1]:
        return None
    name = STATE_NAMES[State(top.state or 1)]
    return f"Hồ sơ đã “{name}”: ghi nhận, không lùi trạng thái."
