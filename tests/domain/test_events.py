from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest

from tthc.domain.events import Event, microseconds, seal, seal_all

AT = datetime(2026, 3, 5, 10, tzinfo=UTC)
EVENT = Event("H26-1", 1, "received", AT, AT, AT, "quầy 1", None, None, '{"state":2}')


def test_one_instant_in_two_zones_is_sealed_alike() -> None:
    vietnam = AT.astimezone(timezone(timedelta(hours=7)))
    assert seal(b"", EVENT) == seal(b"", replace(EVENT, occurred_at=vietnam))


def test_a_microsecond_counts() -> None:
    assert microseconds(AT + timedelta(microseconds=1)) == microseconds(AT) + 1


@pytest.mark.parametrize(
    "other",
    [
        replace(EVENT, case_code="H26-2"),
        replace(EVENT, seq=2),
        replace(EVENT, type="resolved"),
        replace(EVENT, occurred_at=AT + timedelta(microseconds=1)),
        replace(EVENT, effective_at=AT + timedelta(microseconds=1)),
        replace(EVENT, recorded_at=AT + timedelta(microseconds=1)),
        replace(EVENT, actor="quầy 2"),
        replace(EVENT, replaces=1),
        replace(EVENT, payload="{}"),
        replace(EVENT, change='{"state":4}'),
        replace(EVENT, case_code="H26-11", seq=1, type="received"),
    ],
)
def test_every_field_is_sealed(other: Event) -> None:
    assert seal(b"", other) != seal(b"", EVENT)


def test_text_that_moves_between_two_fields_is_found() -> None:
    left = replace(EVENT, actor="a1:b", payload="c")
    right = replace(EVENT, actor="a", payload="1:bc")
    assert seal(b"", left) != seal(b"", right)


def test_order_matters() -> None:
    second = replace(EVENT, seq=2, type="started")
    assert seal_all(b"", [EVENT, second])[-1] != seal_all(b"", [second, EVENT])[-1]
