"""A score sheet's year as pure decisions: whatever people try, in whatever order.

Planted by hand and caught here: no reason asked for in the appraised column; a window without an
end; approval compared with the unit's points; a surveyed leaf self-scored; points beyond the
maximum; entries taken over again; an appraiser of the own unit; approval by a leader of the same
unit; a sheet handed in with a leaf missing; one sent back out of its time, or with its points lost;
its unit given no longer time, or endless time; points handed in whose ground has changed.
"""

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import partial
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tthc.domain.errors import InputError, RuleError, TthcError
from tthc.domain.score_sheet import passing, scoring
from tthc.domain.score_sheet.acts import Act, Evidence, Kind, Noted, Proof, read_act
from tthc.domain.score_sheet.rounds import Round, Stage, Window, check_windows
from tthc.domain.score_sheet.sheet import Column, Sheet, State, fold
from tthc.domain.score_sheet.standing import Line, Standing

WINDOWS = {
    Stage.SELF: Window(date(2024, 1, 2), date(2024, 1, 15)),
    Stage.APPRAISAL: Window(date(2024, 1, 16), date(2024, 1, 31)),
    Stage.EXPLANATION: Window(date(2024, 2, 1), date(2024, 2, 5)),
    Stage.APPROVAL: Window(date(2024, 2, 6), date(2024, 2, 15)),
}
ROUND = Round(WINDOWS, "15/QĐ-UBND")
FIGURE = Evidence(Proof.FIGURE, "ab" * 32)
PAPER = Evidence(Proof.DOCUMENT, "12/BC")
LINES = {
    "counted": Line("counted", Decimal(2), Decimal("1.5"), proof=FIGURE),
    "unknown": Line("unknown", Decimal(1), None),
    "left-out": Line("left-out", Decimal(3), None, applies=False),
    "survey": Line("survey", Decimal(5), None, by_people=True, surveyed=True),
}


def send_back(now: Standing) -> tuple[Act, ...]:
    return passing.send_back(now, "thiếu văn bản kiểm chứng")


STEPS = (
    *(passing.submit, send_back, passing.end_appraisal),
    *(passing.end_explanation, passing.end_approval),
)
AT = datetime(2024, 1, 2, tzinfo=UTC)
ORDER = list(State)

days = st.dates(date(2023, 12, 30), date(2024, 2, 20))
numbers = st.sampled_from([Decimal(each) for each in ("-1", "0", "0.5", "1", "1.5", "2", "0.123")])
tries = st.one_of(
    st.tuples(st.just("step"), st.sampled_from(STEPS)),
    st.tuples(
        *(st.sampled_from(list(Column)), st.sampled_from([*LINES]), numbers),
        *(st.sampled_from(["", "vì thế"]), st.sampled_from([None, PAPER])),
    ),
    st.tuples(st.just("explain"), st.sampled_from([*LINES]), st.sampled_from(["", "đã sửa"])),
)


def standing(noted: list[Noted], today: date) -> Standing:
    return Standing(fold(noted), ROUND, today, LINES, 2)


def attempt(now: Standing, what: tuple[object, ...]) -> tuple[Act, ...]:
    match what:
        case ("step", step):
            return step(now)  # type: ignore[operator, no-any-return]  # one of STEPS
        case ("explain", leaf, words):
            return scoring.explain(now, leaf, words)  # type: ignore[arg-type]  # drawn as texts
    column, leaf, points, reason, evidence = what
    return scoring.give_points(now, column, leaf, points, reason, evidence)  # type: ignore[arg-type]  # as drawn


@settings(max_examples=150, deadline=None)
@given(st.lists(st.tuples(days, tries), max_size=60))
def test_whatever_is_tried_in_order_of_days(
    attempts: list[tuple[date, tuple[object, ...]]],
) -> None:
    noted: list[Noted] = []
    for today, what in sorted(attempts, key=lambda each: each[0]):
        before = fold(noted)
        try:
            acts = attempt(standing(noted, today), what)
        except TthcError:
            continue
        kept = list(noted)
        noted += [Noted(seq, act, "ai", AT) for seq, act in enumerate(acts, len(noted) + 1)]
        assert noted[: len(kept)] == kept
        _check(before, fold(noted), acts, today)
        if acts and acts[-1].leaf and acts[-1].kind != Kind.SUBMITTED:
            assert attempt(standing(noted, today), what) == ()  # the same again is nothing
    assert [read_act(each.act.kind, each.act.leaf, each.act.told()) for each in noted] == [
        each.act for each in noted
    ]


def _check(before: Sheet, after: Sheet, acts: tuple[Act, ...], today: date) -> None:
    moved = ORDER.index(after.state) - ORDER.index(before.state)
    skipped = before.state is State.APPRAISED and after.state is State.APPROVED
    back = before.state is State.SUBMITTED and after.state is State.OPEN
    assert moved in (0, 1) or skipped or (back and after.returned[-1].act.reason)
    assert after.columns == before.columns or not back
    for column, entries in after.columns.items():
        for leaf, entry in entries.items():
            points = entry.act.points
            assert points is not None
            assert 0 <= points <= LINES[leaf].most
            assert LINES[leaf].applies
            if after.state in (State.OPEN, State.SUBMITTED) and column is Column.APPRAISED:
                continue  # the unit may change its own after a sheet was sent back
            base = {
                Column.SELF: LINES[leaf].computed,
                Column.APPRAISED: after.points(Column.SELF, leaf),
                Column.APPROVED: after.points(Column.APPRAISED, leaf),
            }[column]
            assert base is None or base == points or entry.act.reason
    if after.state is not State.OPEN:
        assert {"counted", "unknown"} <= set(after.columns[Column.SELF])
        assert "survey" not in after.columns[Column.SELF]
    if acts:
        windows = {
            Kind.SELF_SCORED: Stage.SELF,
            Kind.APPRAISED: Stage.APPRAISAL,
            Kind.EXPLAINED: Stage.EXPLANATION,
            Kind.APPROVED: Stage.APPROVAL,
        }
        for act in acts:
            if act.kind in windows:
                window = WINDOWS[windows[act.kind]]
                if act.kind is Kind.SELF_SCORED and after.returned:
                    window = Window(window.first, WINDOWS[Stage.APPRAISAL].last)
                assert window.first <= today <= window.last


def _through(*steps: tuple[date, tuple[object, ...]]) -> list[Noted]:
    noted: list[Noted] = []
    for today, what in steps:
        for act in attempt(standing(noted, today), what):
            noted.append(Noted(len(noted) + 1, act, "ai", AT))
    return noted


SELF = (Column.SELF, "unknown", Decimal(1), "", PAPER)
SUBMITTED = ((date(2024, 1, 2), SELF), (date(2024, 1, 3), ("step", passing.submit)))
APPRAISED = (*SUBMITTED, (date(2024, 1, 16), ("step", passing.end_appraisal)))


def test_columns_take_over_what_stands_before() -> None:
    sheet = fold(_through(*APPRAISED))
    for column in (Column.SELF, Column.APPRAISED):
        assert sheet.points(column, "counted") == Decimal("1.5")
        assert sheet.points(column, "unknown") == 1
    own = sheet.entry(Column.SELF, "counted")
    assert own is not None
    assert own.act.evidence == FIGURE


def test_a_sheet_sent_back_is_mended_and_handed_in_anew() -> None:
    noted = _through(*SUBMITTED)
    on = partial(date, 2024, 1)
    for today in (on(15), date(2024, 2, 1)):  # before the appraisal, and after it
        with pytest.raises(RuleError, match="thời gian thẩm định"):
            send_back(standing(noted, today))
    with pytest.raises(InputError, match="nêu lý do trả lại"):
        passing.send_back(standing(noted, on(16)), "  ")
    back = (*SUBMITTED, (on(16), ("step", send_back)))
    sheet = fold(_through(*back))
    assert sheet.state is State.OPEN
    assert State.SUBMITTED not in sheet.closed
    assert sheet.points(Column.SELF, "unknown") == 1  # all that was given stays
    assert [each.act.reason for each in sheet.returned] == ["thiếu văn bản kiểm chứng"]
    other = (Column.SELF, "counted", Decimal(1), "tính lại", PAPER)
    again = (*back, (on(31), other), (on(31), ("step", passing.submit)))
    mended = fold(_through(*again))
    assert (mended.state, mended.points(Column.SELF, "counted")) == (State.SUBMITTED, Decimal(1))
    with pytest.raises(RuleError, match="thẩm định"):  # the time for that is over too
        _through(*back, (date(2024, 2, 1), other))
    with pytest.raises(RuleError, match="đang tự chấm"):
        send_back(standing(_through(*back), on(17)))


def test_what_was_taken_over_is_not_handed_in_when_its_ground_has_changed() -> None:
    # as the period was restated, or another result was entered, after the points were given
    noted = _through((date(2024, 1, 2), (Column.SELF, "counted", Decimal("1.5"), "", None)))
    noted += [replace(_through((date(2024, 1, 2), SELF))[0], seq=2)]
    lines = {**LINES, "counted": replace(LINES["counted"], computed=Decimal(1))}
    later = Standing(fold(noted), ROUND, date(2024, 1, 3), lines, 2)
    with pytest.raises(RuleError, match="counted: điểm tự chấm không còn bằng điểm tính"):
        passing.submit(later)
    (act,) = scoring.give_points(later, Column.SELF, "counted", Decimal("1.5"), "vì thế", PAPER)
    said = Standing(fold([*noted, Noted(3, act, "ai", AT)]), ROUND, date(2024, 1, 3), lines, 2)
    assert passing.submit(said)[-1].kind is Kind.SUBMITTED


MAY_BEGIN = {
    Column.SELF: (date(2024, 1, 2), (SUBMITTED[0],)),
    Column.APPRAISED: (date(2024, 1, 16), SUBMITTED),
    Column.APPROVED: (date(2024, 2, 6), APPRAISED),
}


def give(column: Column, leaf: str, points: str, reason: str = "") -> tuple[Act, ...]:
    today, steps = MAY_BEGIN[column]
    now = standing(_through(*steps), today)
    return scoring.give_points(now, column, leaf, Decimal(points), reason, PAPER)


@pytest.mark.parametrize("column", Column)
def test_a_departure_says_why(column: Column) -> None:
    with pytest.raises(InputError, match="hãy nêu lý do"):
        give(column, "counted", "1")
    (act,) = give(column, "counted", "1", "vì thế")
    assert (act.points, act.reason, act.evidence) == (Decimal(1), "vì thế", PAPER)
    assert give(column, "counted", "1.5")  # what stood before needs none


def test_approval_departs_from_the_appraisal_and_not_from_the_unit() -> None:
    other = (Column.APPRAISED, "counted", Decimal(1), "vì thế", None)
    steps = (*SUBMITTED, (date(2024, 1, 16), other), APPRAISED[-1])
    now = standing(_through(*steps), date(2024, 2, 6))
    assert scoring.give_points(now, Column.APPROVED, "counted", Decimal(1))
    with pytest.raises(InputError, match="khác điểm thẩm định 1, hãy nêu lý do"):
        scoring.give_points(now, Column.APPROVED, "counted", Decimal("1.5"))


@pytest.mark.parametrize("column", Column)
@pytest.mark.parametrize(
    ("leaf", "points", "words"),
    [
        ("counted", "2.01", "phải từ 0 đến 2"),
        ("counted", "-0.01", "phải từ 0 đến 2"),
        ("counted", "NaN", "phải từ 0 đến 2"),
        ("counted", "0.123", "nhiều nhất 2 chữ số"),
        ("left-out", "1", "không áp dụng"),
        ("other", "1", "không có tiêu chí"),
    ],
)
def test_points_that_a_leaf_cannot_have(column: Column, leaf: str, points: str, words: str) -> None:
    with pytest.raises(TthcError, match=words):
        give(column, leaf, points, "vì thế")


def test_a_unit_does_not_score_a_survey() -> None:
    with pytest.raises(RuleError, match="đơn vị không tự chấm"):
        give(Column.SELF, "survey", "1", "vì thế")


def test_approval_waits_for_the_explanation_or_its_time() -> None:
    noted = _through(*APPRAISED)
    with pytest.raises(RuleError, match="chờ giải trình"):
        passing.end_approval(standing(noted, date(2024, 2, 5)))
    with pytest.raises(RuleError, match="survey"):  # no survey yet
        passing.end_approval(standing(noted, date(2024, 2, 6)))


def test_what_a_survey_gave_is_appraised_and_approved() -> None:
    noted = _through(*SUBMITTED)
    act = scoring.entering("survey", points=Decimal(4), items=(), on=None, evidence=PAPER)
    now = standing(noted, date(2024, 1, 20))
    assert scoring.enter(now, "survey", act) == (act,)
    lines = {**LINES, "survey": replace(LINES["survey"], computed=Decimal(4))}
    later = Standing(fold(noted), ROUND, date(2024, 1, 20), lines, 2)
    taken = {each.leaf: each.points for each in passing.end_appraisal(later) if each.leaf}
    assert taken == {"counted": Decimal("1.5"), "unknown": 1, "survey": 4}


@pytest.mark.parametrize(
    ("evidence", "words"),
    [((Proof.FILE, "abc"), "64 chữ số"), ((Proof.DOCUMENT, "  "), "phải có số")],
)
def test_evidence_names_something(evidence: tuple[Proof, str], words: str) -> None:
    with pytest.raises(InputError, match=words):
        Evidence(*evidence)


def test_windows_follow_each_other() -> None:
    check_windows(WINDOWS)
    turned = WINDOWS | {Stage.APPROVAL: Window(date(2024, 1, 1), date(2024, 1, 9))}
    with pytest.raises(InputError, match="bắt đầu trước bước trước nó"):
        check_windows(turned)
    with pytest.raises(InputError, match="thiếu thời gian phê duyệt"):
        check_windows({key: each for key, each in WINDOWS.items() if key is not Stage.APPROVAL})
    for first, second in pairwise(Stage):
        assert WINDOWS[first].first < WINDOWS[second].first
