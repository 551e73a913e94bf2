from datetime import UTC, date, datetime
from typing import Any

import pytest

from tthc.clock import VIETNAM
from tthc.domain.errors import InputError
from tthc.intake.simulation.parameters import plan

NOW = datetime(2026, 11, 3, 3, tzinfo=UTC)


def ask(**changes: Any) -> Any:
    usual: dict[str, Any] = {"cases": 10, "province": "15", "seed": 1, "now": NOW}
    return plan(**usual | changes)


def test_without_a_year_it_is_this_year_up_to_now() -> None:
    asked = ask()
    assert (asked.since, asked.before, asked.until) == (
        date(2026, 1, 1),
        date(2026, 11, 3),
        NOW,
    )


def test_in_january_last_year_s_cases_are_there_too() -> None:
    asked = ask(now=datetime(2027, 1, 10, tzinfo=UTC))
    assert (asked.since, asked.before) == (date(2026, 1, 1), date(2027, 1, 10))


def test_a_day_counts_to_its_end() -> None:
    asked = ask(year=2025, until=date(2025, 12, 31))
    assert (asked.since, asked.before) == (date(2025, 1, 1), date(2026, 1, 1))
    assert asked.until == datetime(2025, 12, 31, 23, 59, 59, 999999, VIETNAM)


def test_a_past_year_s_cases_live_on() -> None:
    asked = ask(year=2024)
    assert (asked.before, asked.until) == (date(2025, 1, 1), NOW)


def test_the_same_words_are_the_same_simulation() -> None:
    later = ask(now=datetime(2026, 11, 4, tzinfo=UTC))
    assert ask().sha256 == later.sha256
    different: list[dict[str, Any]] = [
        {"seed": 2},
        {"cases": 11},
        {"province": "01"},
        {"year": 2026},
        {"until": date(2026, 10, 1)},
        {"events_since": date(2026, 10, 1)},
    ]
    assert len({ask().sha256, *(ask(**one).sha256 for one in different)}) == 7


@pytest.mark.parametrize(
    "wrong",
    [{"cases": 0}, {"year": 2027}, {"year": 2000}, {"year": 2026, "until": date(2025, 5, 1)}],
)
def test_what_cannot_be_simulated_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(InputError):
        ask(**wrong)
