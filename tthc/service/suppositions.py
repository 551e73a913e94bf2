"""What may be supposed of cases, in the words of those who ask: what if they went otherwise?"""

from collections.abc import Sequence
from dataclasses import fields, replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from tthc import clock
from tthc.db.supposed import CHOSEN, Supposition
from tthc.domain.errors import InputError
from tthc.domain.period import Period
from tthc.domain.scoring.bands import Band, band_problem
from tthc.domain.scoring.rubric import Leaf, Rubric
from tthc.domain.scoring.wording import plain
from tthc.rules.predicates import Cut, predicate

DIVISORS = {"target", "step"}  # numbers of a rule by which it divides
NO_INSTANT = "NULL::timestamptz"
RESOLVED = {
    "state": "9",
    "outcome": "'granted'",
    "suspended_at": NO_INSTANT,
    "ended_at": NO_INSTANT,
    "returned_at": NO_INSTANT,
}
LATEST = "overdue_at - INTERVAL '1 microsecond'"  # the last instant that is not late
# what is supposed of the chosen cases: its name, its label, the columns that it decides
CHANGES: dict[str, tuple[str, dict[str, str]]] = {
    "letter": (
        "có văn bản xin lỗi gửi lúc tính điểm",
        {"letter_issued_at": ":as_of", "letter_sent_at": ":as_of"},
    ),
    "resolved": ("xử lý xong lúc tính điểm", {**RESOLVED, "resolved_at": ":as_of"}),
    "in_time": ("xử lý xong vào phút chót của hạn", {**RESOLVED, "resolved_at": LATEST}),
    "late": ("xử lý xong ngay khi vừa quá hạn", {**RESOLVED, "resolved_at": "overdue_at"}),
    "online": ("nộp trực tuyến", {"channel": "'online'"}),
}


def chosen_cases(change: str, cut: Cut) -> Supposition:
    """The supposition about cases chosen by their codes. Raises InputError."""
    if change not in CHANGES:
        raise InputError(f"Không giả định được “{change}”; chọn trong: {', '.join(CHANGES)}.")
    _, values = CHANGES[change]
    return Supposition(CHOSEN, {name: cut.bind(value) for name, value in values.items()})


def last_instant(period: Period) -> datetime:
    """The last instant of a period."""
    return clock.start_of(period.end) - timedelta(microseconds=1)


def all_late(cut: Cut, period: Period) -> list[Supposition]:
    """Nothing more goes well: what is in time and due in the period is finished just too late,
    what is overdue is finished at the period's end.
    """
    due, late = _due(cut), predicate("open_overdue")
    last = Cut(last_instant(period)).bind(":as_of")
    return [
        Supposition(
            f"{due.where} AND overdue_at <= {last}",
            {**RESOLVED, "resolved_at": "overdue_at"},
            due.columns,
        ),
        Supposition(cut.bind(late.text), {**RESOLVED, "resolved_at": last}, late.columns),
    ]


def all_in_time(cut: Cut) -> list[Supposition]:
    """What is in time and due in the period is finished in time; what is overdue stays so."""
    due = _due(cut)
    return [Supposition(due.where, {**RESOLVED, "resolved_at": LATEST}, due.columns)]


def _due(cut: Cut) -> Supposition:
    """The open cases in time that fall due within the period."""
    in_time = predicate("open_in_time")
    where = f"{cut.bind(in_time.text)} AND due_on < {cut.bind(':to')}"
    return Supposition(where, {}, in_time.columns | {"due_on"})


def with_thresholds(rubric: Rubric, changes: dict[str, dict[str, Decimal]]) -> Rubric:
    """A rubric with other thresholds: by leaf, what is changed and its new value.

    What may be changed is a number of the rule by its name (`target`, `floor` …), or an end of its
    bands by its value. Raises InputError naming what there is.
    """
    codes = {leaf.code for leaf in rubric.leaves()}
    for code in changes:
        if code not in codes:
            raise InputError(f"Bộ tiêu chí “{rubric.id}” không có tiêu chí “{code}”.")
    areas = [
        replace(
            area,
            criteria=tuple(
                replace(one, leaves=tuple(_leaf(each, changes) for each in one.leaves))
                for one in area.criteria
            ),
        )
        for area in rubric.areas
    ]
    return replace(rubric, areas=tuple(areas))


def _leaf(leaf: Leaf, changes: dict[str, dict[str, Decimal]]) -> Leaf:
    rule = leaf.rule
    by_level = dict(leaf.by_level)
    for name, value in changes.get(leaf.code, {}).items():
        rule = _rule(leaf.code, rule, name, value) if rule else None
        by_level = {each: _rule(leaf.code, one, name, value) for each, one in by_level.items()}
    return replace(leaf, rule=rule, by_level=by_level)


def _rule(code: str, rule: Any, name: str, value: Decimal) -> Any:  # noqa: ANN401  # any dataclass of a rule
    numbers = [
        each.name
        for each in fields(rule)
        if each.name != "most" and isinstance(getattr(rule, each.name), Decimal)
    ]
    bands: Sequence[Band] = getattr(rule, "bands", ())
    ends = {plain(end[0]) for band in bands for end in (band.low, band.high) if end}
    if not value.is_finite() or (value <= 0 and name in DIVISORS):
        raise InputError(f"Ngưỡng “{name}” của tiêu chí {code} phải là một số lớn hơn 0.")
    if name in numbers:
        return replace(rule, **{name: value})
    if name.replace(".", ",") in ends:
        moved = tuple(_move(band, Decimal(name), value) for band in bands)
        if problem := band_problem(moved):
            raise InputError(
                f"Tiêu chí {code}, ngưỡng {name} đổi thành {plain(value)}: {problem[1]}."
            )
        return replace(rule, bands=moved)
    known = ", ".join([*numbers, *sorted(ends)]) or "không có"
    raise InputError(f"Tiêu chí {code} không có ngưỡng “{name}”; các ngưỡng: {known}.")


def _move(band: Band, old: Decimal, new: Decimal) -> Band:
    """A band whose ends at `old` lie at `new`."""
    ends = ("start", "above", "to", "below")
    return replace(band, **{end: new for end in ends if getattr(band, end) == old})
