"""The intervals in which the clock of a case stands still (rules 3.8)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from tthc.domain.errors import InputError, RuleError


@dataclass(frozen=True, slots=True)
class Suspension:
    """From the request until the answer, in UTC; None while nobody has answered yet."""

    started_at: datetime
    ended_at: datetime | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "started_at", _in_utc(self.started_at))
        object.__setattr__(self, "ended_at", self.ended_at and _in_utc(self.ended_at))
        if self.ended_at is not None and self.ended_at < self.started_at:
            raise RuleError("Thời điểm tiếp tục không được trước thời điểm tạm dừng.")


def _in_utc(instant: datetime) -> datetime:
    if instant.tzinfo is None:
        raise InputError("Thời điểm tạm dừng phải có múi giờ, ví dụ +07:00.")
    return instant.astimezone(UTC)


def united(suspensions: Iterable[Suspension]) -> tuple[Suspension, ...]:
    """Suspensions in order, those that overlap or touch made one: the clock stood still once."""
    whole: list[Suspension] = []
    for one in sorted(suspensions, key=lambda s: s.started_at):
        last = whole[-1] if whole else None
        if last is None or (last.ended_at is not None and last.ended_at < one.started_at):
            whole.append(one)
        elif last.ended_at is not None and (one.ended_at is None or one.ended_at > last.ended_at):
            whole[-1] = Suspension(last.started_at, one.ended_at)
    return tuple(whole)
