"""Why a case is due when it is due, rebuilt from its events and from what it has pinned."""

from datetime import datetime
from decimal import Decimal

from sqlalchemy.ext.asyncio import AsyncConnection

from tthc.db.history import Dossier, read_case
from tthc.db.json_values import checked
from tthc.domain.access import Actor, Scope
from tthc.domain.calendar import Calendar
from tthc.domain.case import STATE_NAMES, Case
from tthc.domain.deadline import Promise
from tthc.domain.explanation import (
    Changed,
    Explanation,
    NamedDay,
    OwnHoursUsed,
    Recalculation,
    explain,
)
from tthc.domain.moving import Cause, Move
from tthc.domain.promised import Pinned
from tthc.domain.receipt import answer_due_at
from tthc.domain.term import Term
from tthc.domain.verdict import Due
from tthc.domain.wording import amount, moment, sentences
from tthc.service.acts import Document
from tthc.service.case_document import instant
from tthc.service.pins import pins_as_decided

DUES = ("first_due_at", "promised_due_at", "due_at", "statutory_due_at")
KEPT = {
    "due_at": "ngày hẹn trả",
    "promised_due_at": "ngày cam kết",
    "statutory_due_at": "hạn theo luật định",
}


async def explain_case(scope: Scope, connection: AsyncConnection, code: str) -> Document:
    """The explanation of a case's due dates, as data and as sentences, ready for JSON.

    The four due dates are the ledger's; `reckoned` are those that its facts lead to, None where a
    case is suspended. Where they do not agree (an import, or a calendar that was mended) the
    ledger's hold, and the sentences say so.
    """
    return explain_dossier(await read_case(Actor("", scope), connection, checked(code)))


def explain_dossier(dossier: Dossier) -> Document:
    """The same for a case that was read already."""
    case, pinned = dossier.case, pins_as_decided(dossier)
    document: Document = {
        "case_code": case.code,
        "state": int(case.state),
        "state_name": STATE_NAMES[case.state],
        "received_at": instant(case.received_at),
        "regime": pinned.regime.title,
        "term": _term(pinned.term),
        "statutory_term": _term(pinned.statutory),
        "calendar": pinned.calendar.code,
        "calendar_version": pinned.calendar.version,
        "hours_version": pinned.calendar.hours_version,
        **{name: instant(getattr(case, name)) for name in DUES},
        "re_promised_at": instant(case.re_promised_at),
    }
    if case.received_at is None:
        return document | _not_received(case, pinned)
    claimed = pinned.claim_of(case)
    made = pinned.promise(case.received_at, case.suspensions(), case.extension, claimed)
    if made is None:
        return document | _not_due(case, pinned)
    recalculations = _recalculations(case, pinned.calendar)
    own = _own_hours(dossier, pinned.calendar, made)
    why = explain(made, imported=claimed is not None, recalculations=recalculations, own=own)
    differing = _differing(case, pinned)
    said, agrees = sentences(why), not differing
    for name, words in KEPT.items():
        if name in differing and (at := getattr(case, name)):
            said.append(
                f"Sổ ghi {words} {moment(pinned.calendar.local(at))}, khác với cách tính "
                "trên: ngày trong sổ là căn cứ."
            )
    return document | _shown(why) | {"agrees": agrees, "sentences": said}


def explain_promise(pinned: Pinned, received_at: datetime) -> Document:
    """What a receipt at an instant would promise and why; `due_at` is None where nothing is due."""
    made = pinned.promise(received_at)
    if made is None:
        return {"due_at": None, "term": _term(pinned.term), "skipped": [], "sentences": []}
    why = explain(made)
    document = {"due_at": _due(why.current), "term": _term(pinned.term)}
    return document | _shown(why) | {"sentences": sentences(why)}


def _differing(case: Case, pinned: Pinned) -> set[str]:
    """The dates of the row that its facts don't lead to; suspended, those of before."""
    dues = pinned.dues_of(case, case.suspensions(closed=True)).columns()
    return {name for name, at in dues.items() if getattr(case, name) != at}


def _not_received(case: Case, pinned: Pinned) -> Document:
    local = pinned.calendar.local
    said = [f"Hồ sơ nộp lúc {moment(local(case.submitted_at))}, chưa được tiếp nhận."]
    answer_by = answer_due_at(case.submitted_at, pinned)
    if case.ended_at is not None:
        said = [f"Hồ sơ kết thúc khi chưa được tiếp nhận: {STATE_NAMES[case.state].lower()}."]
    elif answer_by is not None:
        said.append(f"Cơ quan phải trả lời trước {moment(local(answer_by))}; thời hạn chưa tính.")
    return {"origin": "not_received", "answer_due_at": instant(answer_by), "sentences": said}


def _not_due(case: Case, pinned: Pinned) -> Document:
    assert case.received_at is not None
    return {
        "origin": "no_term",
        "agrees": case.due_at is None,
        "sentences": [
            f"Hồ sơ được tiếp nhận lúc {moment(pinned.calendar.local(case.received_at))}.",
            "Thủ tục không có thời hạn được công bố rõ nên hồ sơ không có ngày hẹn trả.",
        ],
    }


def _shown(why: Explanation) -> Document:
    moves = [_move(one) for one in why.moves]
    return {
        "origin": "imported" if why.imported else "computed",
        "mode": why.mode,
        "start_rule": why.start_rule,
        "suspension_rule": why.suspension_rule,
        "effective_day": why.effective_day.isoformat(),
        "counted_from": why.counted_from.isoformat(),
        "skipped": [_day(one) for one in why.skipped],
        "worked": [_day(one) for one in why.worked],
        "suspensions": [one for one in moves if one["cause"] != Cause.EXTENDED],
        "extension": next((one for one in moves if one["cause"] == Cause.EXTENDED), None),
        "recalculations": [
            {
                "at": instant(one.at),
                "decision": one.decision,
                "changed": one.changed,
                "before": instant(one.before),
                "after": instant(one.after),
            }
            for one in why.recalculations
        ],
        "suspended": why.suspended,
        "reckoned": {
            "first_due_at": _due(why.first),
            "promised_due_at": _due(why.promised),
            "due_at": _due(why.current),
            "statutory_due_at": _due(why.statutory),
        },
        "provisional_years": list(why.unsure_years),
    }


def _recalculations(case: Case, calendar: Calendar) -> list[Recalculation]:
    found = []
    for one in case.history:
        told, after = one.payload.get("due_at_before"), one.change.get("due_at")
        if one.role == "recalculated" and told and after:
            before = datetime.fromisoformat(told)
            if before != after:
                decision = str(one.payload["decision"])
                dates = (calendar.local(before), calendar.local(after))
                said = one.payload.get("changed")
                changed = Changed.TERM if "term_id" in one.change else Changed.CALENDAR
                changed = Changed(said) if said else changed  # acts of old do not say
                found.append(Recalculation(one.effective_at, decision, *dates, changed))
    return found


def _own_hours(dossier: Dossier, calendar: Calendar, made: Promise) -> OwnHoursUsed | None:
    """Which hours of the receiving unit's own had a say."""
    if calendar.hours_version is None:
        return None
    received_on = calendar.local_date(made.received_at)
    last = max((due.due_on for due in (made.first, made.current) if due), default=received_on)
    titles = dossier.calendars.hours.titles_on(received_on, last, calendar.hours_version)
    only = bool(calendar.reception_slots(received_on)) and not calendar.slots(received_on)
    return OwnHoursUsed(dossier.about.receiving_unit_name, tuple(titles), only)


def _term(term: Term | None) -> Document | None:
    if term is None:
        return None
    said = amount(Decimal(term.amount), term.unit)
    cutoff = term.cutoff.isoformat("minutes") if term.cutoff else None
    return {"amount": str(term.amount), "unit": term.unit, "cutoff": cutoff, "says": said}


def _move(one: Move) -> Document:
    return {
        "cause": one.cause,
        "from": instant(one.started_at),
        "to": instant(one.ended_at),
        "due_before": _due(one.before),
        "due_after": _due(one.after),
    }


def _due(due: Due | None) -> str | None:
    return instant(due.due_at) if due else None


def _day(one: NamedDay) -> Document:
    return {"day": one.day.isoformat(), "why": one.why, "name": one.name}
