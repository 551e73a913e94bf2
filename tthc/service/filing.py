"""The form of a new case: what is said in it, and what the catalogue makes of it."""

from dataclasses import dataclass
from datetime import date

from tthc.db.filing import Counter
from tthc.db.history import About
from tthc.domain.applicant import Applicant
from tthc.domain.receipt import Filing


@dataclass(frozen=True, slots=True)
class Form:
    """What the clerk's form, or a program, says of a new case; codes as the state issues them.

    `competent_unit` is the receiving unit where it is not said; without a `case_code` one is
    given. `papers` are those handed in, a line each, in so many `sets`. `out_of_territory` is
    worked out from whom the shop serves where it is not said.
    """

    procedure_code: str
    receiving_unit: str
    channel: str
    competent_unit: str | None = None
    case_code: str | None = None
    case_kind: str | None = None
    officer: str | None = None
    parent_case_code: str | None = None
    out_of_territory: bool | None = None
    applicant: Applicant | str | None = None
    papers: str | None = None
    sets: int | None = None

    @property
    def person(self) -> Applicant | None:
        """The applicant; a text is a name."""
        return Applicant(name=self.applicant) if isinstance(self.applicant, str) else self.applicant


def filing_of(form: Form, counter: Counter) -> Filing:
    """What the domain needs of a new case."""
    out = counter.out_of_territory if form.out_of_territory is None else form.out_of_territory
    return Filing(
        receiving_unit_id=counter.receiving.id,
        competent_unit_id=counter.competent.id,
        procedure_id=counter.procedure.id,
        level=counter.competent.level,
        channel=form.channel,
        case_kind=form.case_kind,
        online_level=counter.online_level,
        out_of_territory=out,
        officer=form.officer,
        parent_case_code=form.parent_case_code,
    )


def about_of(counter: Counter) -> About:
    """What people call the things that the case will point to."""
    return About(
        procedure_code=counter.procedure.code,
        procedure_name=counter.procedure.name,
        sector=counter.procedure.sector,
        receiving_unit=counter.receiving.code,
        competent_unit=counter.competent.code,
        competent_unit_name=counter.competent.name,
        competent_level=counter.competent.level,
        receiving_level=counter.receiving.level,
        receiving_unit_name=counter.receiving.name,
    )


def code_of(form: Form, counter: Counter, today: date) -> str:
    """The code that the form says, or one of the shop, the day and a running number."""
    if form.case_code is not None:
        return form.case_code.strip()
    return f"{counter.receiving.code}-{today:%y%m%d}-{counter.number:06d}"
