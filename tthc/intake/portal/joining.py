"""What all claims of one case together say: the acts of its life, whatever order they came in.

Nothing here looks at when a claim arrived. The most advanced state stands; of due dates the
earliest is the promise, and only a supplement's own new date moves it; of results the latest.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from typing import Any

from tthc import clock
from tthc.intake.portal.reading import (
    ACCEPTED,
    CHARGED,
    PROGRESS,
    RESOLVED,
    RETURNED,
    STARTED,
    SUBMITTED,
    SUPPLEMENT,
    SYNC,
    Claim,
    Supplement,
)

# from the least to the most advanced; a result is final, whatever else is said
ORDER = (1, 3, 2, 4, 6, 5, 8, 7, 9, 10)
RANK = {state: rank for rank, state in enumerate(ORDER)}
LAST = frozenset({"resolved", "returned", "declined", "withdrawn", "stopped"})
ENDINGS = {3: "declined", 7: "withdrawn", 8: "stopped"}


@dataclass(frozen=True, slots=True)
class Wanted:
    """An act that the claims amount to; `key` names it within its case for ever."""

    key: str
    type: str
    at: datetime
    change: dict[str, Any]
    assumed: str | None = None  # what no sender claimed


@dataclass(frozen=True, slots=True)
class Filed:
    """Where and how a case was filed, as columns of its row; whether due dates go by the day."""

    columns: dict[str, Any]
    by_day: bool


def most_advanced(claims: Iterable[Claim]) -> Claim:
    """The claim of the highest state; among equals one that does not depend on their order."""
    return max(claims, key=lambda one: (RANK[one.state or 1], one.digest))


def filing_claim(claims: Iterable[Claim]) -> Claim:
    """The claim that tells how the case was filed: of the first receipt, least advanced."""
    return min(
        (one for one in claims if one.service == SYNC),
        key=lambda one: (one.received_at or datetime.max.replace(tzinfo=clock.VIETNAM),
                         RANK[one.state or 1], one.digest),
    )  # fmt: skip


def life(claims: Sequence[Claim], filed: Filed) -> list[Wanted]:
    """The acts, in the order in which they take effect."""
    syncs = [one for one in claims if one.service == SYNC]
    steps = sorted(
        (one for one in claims if one.service == PROGRESS), key=lambda one: (one.at, one.digest)
    )
    state = most_advanced(claims).state or SUBMITTED
    accepted = [one for one in syncs if one.state in ACCEPTED]
    if not accepted and state not in (SUBMITTED, 3):
        accepted = [one for one in syncs if one.due_at is not None]
    begun = min(_known(one.received_at for one in syncs))
    wanted: list[Wanted] = []
    waiting = [one for one in syncs if one.state in (SUBMITTED, 3)]
    if waiting or not accepted:
        columns = {"submitted_at": begun, "state": 1, **filed.columns}
        wanted.append(Wanted("submitted", "submitted", begun, columns))
    if accepted:
        wanted.append(_received(accepted, filed, None if waiting else begun))
        begun = wanted[-1].at
        wanted += _course(accepted, steps, filed, begun)
    elif state in ENDINGS:
        wanted.append(_ended(state, syncs, steps, begun))
    if accepted and state in (7, 8):
        wanted.append(_ended(state, syncs, steps, begun))
    return _in_order(wanted, begun)


def _in_order(wanted: Sequence[Wanted], begun: datetime) -> list[Wanted]:
    """In the order of their effect: none before the case came, an end after all else that moves
    the state, though its own instant stays as it was claimed.
    """
    found: list[Wanted] = []
    for one in wanted:
        at = one.at if one.type == "submitted" else max(one.at, begun)
        if one.type in LAST:
            at = max([at, *(each.at for each in found if "state" in each.change)])
        found.append(replace(one, at=at))
    return sorted(found, key=lambda one: one.at)


def _received(accepted: Sequence[Claim], filed: Filed, submitted_at: datetime | None) -> Wanted:
    at = min(_known(one.received_at for one in accepted))
    due_at = min(_known(one.due_at for one in accepted), default=None)
    paid = [one for one in accepted if one.fee is not None]
    change: dict[str, Any] = {"received_at": at, "state": 2, **filed.columns}
    if submitted_at is not None:
        change["submitted_at"] = min(submitted_at, at)
    change |= {"first_due_at": due_at, **_due(due_at, by_day=filed.by_day)}
    if paid:
        most = most_advanced(paid)
        change |= {"fee_amount": most.fee, "fee_channel": most.fee_channel}
    return Wanted("received", "received", at, change)


def _course(
    accepted: Sequence[Claim], steps: Sequence[Claim], filed: Filed, begun: datetime
) -> list[Wanted]:
    """From the receipt to the return."""
    wanted: list[Wanted] = []
    working = [one for one in steps if one.state == STARTED]
    if working or any(one.state == STARTED for one in accepted):
        first = working[0] if working else None
        change: dict[str, Any] = {"state": 4} | (
            {"officer": first.officer} if first and first.officer else {}
        )
        at, assumed = (begun, "occurred_at") if first is None else (first.at or begun, None)
        wanted.append(Wanted("started", "started", at, change, assumed))
        wanted += [
            Wanted(f"step {one.digest.hex()[:16]}", "transferred", one.at or begun,
                   {"officer": one.officer})
            for one in working[1:] if one.officer
        ]  # fmt: skip
    done = [one for one in (*accepted, *steps) if one.state in (RESOLVED, RETURNED)]
    wanted += _pauses(accepted, steps, filed, wanted[0].at if wanted else begun, over=bool(done))
    if done:
        wanted += _results(accepted, steps, done)
    return wanted


def _pauses(
    accepted: Sequence[Claim],
    steps: Sequence[Claim],
    filed: Filed,
    after: datetime,
    *,
    over: bool,
) -> list[Wanted]:
    """The supplements, and a pause that is claimed without its date, the last of all."""
    wanted: list[Wanted] = []
    pauses = supplements_of(accepted, steps)
    for number, one in enumerate(pauses, start=1):
        name = f"{one.asked_at:%Y%m%d%H%M%S}"
        change = {"state": 5, "suspended_at": one.asked_at, "supplements": number}
        wanted.append(Wanted(f"suspended {name}", "suspended", one.asked_at, change))
        if one.answered_at is not None:
            back: dict[str, Any] = {"state": 4, "suspended_at": None}
            if one.due_after is not None:
                back |= _due(one.due_after, by_day=filed.by_day)
            wanted.append(Wanted(f"resumed {name}", "resumed", one.answered_at, back))
    if over or (pauses and pauses[-1].answered_at is None):
        return wanted
    top = most_advanced(accepted).state
    undated = {SUPPLEMENT: ("suspended", not pauses), CHARGED: ("charged", True)}
    kind, holds = undated.get(top or 0, ("", False))
    if holds:
        at = max([after, *(one.at for one in wanted)])
        change = {"state": top, "suspended_at": at}
        if kind == "suspended":
            change["supplements"] = 1
        wanted.append(Wanted(f"{kind} undated", kind, at, change, "suspended_at"))
    return wanted


def supplements_of(accepted: Sequence[Claim], steps: Sequence[Claim]) -> list[Supplement]:
    """The requests that all claims tell of, one after the other."""
    merged: dict[datetime, Supplement] = {}
    for one in (each for claim in accepted for each in claim.supplements):
        known = merged.get(one.asked_at, one)
        merged[one.asked_at] = Supplement(
            one.asked_at,
            min(_known((known.answered_at, one.answered_at)), default=None),
            min(_known((known.due_after, one.due_after)), default=None),
        )
    told = {clock.local_date(at) for at in merged}
    for step in steps:
        if step.state == SUPPLEMENT and step.at and clock.local_date(step.at) not in told:
            merged[step.at] = Supplement(step.at, None, None)
            told.add(clock.local_date(step.at))
    found: list[Supplement] = []
    answers = [step.at for step in steps if step.state == STARTED and step.at]
    for one in sorted(merged.values(), key=lambda one: one.asked_at):
        later = min((at for at in answers if at > one.asked_at), default=None)
        answered = one.answered_at or later
        pause = replace(one, answered_at=answered)
        if found and (found[-1].answered_at is None or one.asked_at < found[-1].answered_at):
            before = found.pop()  # asked again before the first was answered: one pause
            ends = max(_known((before.answered_at, answered))) if answered else None
            pause = Supplement(before.asked_at, ends, one.due_after or before.due_after)
        found.append(pause)
    return found


def _results(
    accepted: Sequence[Claim], steps: Sequence[Claim], done: Sequence[Claim]
) -> list[Wanted]:
    claimed = [one.resolved_at for one in done if one.service == SYNC]
    stepped = [one.at for one in steps if one.state == RESOLVED]
    returned = [one.returned_at for one in accepted if one.state == RETURNED]
    returned += [one.at for one in steps if one.state == RETURNED]
    ready = _known(claimed) or _known(stepped)
    resolved_at = max(ready or _known([*returned, *(one.returned_at for one in accepted)]))
    links = sorted({link for one in accepted for link in one.results})
    change = {
        "state": 9,
        "resolved_at": resolved_at,
        "outcome": None,  # no field of the portal tells a refusal from a grant
        "suspended_at": None,
        "e_result": "yes" if links else "unknown",
    }
    assumed = None if ready else "resolved_at"
    wanted = [Wanted("resolved", "resolved", resolved_at, change, assumed)]
    if any(one.state == RETURNED for one in done):
        returned_at = max(_known(returned), default=None)
        by = [one for one in accepted if one.return_channel]
        change = {
            "state": 10,
            "returned_at": returned_at,
            "return_channel": most_advanced(by).return_channel if by else None,
        }
        at = max(resolved_at, returned_at or resolved_at)
        missing = None if returned_at else "returned_at"
        wanted.append(Wanted("returned", "returned", at, change, missing))
    return wanted


def _ended(state: int, syncs: Sequence[Claim], steps: Sequence[Claim], begun: datetime) -> Wanted:
    dated = _known(
        [one.resolved_at or one.returned_at for one in syncs if one.state == state]
        + [one.at for one in steps if one.state == state]
    )
    last = max(_known([begun, *(one.at for one in steps)]))
    at = max(dated, default=last)
    change = {"state": state, "ended_at": at}
    kind = ENDINGS[state]
    return Wanted(kind, kind, at, change, None if dated else "ended_at")


def _due(due_at: datetime | None, *, by_day: bool) -> dict[str, datetime | None]:
    """The due date as claimed, and from when on it is overdue."""
    overdue_at = None
    if due_at is not None:
        local = due_at.astimezone(clock.VIETNAM)
        whole_day = by_day or local.time() == time()
        overdue_at = (
            clock.start_of(local.date() + timedelta(days=1))
            if whole_day
            else due_at + timedelta(microseconds=1)
        )
    return {
        "promised_due_at": due_at,
        "promised_overdue_at": overdue_at,
        "due_at": due_at,
        "overdue_at": overdue_at,
    }


def _known(instants: Iterable[datetime | None]) -> list[datetime]:
    return [each for each in instants if each is not None]
