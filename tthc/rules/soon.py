"""What is due soon: dated settings of the lists that people work from."""

from datetime import date, timedelta
from functools import cache

from tthc.domain.errors import NotFoundError, RulesFileError
from tthc.domain.term import TermUnit
from tthc.rules.files import RULES, read_toml
from tthc.rules.regimes import regime_on


@cache
def _settings() -> tuple[tuple[date, int], ...]:
    found = [
        (one["valid_from"], int(one["working_days"]))
        for one in read_toml(RULES / "soon.toml")["due_soon"]
    ]
    return tuple(sorted(found))


def soon_days(on: date) -> int:
    """Within how many working days an open case is due soon, as it was set on a date."""
    return next((days for since, days in reversed(_settings()) if since <= on), 0)


def last_due_of_letters(on: date) -> date | None:
    """The due date whose letter must be sent on a date at the latest (rules of the domain, 5).

    None where no regime in force then knows the duty. Raises RulesFileError for a regime that
    counts it otherwise than in calendar days, which a condition on dates alone cannot say.
    """
    try:
        law = regime_on(on)
    except NotFoundError:
        return None
    if law.letter_unit is not TermUnit.CALENDAR_DAY:
        raise RulesFileError(
            f"Quy định {law.id}: hạn gửi văn bản xin lỗi phải tính theo ngày dương lịch."
        )
    return on + timedelta(days=law.letter_days_before_due)
