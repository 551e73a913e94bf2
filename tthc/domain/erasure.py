"""Erasing a person from a case that is over: the figures and the chain stay as they are."""

from tthc.domain.case import STATE_NAMES, Case, Decision
from tthc.domain.errors import RuleError
from tthc.domain.lifecycle import OVER, Occasion, allow, required


def erase(case: Case, on: Occasion, *, grounds: str) -> Decision:
    """Record that the identity and everything written freely is erased, and on what grounds.

    An open case, and a result not yet given out, need the person still.
    """
    if case.state not in OVER:
        raise RuleError(
            f"Hồ sơ đang ở trạng thái “{STATE_NAMES[case.state]}” nên còn cần thông tin của người "
            "nộp: chỉ xóa sau khi đã trả kết quả hoặc hồ sơ đã kết thúc."
        )
    allow(case, "erased", on)
    cited = required(grounds, "căn cứ xóa thông tin cá nhân (số văn bản, không ghi tên người)")
    return Decision("erased", on.at, {}, {"grounds": cited})
