"""The law of a case: looked up on the day of its receipt, then read back as it was pinned."""

from datetime import date

from tthc import clock
from tthc.db.filing import Counter
from tthc.db.history import Dossier, TermRow
from tthc.domain.calendar import Calendar
from tthc.domain.case import Case
from tthc.domain.catalog import PublishedTerm, choose_terms
from tthc.domain.errors import InputError, RuleError
from tthc.domain.lifecycle import OPEN
from tthc.domain.promised import Pinned
from tthc.domain.regime import Regime
from tthc.domain.term import ClockPolicy, Mode, StartRule, SuspensionRule, Term, TermUnit
from tthc.rules.regimes import regime, regime_on


def pins_at(
    counter: Counter, on: date, *, channel: str, case_kind: str | None
) -> tuple[Pinned, str | None]:
    """What applies to a case received on a date, and why nothing is due where nothing is.

    Raises RuleError where the clerk must choose the case's kind, InputError for an unknown one.
    """
    kinds = sorted({term.case_kind for term in counter.terms if term.case_kind})
    if case_kind is not None and case_kind not in kinds:
        raise InputError(
            f"Thủ tục không có trường hợp “{case_kind}”: "
            + (f"hãy chọn {', '.join(kinds)}." if kinds else "hãy bỏ trống.")
        )
    terms = choose_terms(
        counter.terms,
        level=counter.competent.level,
        channel=channel,
        case_kind=case_kind,
        on=on,
        committed_by=counter.root_code,
    )
    if terms.promised is None and kinds and case_kind is None and terms.problem:
        raise RuleError(terms.problem)
    law = regime_on(on).for_sector(counter.procedure.sector, on)
    promised, statutory = terms.promised, terms.statutory
    pinned = Pinned(
        regime=law,
        calendar=counter.calendars.in_force(counter.calendars.history.as_known(on).version),
        policy=counter.calendars.hours.policy_on(on, law.policy),
        term=as_term(promised),
        statutory=as_term(statutory),
        term_id=promised.id if promised else None,
        statutory_term_id=statutory.id if statutory else None,
    )
    return pinned, terms.problem


def pins_of(dossier: Dossier) -> Pinned:
    """What applied to a case at its receipt; what an import did not say is that day's law."""
    case, sector = dossier.case, dossier.about.sector
    received_on = clock.local_date(case.received_at or case.submitted_at)
    law = regime(case.regime) if case.regime else regime_on(received_on)
    law = law.for_sector(sector, received_on)
    return Pinned(
        regime=law,
        calendar=_calendar_of(dossier, received_on),
        policy=_policy_of(case, law),
        term=_row(dossier.term),
        statutory=_row(dossier.statutory),
        term_id=case.term_id,
        statutory_term_id=case.statutory_term_id,
    )


def pins_as_decided(dossier: Dossier) -> Pinned:
    """What the due dates of a case's row were decided by."""
    pinned, case, known = pins_of(dossier), dossier.case, dossier.calendars
    if case.calendar_version is None:
        return pinned
    return pinned.under(known.version(case.calendar_version, case.hours_version))


def _calendar_of(dossier: Dossier, received_on: date) -> Calendar:
    """The calendar for a further act: an open case never lags behind a change that was applied."""
    case, known = dossier.case, dossier.calendars
    pinned, hours = case.calendar_version, case.hours_version
    if pinned is None:  # an import did not say: what was known then
        pinned = known.history.as_known(received_on).version
        hours = hours or known.hours.known_on(received_on)
    return known.in_force(pinned) if case.state in OPEN else known.version(pinned, hours)


def _policy_of(case: Case, law: Regime) -> ClockPolicy:
    if not (case.start_rule and case.mode and case.suspension_rule):
        return law.policy
    return ClockPolicy(
        StartRule(case.start_rule), Mode(case.mode), SuspensionRule(case.suspension_rule)
    )


def as_term(term: PublishedTerm | None) -> Term | None:
    """A published term as the clock takes it; None where it has no unit that is confirmed."""
    if term is None or term.unit is None:
        return None
    return Term(term.amount or 0, TermUnit(term.unit), term.cutoff)


def _row(row: TermRow | None) -> Term | None:
    return Term(row.amount, TermUnit(row.unit), row.cutoff) if row else None
