"""Which acts a person may do now on a case: by their role and by what the case allows."""

from collections.abc import Callable, Sequence
from datetime import datetime

from tthc import clock
from tthc.db.history import Dossier
from tthc.domain.access import Actor, Permission, may
from tthc.domain.apology import Letter
from tthc.domain.case import Case, State
from tthc.domain.lifecycle import ALLOWED, EVERY
from tthc.domain.pausing import may_be_closed
from tthc.domain.progress import HANDED
from tthc.service.pins import pins_of

P = Permission
# permission → the act as the ledger calls it; in the order in which a page offers them
EVENTS = {
    P.ACCEPT: "received",
    P.DECLINE: "declined",
    P.TAKE_OVER: "taken_over",
    P.START: "started",
    P.STEP: "stepped",
    P.RESUME: "resumed",
    P.CLOSE: "closed",
    P.RETURN: "returned",
    P.RESOLVE: "resolved",
    P.EXTEND: "extended",
    P.TRANSFER: "transferred",
    P.MOVE: "transferred",
    P.SUSPEND: "suspended",
    P.CHARGE: "charged",
    P.PAY: "fee_paid",
    P.STOP: "stopped",
    P.WITHDRAW: "withdrawn",
    P.EXPLAIN: "explained",
    P.CORRECT: "corrected",
    P.NOTE: "noted",
    P.ERASE: "erased",
}
LETTERS = (P.DRAFT_LETTER, P.APPROVE_LETTER, P.ISSUE_LETTER, P.SEND_LETTER)


def possible_acts(
    actor: Actor, dossier: Dossier, letters: Sequence[Letter], now: datetime
) -> list[Permission]:
    """The acts that this person may do now, those that mend the most first.

    What still refuses one, such as a request too late, its own preview says in a sentence.
    """
    case = dossier.case
    relation = actor.relation(case.receiving_unit_id, case.competent_unit_id, dossier.passed_on_by)
    pinned = pins_of(dossier)
    today = clock.local_date(now)
    late = case.is_late(now)
    handed = next((one for one in reversed(case.history) if one.role in HANDED), None)
    when: dict[Permission, Callable[[], bool]] = {
        P.CLOSE: lambda: may_be_closed(case, pinned, today),
        P.TAKE_OVER: lambda: handed is not None and handed.role == "transferred",
        P.EXTEND: lambda: _can_extend(case, letters),
        P.EXPLAIN: lambda: late,
        P.ERASE: lambda: case.last("erased") is None,
    }
    acts = [
        act
        for act, event in EVENTS.items()
        if case.state in ALLOWED.get(event, EVERY) and (act not in when or when[act]())
    ]
    coming = _letter_acts(case, letters)
    urgent = late or coming[:1] not in ([], [P.DRAFT_LETTER])  # owed, or waiting for its next step
    place = 0 if urgent else acts.index(P.CORRECT)
    acts[place:place] = coming
    if coming == [P.APPROVE_LETTER, P.DRAFT_LETTER]:  # one is drafted: another mends nothing
        acts.remove(P.DRAFT_LETTER)
        acts.insert(acts.index(P.CORRECT), P.DRAFT_LETTER)
    return [act for act in acts if may(actor.role, act, relation)]


def _letter_acts(case: Case, letters: Sequence[Letter]) -> list[Permission]:
    """What comes next for the case's letter."""
    if case.state not in ALLOWED["letter_issued"] or case.due_at is None:
        return []
    issued = next((one for one in letters if one.issued_at), None)
    if issued:
        return [] if issued.sent_at else [P.SEND_LETTER]
    if case.resolved_at is not None and not case.is_overdue(case.resolved_at):
        return []
    if case.suspended_at is not None and not case.is_overdue(case.suspended_at):
        return []
    if any(one.approved_at for one in letters):
        return [P.ISSUE_LETTER]
    return [P.APPROVE_LETTER, P.DRAFT_LETTER] if letters else [P.DRAFT_LETTER]


def _can_extend(case: Case, letters: Sequence[Letter]) -> bool:
    """Whether an issued letter waits for the act that changes the date."""
    issued = next((one for one in letters if one.issued_at), None)
    return (
        case.state in (State.RECEIVED, State.IN_PROGRESS)
        and case.last("extended") is None
        and issued is not None
        and issued.issued_at is not None
        and not case.is_overdue(issued.issued_at)
    )
