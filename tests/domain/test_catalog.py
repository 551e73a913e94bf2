"""Which published term holds for a case, and why none does."""

from datetime import date
from decimal import Decimal
from typing import Any

from tthc.domain.catalog import PublishedTerm, choose_terms, in_force

DAY = date(2026, 3, 5)


def term(amount: int | None = 5, **facts: Any) -> PublishedTerm:
    row: dict[str, Any] = {
        "id": 1,
        "procedure_code": "1.000001",
        "basis": "statutory",
        "case_kind": None,
        "level": None,
        "channel": None,
        "committed_by": None,
        "amount": None if amount is None else Decimal(amount),
        "unit": None if amount is None else "working_day",
        "cutoff": None,
        "published": "",
        "confirmed": amount is not None,
        "problem": None if amount is not None else "Thời hạn “1” không có đơn vị.",
        "valid_from": None,
        "valid_to": None,
        "source_id": "x",
    }
    return PublishedTerm(**{**row, **facts})


def choose(*terms: PublishedTerm, **case: Any) -> tuple[Any, Any, str | None]:
    facts: dict[str, Any] = {"level": "commune", "channel": "online", "case_kind": None, "on": DAY}
    found = choose_terms(terms, **{**facts, **case})
    return (
        found.promised and found.promised.amount,
        found.statutory and found.statutory.amount,
        found.problem,
    )


def test_end_of_validity_is_the_first_day_without() -> None:
    change = date(2025, 7, 1)
    assert in_force(None, change, date(2025, 6, 30))
    assert not in_force(None, change, change)
    assert in_force(change, None, change)
    assert in_force(None, None, change)


def test_narrowest_term_holds() -> None:
    terms = [term(5), term(4, channel="online"), term(3, level="commune"), term(2, case_kind="a")]
    assert choose(*terms)[0] == 3
    assert choose(*terms, level="province")[0] == 4
    assert choose(*terms, level="province", channel="counter")[0] == 5
    assert choose(*terms, case_kind="a")[0] == 2


def test_narrow_but_unconfirmed_term_is_not_replaced_by_a_wider_guess() -> None:
    promised, statutory, problem = choose(term(5), term(None, channel="online"))
    assert (promised, statutory) == (None, None)
    assert problem is not None
    assert "Chưa xác nhận" in problem


def test_commitment_is_promised_beside_the_law() -> None:
    terms = [term(10), term(7, basis="committed", committed_by="75")]
    assert choose(*terms, committed_by="75") == (7, 10, None)
    assert choose(*terms, committed_by="01") == (10, 10, None)
    assert choose(*terms) == (10, 10, None)


def test_commitment_never_exceeds_a_law_that_became_shorter() -> None:
    terms = [term(5), term(7, basis="committed", committed_by="75")]
    assert choose(*terms, committed_by="75") == (5, 5, None)
    hours = term(7, basis="committed", committed_by="75", unit="working_hour")
    assert choose(term(5), hours, committed_by="75")[0] == 7


def test_unreadable_commitment_leaves_the_law() -> None:
    terms = [term(10), term(None, basis="committed", committed_by="75")]
    promised, statutory, problem = choose(*terms, committed_by="75")
    assert (promised, statutory) == (10, 10)
    assert problem is not None


def test_term_of_its_time() -> None:
    change = date(2026, 4, 1)
    terms = [term(5, valid_to=change), term(4, valid_from=change)]
    assert choose(*terms, on=date(2026, 3, 31))[0] == 5
    assert choose(*terms, on=change)[0] == 4


def test_why_there_is_none() -> None:
    assert choose()[2] == "Chưa có thời hạn giải quyết nào được công bố tại ngày này."
    assert "Hãy chọn trường hợp" in str(choose(term(5, case_kind="a"))[2])
    assert "hình thức nộp này (other)" in str(choose(term(5, channel="post"), channel="other")[2])
