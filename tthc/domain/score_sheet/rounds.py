"""A round of scoring: one rubric in one period, in windows of dates that a decision sets."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum

from tthc.domain.errors import InputError, RuleError


class Stage(StrEnum):
    """What is done to every sheet of a round, in this order."""

    SELF = "self"
    APPRAISAL = "appraisal"
    EXPLANATION = "explanation"
    APPROVAL = "approval"


STAGE_NAMES = {
    Stage.SELF: "tự chấm điểm",
    Stage.APPRAISAL: "thẩm định",
    Stage.EXPLANATION: "giải trình",
    Stage.APPROVAL: "phê duyệt",
}


@dataclass(frozen=True, slots=True)
class Window:
    """Local dates, the last one included."""

    first: date
    last: date

    def words(self) -> str:
        return f"từ {self.first:%d/%m/%Y} đến hết {self.last:%d/%m/%Y}"


Windows = Mapping[Stage, Window]


@dataclass(frozen=True, slots=True)
class Round:
    """The windows as the last version of the decision has them.

    `blocks`: the windows of blocks that have their own. `appraisers`: by block the logins that
    appraise it; a block that is not named is any appraiser's of the world.
    """

    windows: Windows
    decision: str
    version: int = 1
    appraisers: Mapping[str, tuple[str, ...]] | None = None
    blocks: Mapping[str, Windows] = field(default_factory=dict)

    def of_block(self, block: str | None) -> "Round":
        """The round as a block has it, in windows of its own where it was given them."""
        return replace(self, windows=self.blocks.get(block or "", self.windows))

    def check_open(self, stage: Stage, today: date) -> None:
        """Raises RuleError outside the window of a stage."""
        window = self.windows[stage]
        if not window.first <= today <= window.last:
            raise RuleError(
                f"Hôm nay {today:%d/%m/%Y} không trong thời gian {STAGE_NAMES[stage]} "
                f"({window.words()}): hãy làm trong thời gian ấy, hoặc đề nghị gia hạn đợt chấm."
            )

    def is_over(self, stage: Stage, today: date) -> bool:
        """Whether the window of a stage has passed."""
        return today > self.windows[stage].last


def check_windows(windows: Windows) -> None:
    """Raises InputError unless every stage has a window that begins after the one before did."""
    before: Window | None = None
    for stage in Stage:
        window = windows.get(stage)
        if window is None:
            raise InputError(f"Đợt chấm điểm thiếu thời gian {STAGE_NAMES[stage]}: hãy nêu đủ.")
        if window.last < window.first:
            raise InputError(
                f"Thời gian {STAGE_NAMES[stage]} kết thúc trước khi bắt đầu: hãy sửa ngày."
            )
        if before and window.first < before.first:
            raise InputError(
                f"Thời gian {STAGE_NAMES[stage]} bắt đầu trước bước trước nó: hãy sửa ngày."
            )
        before = window
