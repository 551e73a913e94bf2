"""A sheet passes from one stage to the next: leaves that nobody touched take over what stood
before, in acts of their own, so that every column says who gave every point.
"""

from decimal import Decimal

from tthc.domain.errors import InputError, RuleError
from tthc.domain.score_sheet.acts import Act, Evidence, Kind, Result
from tthc.domain.score_sheet.rounds import Stage
from tthc.domain.score_sheet.scoring import BEFORE, KINDS, check_approval
from tthc.domain.score_sheet.sheet import COLUMN_NAMES, Column, State
from tthc.domain.score_sheet.standing import Standing


def submit(standing: Standing) -> tuple[Act, ...]:
    """The unit's leader hands the sheet in; where nothing was scored, the computed points are
    taken over. Raises RuleError naming the leaves that still lack points.
    """
    standing.need(State.OPEN)
    standing.check_own_time()
    return _close(standing, Column.SELF, Kind.SUBMITTED)


def send_back(standing: Standing, reason: str) -> tuple[Act, ...]:
    """The appraiser sends a sheet back to be completed or accounted for (bổ sung, giải trình): all
    that was given stays, and the unit hands it in anew before the appraisal ends.
    """
    standing.need(State.SUBMITTED)
    standing.round.check_open(Stage.APPRAISAL, standing.today)
    if not reason.strip():
        raise InputError("Hãy nêu lý do trả lại phiếu: đơn vị cần bổ sung, giải trình điều gì.")
    return (Act(Kind.RETURNED, reason=reason.strip()),)


def end_appraisal(standing: Standing) -> tuple[Act, ...]:
    """The appraiser is done; what was not touched keeps the unit's own points."""
    standing.need(State.SUBMITTED)
    standing.round.check_open(Stage.APPRAISAL, standing.today)
    return _close(standing, Column.APPRAISED, Kind.APPRAISAL_ENDED)


def end_explanation(standing: Standing) -> tuple[Act, ...]:
    """The unit has said what it had to say, perhaps nothing."""
    standing.need(State.APPRAISED)
    standing.round.check_open(Stage.EXPLANATION, standing.today)
    return (Act(Kind.EXPLANATION_ENDED),)


def end_approval(standing: Standing) -> tuple[Act, ...]:
    """The leader above approves; what was not touched keeps the appraised points."""
    check_approval(standing)
    return _close(standing, Column.APPROVED, Kind.APPROVAL_ENDED)


def publish(standing: Standing, total: Result) -> tuple[Act, ...]:
    """An approved sheet is made public with its sum."""
    standing.need(State.APPROVED)
    return (Act(Kind.PUBLISHED, total=total),)


def _close(standing: Standing, column: Column, kind: Kind) -> tuple[Act, ...]:
    """The acts that take points over, and the one that closes the stage."""
    taken, missing, unsaid = [], [], []
    for line in standing.lines.values():
        if not line.applies or (line.surveyed and column is Column.SELF):
            continue
        points, entry = standing.before(column, line), standing.sheet.entry(column, line.code)
        if entry:
            if points not in (None, entry.act.points) and not entry.act.reason:
                unsaid.append(line.code)
            continue
        if points is None:
            if not (line.surveyed and column is Column.APPRAISED):
                missing.append(line.code)
            continue
        proof = line.proof if column is Column.SELF else None
        taken.append(_taken(column, line.code, points, proof))
    if missing:
        raise RuleError(
            f"Còn tiêu chí {', '.join(missing)} chưa có {COLUMN_NAMES[column]}: hãy chấm kèm tài "
            "liệu kiểm chứng rồi làm tiếp."
        )
    if unsaid:  # what stood before was changed after it was taken over
        raise RuleError(
            f"Tiêu chí {', '.join(unsaid)}: {COLUMN_NAMES[column]} không còn bằng {BEFORE[column]} "
            "mà chưa có lý do: hãy ghi lại điểm, nêu lý do nếu vẫn khác."
        )
    return (*taken, Act(kind))


def _taken(column: Column, leaf: str, points: Decimal, proof: Evidence | None) -> Act:
    return Act(KINDS[column], leaf, points, "", proof)
