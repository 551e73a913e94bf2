"""Points of one leaf in one column: who departs from the column before says why and by what."""

from datetime import date
from decimal import Decimal

from tthc.domain.errors import InputError, RuleError
from tthc.domain.score_sheet.acts import Act, Evidence, Kind
from tthc.domain.score_sheet.rounds import Stage
from tthc.domain.score_sheet.sheet import COLUMN_NAMES, Column, State
from tthc.domain.score_sheet.standing import Line, Standing
from tthc.domain.scoring.wording import plain

KINDS = {
    Column.SELF: Kind.SELF_SCORED,
    Column.APPRAISED: Kind.APPRAISED,
    Column.APPROVED: Kind.APPROVED,
}
BEFORE = {
    Column.SELF: "điểm tính từ số liệu",
    Column.APPRAISED: COLUMN_NAMES[Column.SELF],
    Column.APPROVED: COLUMN_NAMES[Column.APPRAISED],
}


def enter(standing: Standing, leaf: str, act: Act) -> tuple[Act, ...]:
    """Enter what people or a survey give of a leaf, with its evidence; the points are computed.

    Nothing where the same was entered last. Raises RuleError, InputError or NotFoundError.
    """
    line = standing.line(leaf)
    if not line.by_people:
        raise RuleError(
            f"Tiêu chí {leaf} được tính từ hồ sơ, không nhập kết quả: muốn chấm khác thì ghi điểm "
            "tự chấm kèm lý do."
        )
    if line.surveyed:
        standing.need(State.OPEN, State.SUBMITTED, State.APPRAISED, State.EXPLAINED)
    else:
        standing.need(State.OPEN)
        standing.check_own_time()
    if act.points is not None:
        standing.check_points(line, act.points)
    if act.evidence is None:
        raise InputError(f"Tiêu chí {leaf}: hãy nêu tài liệu kiểm chứng của kết quả nhập.")
    last = standing.sheet.entered.get(leaf)
    return () if last and last.act == act else (act,)


def entering(
    leaf: str,
    *,
    points: Decimal | None,
    items: tuple[str, ...],
    on: date | None,
    evidence: Evidence | None,
    note: str = "",
) -> Act:
    """What somebody enters. Raises InputError where it says nothing at all."""
    if points is None and not items and on is None:
        raise InputError(f"Tiêu chí {leaf}: hãy nhập điểm, các mục đã có, hoặc ngày nộp.")
    return Act(Kind.ENTERED, leaf, points, note, evidence, tuple(sorted(items)), on)


def give_points(
    standing: Standing,
    column: Column,
    leaf: str,
    points: Decimal,
    reason: str = "",
    evidence: Evidence | None = None,
) -> tuple[Act, ...]:
    """Points of a leaf in a column. Nothing where the column says so already.

    Raises RuleError in another state or outside the window, InputError without the reason or
    evidence that a departure needs.
    """
    line = standing.line(leaf)
    _check_turn(standing, column, line)
    standing.check_points(line, points)
    earlier = standing.before(column, line)
    reason = reason.strip()
    if earlier is not None and points != earlier and not reason:
        raise InputError(
            f"Tiêu chí {leaf}: {COLUMN_NAMES[column]} {plain(points)} khác {BEFORE[column]} "
            f"{plain(earlier)}, hãy nêu lý do."
        )
    if column is Column.SELF:
        if evidence is None and points == earlier:
            evidence = line.proof
        if evidence is None:
            raise InputError(f"Tiêu chí {leaf}: hãy nêu tài liệu kiểm chứng của điểm tự chấm.")
    if standing.same(standing.sheet.entry(column, leaf), points, reason, evidence):
        return ()
    return (Act(KINDS[column], leaf, points, reason, evidence),)


def explain(
    standing: Standing, leaf: str, words: str, evidence: Evidence | None = None
) -> tuple[Act, ...]:
    """The unit explains a leaf whose appraised points depart from its own. Raises RuleError."""
    line = standing.line(leaf)
    standing.need(State.APPRAISED)
    standing.round.check_open(Stage.EXPLANATION, standing.today)
    words = words.strip()
    if not words:
        raise InputError(f"Tiêu chí {leaf}: hãy viết nội dung giải trình.")
    own, appraised = (
        standing.sheet.points(column, line.code) for column in (Column.SELF, Column.APPRAISED)
    )
    if own == appraised:
        raise RuleError(
            f"Tiêu chí {leaf}: điểm thẩm định bằng điểm tự chấm, không có gì để giải trình."
        )
    said = standing.sheet.explanations.get(leaf, ())
    if said and standing.same(said[-1], None, words, evidence):
        return ()
    return (Act(Kind.EXPLAINED, leaf, None, words, evidence),)


def restate(
    standing: Standing, leaf: str, points: Decimal, reason: str, evidence: Evidence | None
) -> tuple[Act, ...]:
    """Other points of a leaf after publication, always with a reason and evidence."""
    line = standing.line(leaf)
    standing.need(State.PUBLISHED)
    standing.check_points(line, points)
    last = standing.sheet.entry(Column.APPROVED, leaf)
    reason = reason.strip()
    if last and last.act.points == points:
        if standing.same(last, points, reason, evidence):
            return ()
        raise RuleError(f"Tiêu chí {leaf} đã công bố {plain(points)} điểm: không có gì thay đổi.")
    if not reason or evidence is None:
        raise InputError(
            f"Tiêu chí {leaf}: điều chỉnh sau công bố phải có lý do và tài liệu kiểm chứng."
        )
    return (Act(Kind.RESTATED, leaf, points, reason, evidence),)


def _check_turn(standing: Standing, column: Column, line: Line) -> None:
    if column is Column.SELF:
        if line.surveyed:
            raise RuleError(
                f"Tiêu chí {line.code} theo kết quả điều tra xã hội học: đơn vị không tự chấm."
            )
        standing.need(State.OPEN)
        standing.check_own_time()
    elif column is Column.APPRAISED:
        standing.need(State.SUBMITTED)
        standing.round.check_open(Stage.APPRAISAL, standing.today)
    else:
        check_approval(standing)


def check_approval(standing: Standing) -> None:
    """Raises RuleError unless the sheet waits for approval: it was explained, or the time for
    that is over.
    """
    if standing.sheet.state is State.APPRAISED and standing.round.is_over(
        Stage.EXPLANATION, standing.today
    ):
        return standing.round.check_open(Stage.APPROVAL, standing.today)
    standing.need(State.EXPLAINED)
    return standing.round.check_open(Stage.APPROVAL, standing.today)
