"""What is decided upon: a sheet, its round, the day, and each leaf with what was computed."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from tthc.domain.errors import InputError, NotFoundError, RuleError
from tthc.domain.score_sheet.acts import Evidence, Noted
from tthc.domain.score_sheet.rounds import Round, Stage
from tthc.domain.score_sheet.sheet import STATE_NAMES, Column, Sheet, State
from tthc.domain.scoring.wording import plain


@dataclass(frozen=True, slots=True)
class Line:
    """A leaf on a sheet. `computed`: ours, rounded as printed, None where it can't be scored, and
    `proof` the figures that it rests on. `applies` is false where it is left out; `by_people`:
    it is scored on what people enter.
    """

    code: str
    most: Decimal
    computed: Decimal | None
    least: Decimal = Decimal(0)
    applies: bool = True
    by_people: bool = False
    surveyed: bool = False
    proof: Evidence | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """A sheet as it stands today, for whoever decides what is done next."""

    sheet: Sheet
    round: Round
    today: date
    lines: Mapping[str, Line]
    decimals: int

    def line(self, leaf: str) -> Line:
        """A leaf of the sheet. Raises NotFoundError or RuleError."""
        if leaf not in self.lines:
            raise NotFoundError(
                f"Phiếu này không có tiêu chí thành phần “{leaf}”; có: {', '.join(self.lines)}."
            )
        line = self.lines[leaf]
        if not line.applies:
            raise RuleError(f"Tiêu chí {leaf} không áp dụng cho đơn vị trong kỳ này.")
        return line

    def before(self, column: Column, line: Line) -> Decimal | None:
        """The points of the column before, from which a column may depart."""
        if column is Column.SELF or (column is Column.APPRAISED and line.surveyed):
            return line.computed
        earlier = Column.SELF if column is Column.APPRAISED else Column.APPRAISED
        return self.sheet.points(earlier, line.code)

    def need(self, *states: State) -> None:
        """Raises RuleError in any other state."""
        if self.sheet.state not in states:
            raise RuleError(
                f"Phiếu {STATE_NAMES[self.sheet.state]}, nên chưa làm hoặc không làm lại được việc "
                f"này: việc này dành cho phiếu {' hoặc '.join(STATE_NAMES[one] for one in states)}."
            )

    def check_own_time(self) -> None:
        """Raises RuleError outside the time in which a unit scores itself: a sheet that was sent
        back has until the end of the appraisal.
        """
        late = self.sheet.returned and self.round.is_over(Stage.SELF, self.today)
        self.round.check_open(Stage.APPRAISAL if late else Stage.SELF, self.today)

    def check_points(self, line: Line, points: Decimal) -> None:
        """Raises InputError for points that the leaf can't have."""
        if not points.is_finite() or not line.least <= points <= line.most:
            raise InputError(
                f"Điểm của tiêu chí {line.code} phải từ {plain(line.least)} đến {plain(line.most)}."
            )
        if points != round(points, self.decimals):
            raise InputError(
                f"Điểm của tiêu chí {line.code} có nhiều nhất {self.decimals} chữ số thập phân."
            )

    def same(
        self,
        noted: Noted | None,
        points: Decimal | None,
        reason: str,
        evidence: Evidence | None,
    ) -> bool:
        """Whether the last entry says just this."""
        if noted is None:
            return False
        act = noted.act
        return (act.points, act.reason, act.evidence) == (points, reason, evidence)
