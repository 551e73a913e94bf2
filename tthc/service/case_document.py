"""A case as people and programs see it, without personal data."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from tthc import clock
from tthc.db.history import About, Dossier, Written
from tthc.domain.case import STATE_NAMES, Case
from tthc.domain.events import EVENT_TYPES

INSTANTS = (
    *("submitted_at", "received_at", "first_due_at", "promised_due_at", "due_at"),
    *("statutory_due_at", "re_promised_at", "suspended_at", "resolved_at", "returned_at"),
    *("ended_at", "step_due_at", "step_late_at"),
)
PLAIN = (
    *("case_kind", "level", "channel", "online_level", "out_of_territory", "officer", "step"),
    *("parent_case_code", "supplements", "outcome", "cause", "e_result", "return_channel"),
    *("intake_late", "handover_late", "regime", "start_rule", "suspension_rule"),
    *("calendar_version", "hours_version"),
)


def show_case(case: Case, about: About) -> dict[str, Any]:
    """The document of a case."""
    document: dict[str, Any] = {
        "case_code": case.code,
        "world": "simulated" if case.simulated else "real",
        "version": case.version,
        "state": int(case.state),
        "state_name": STATE_NAMES[case.state],
        "procedure_code": about.procedure_code,
        "procedure_name": about.procedure_name,
        "sector": about.sector,
        "receiving_unit": about.receiving_unit,
        "competent_unit": about.competent_unit,
        "competent_unit_name": about.competent_unit_name,
    }
    document |= {name: instant(getattr(case, name)) for name in INSTANTS}
    document |= {name: getattr(case, name) for name in PLAIN}
    document["verdict"] = verdict(case)
    document["fee_amount"] = None if case.fee_amount is None else str(case.fee_amount)
    document["letter"] = None
    if case.letter_issued_at:
        document["letter"] = {
            "number": case.letter_number,
            "issued_at": instant(case.letter_issued_at),
            "sent_at": instant(case.letter_sent_at),
        }
    return document


def show_event(event: Written) -> dict[str, Any]:
    """An event as the case's history tells it."""
    return {
        "seq": event.seq,
        "type": event.type,
        "name": EVENT_TYPES.get(event.type, event.type),
        "corrects": event.role if event.replaces is not None else None,
        "replaces": event.replaces,
        "replaced": event.replaced,
        "imported": event.imported,
        "occurred_at": instant(event.occurred_at),
        "effective_at": instant(event.effective_at),
        "recorded_at": instant(event.recorded_at),
        "actor": event.actor,
        "payload": dict(event.payload),
        "change": _plain(event.change),
    }


def show_dossier(dossier: Dossier) -> dict[str, Any]:
    return show_case(dossier.case, dossier.about)


def verdict(case: Case) -> str | None:
    """early, on_time or late; None without a result or without a due date."""
    if case.resolved_at is None or case.overdue_at is None or case.due_at is None:
        return None
    if case.resolved_at >= case.overdue_at:
        return "late"
    early = clock.local_date(case.resolved_at) < clock.local_date(case.due_at)
    return "early" if early else "on_time"


def instant(at: datetime | None) -> str | None:
    """An instant in Vietnam's time."""
    return at.astimezone(clock.VIETNAM).isoformat() if at else None


def _plain(values: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: instant(value)
        if isinstance(value, datetime)
        else value
        if isinstance(value, str | int | bool) or value is None
        else str(value)
        for name, value in values.items()
    }
