"""What applied to a case at its receipt, and the due dates that follow from it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from tthc.domain.calendar import Calendar
from tthc.domain.case import Case
from tthc.domain.deadline import (
    ClockPolicy,
    Due,
    Extension,
    Promise,
    Suspension,
    Term,
    TermUnit,
    imported_due,
    promise,
)
from tthc.domain.localtime import MICROSECOND
from tthc.domain.moving import Clock, follow
from tthc.domain.regime import Regime


@dataclass(frozen=True, slots=True)
class Dues:
    """The due dates of a case side by side (rules 3.9); None where there is none for now."""

    first: Due | None
    promised: Due | None
    current: Due | None
    statutory: Due | None

    def columns(self) -> dict[str, datetime | None]:
        """The columns that hold the due dates in force; the first one is the receipt's."""
        return {
            **_pair("promised_", self.promised),
            **_pair("", self.current),
            **_pair("statutory_", self.statutory),
        }


@dataclass(frozen=True, slots=True)
class Pinned:
    """The law and the calendar of a case, fixed on the day of its receipt.

    `term` is None where the procedure has none that is confirmed: nothing is due then, except
    what an imported file claims.
    """

    regime: Regime
    calendar: Calendar
    policy: ClockPolicy
    term: Term | None = None
    statutory: Term | None = None
    term_id: int | None = None
    statutory_term_id: int | None = None

    def columns(self) -> dict[str, Any]:
        """What the row keeps of it."""
        return {
            "term_id": self.term_id,
            "statutory_term_id": self.statutory_term_id,
            **self.calendar.versions,
            "regime": self.regime.id,
            "start_rule": self.policy.start_rule.value,
            "mode": self.policy.mode.value,
            "suspension_rule": self.policy.suspension_rule.value,
        }

    def under(self, calendar: Calendar) -> "Pinned":
        """The same under another version of the calendar."""
        return replace(self, calendar=calendar)

    def newer_calendar(self, case: Case) -> dict[str, str]:
        """The versions that an act was decided by, where the case has pinned earlier ones."""
        if case.calendar_version is None:
            return {}
        now = self.calendar.versions.items()
        return {name: version for name, version in now if getattr(case, name) != version}

    def at_receipt(self, received_at: datetime) -> dict[str, datetime | None]:
        """The columns that a receipt decides."""
        dues = self.dues(received_at)
        first = dues.first.due_at if dues.first else None
        return {"first_due_at": first, **dues.columns()}

    def dues(
        self,
        received_at: datetime,
        suspensions: Sequence[Suspension] = (),
        extension: Extension | None = None,
        claimed: Due | None = None,
    ) -> Dues:
        """The due dates after everything that happened.

        `claimed` is the due date that an imported file gives; it stands in for a term, and what
        a restart gives again are its working days.
        """
        made = self.promise(received_at, suspensions, extension, claimed)
        if made is None:
            return Dues(None, None, None, None)
        by_law = made.statutory if self.statutory else None
        return Dues(made.first, made.promised, made.current, by_law)

    def promise(
        self,
        received_at: datetime,
        suspensions: Sequence[Suspension] = (),
        extension: Extension | None = None,
        claimed: Due | None = None,
    ) -> Promise | None:
        """The due dates with how they came about; None where nothing is due."""
        if self.term is None and claimed is not None:
            return self._follow_claim(received_at, suspensions, extension, claimed)
        if self.term is None or self.term.unit is TermUnit.NONE:
            return None
        return promise(
            self.calendar,
            self.term,
            received_at,
            policy=self.policy,
            suspensions=suspensions,
            extension=extension,
            statutory=self.statutory,
        )

    def dues_of(self, case: Case, suspensions: Sequence[Suspension]) -> Dues:
        """The due dates of an accepted case after these suspensions and its extension."""
        assert case.received_at is not None
        return self.dues(case.received_at, suspensions, case.extension, self.claim_of(case))

    def in_force(self, case: Case) -> Due | None:
        """The due date against which a case is held now: while it is suspended, that of before."""
        if case.received_at is None or case.due_at is None:
            return None
        return self.dues_of(case, case.suspensions(closed=True)).current

    def claim_of(self, case: Case) -> Due | None:
        """The due date of a case without a term of ours, as its file claims it."""
        received = case.last("received")
        if self.term is not None or received is None or case.first_due_at is None:
            return None
        first, overdue = case.first_due_at, received.change.get("overdue_at")
        by_instant = overdue is not None and overdue == first + MICROSECOND
        on: date | datetime = first if by_instant else self.calendar.local_date(first)
        return imported_due(self.calendar, on)

    def _follow_claim(
        self,
        received_at: datetime,
        suspensions: Sequence[Suspension],
        extension: Extension | None,
        claimed: Due,
    ) -> Promise:
        received_on = self.calendar.local_date(received_at)
        days = max(0, self.calendar.working_days_between(received_on, claimed.due_on))
        clock = Clock(self.calendar, Term(days), self.policy)
        promised, _ = follow(clock, claimed, suspensions)
        current, moves = follow(clock, claimed, suspensions, extension)
        return Promise(
            self.calendar,
            clock.term,
            self.policy,
            received_at,
            first=claimed,
            promised=promised,
            current=current,
            statutory=None,
            moves=moves,
        )


def _pair(prefix: str, due: Due | None) -> dict[str, datetime | None]:
    return {
        f"{prefix}due_at": due.due_at if due else None,
        f"{prefix}overdue_at": due.overdue_at if due else None,
    }
