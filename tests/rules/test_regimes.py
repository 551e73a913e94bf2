from dataclasses import replace
from datetime import date, timedelta

import pytest

from tthc.domain.errors import NotFoundError
from tthc.domain.term import ClockPolicy, SuspensionRule
from tthc.rules.regimes import RegimeException, regime, regime_on, regimes

LAST_OF_61 = date(2025, 6, 30)


def test_the_day_of_receipt_decides_the_regime() -> None:
    assert regime_on(date(2018, 6, 21)).id == "nd-61-2018"
    assert regime_on(LAST_OF_61).id == "nd-61-2018"
    assert regime_on(LAST_OF_61 + timedelta(days=1)).id == "nd-118-2025"
    with pytest.raises(NotFoundError, match="20/06/2018"):
        regime_on(date(2018, 6, 20))


def test_regimes_follow_one_another_without_gap_or_overlap() -> None:
    found = regimes()
    assert [one.valid_to for one in found[:-1]] == [one.valid_from for one in found[1:]]
    assert found[-1].valid_to is None


def test_both_decrees_restart_ask_once_and_extend_once() -> None:
    for one in regimes():
        assert one.policy == ClockPolicy()
        assert one.policy.suspension_rule is SuspensionRule.RESTART
        assert (one.supplement_requests, one.extensions) == (1, 1)
        assert (one.letter_policy, one.letter_days_before_due) == ("sent_by_due_minus_1_day", 1)
    assert regime("nd-118-2025").online_answer_hours == 8
    assert regime("nd-118-2025").letter_article == "Điều 19.6"


def test_what_no_text_settles_is_marked() -> None:
    assert "supplement.silence_unit" in regime("nd-118-2025").unconfirmed


def test_a_sector_s_sourced_rule_wins_while_it_is_in_force() -> None:
    land = RegimeException(
        "Đất đai", SuspensionRule.SHIFT, date(2026, 1, 1), "nd-118-2025", date(2026, 7, 1)
    )
    with_land = replace(regime("nd-118-2025"), exceptions=(land,))

    def rule(sector: str | None, day: date) -> SuspensionRule:
        return with_land.policy_for(sector, day).suspension_rule

    assert rule("Đất đai", date(2026, 6, 30)) is SuspensionRule.SHIFT
    assert rule("Đất đai", date(2026, 7, 1)) is SuspensionRule.RESTART
    assert rule("Đất đai", date(2025, 12, 31)) is SuspensionRule.RESTART
    assert rule("Hộ tịch", date(2026, 6, 30)) is SuspensionRule.RESTART
    assert rule(None, date(2026, 6, 30)) is SuspensionRule.RESTART


def test_a_regime_that_is_not_there_is_refused() -> None:
    with pytest.raises(NotFoundError, match="nd-1"):
        regime("nd-1")
