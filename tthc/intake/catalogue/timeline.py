"""Versions of things in the catalogue: a later decision ends what held and begins what holds."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Generic, Literal, NamedTuple, TypeVar

from tthc.domain.catalog import in_force

Facts = TypeVar("Facts")
Key = tuple[str | None, ...]
Act = Literal["added", "changed", "ended", "unchanged"]


class Version(NamedTuple, Generic[Facts]):
    """What held for a time; `id` is None while only the import knows it."""

    id: int | None
    valid_from: date | None
    valid_to: date | None
    facts: Facts


class Step(NamedTuple, Generic[Facts]):
    """What one row does: ends `before` on a date and begins `after`, or one of the two."""

    line: int
    act: Act
    key: Key
    before: Version[Facts] | None
    after: Version[Facts] | None
    on: date


class UnplaceableError(Exception):
    """A row that would overwrite what is already decided; the text says why."""


class Timeline(Generic[Facts]):
    """Every version by key, with those that the rows of one decision would bring."""

    def __init__(self, versions: Mapping[Key, Sequence[Version[Facts]]]) -> None:
        self._versions = versions
        self._touched: dict[Key, list[Version[Facts]]] = {}
        self._by_first: dict[str | None, dict[Key, None]] = {}
        for key in versions:
            self._by_first.setdefault(key[0], {})[key] = None

    def of(self, key: Key) -> Sequence[Version[Facts]]:
        return self._touched.get(key, self._versions.get(key, ()))

    def keys_of(self, first: str) -> list[Key]:
        """The keys whose first part is this one."""
        return [key for key in dict.fromkeys((*self._versions, *self._touched)) if key[0] == first]

    def at(self, key: Key, day: date) -> Version[Facts] | None:
        """The version in force on a date; where two claim it, the later one."""
        held = [v for v in self.of(key) if in_force(v.valid_from, v.valid_to, day)]
        return max(held, key=lambda v: v.valid_from or date.min, default=None)

    def check(self, key: Key, facts: Facts, start: date) -> None:
        """Refuse what would overwrite a version that began on the same date."""
        current = self.at(key, start)
        if current is not None and current.valid_from == start and current.facts != facts:
            raise UnplaceableError(
                f"đã có nội dung khác, cũng có hiệu lực đúng từ {start:%d/%m/%Y}; không ghi đè"
            )

    def put(self, line: int, key: Key, facts: Facts, start: date, end: date | None) -> Step[Facts]:
        """Let facts hold from a date on, until an end or until the next version begins."""
        self.check(key, facts, start)
        current = self.at(key, start)
        following = [v.valid_from for v in self.of(key) if v.valid_from and v.valid_from > start]
        until = current.valid_to if current is not None else min(following, default=None)
        if end is not None:
            until = min(end, until or end)
        if current is not None and current.facts == facts:
            if end is None or until == current.valid_to:
                return Step(line, "unchanged", key, current, current, start)
            return self._end(line, key, current, end)
        after = Version(None, start, until, facts)
        kept = [v._replace(valid_to=start) if v is current else v for v in self.of(key)]
        self._touched[key] = [*kept, after]
        self._by_first.setdefault(key[0], {})[key] = None
        return Step(line, "changed" if current else "added", key, current, after, start)

    def end(self, line: int, key: Key, day: date) -> Step[Facts]:
        """Let nothing hold from a date on."""
        for version in self.of(key):
            if version.valid_to == day:
                return Step(line, "unchanged", key, version, None, day)
        current = self.at(key, day)
        if current is None or current.valid_from == day:
            raise UnplaceableError(
                f"không có gì đang hiệu lực trước ngày {day:%d/%m/%Y} để kết thúc"
            )
        return self._end(line, key, current, day)

    def _end(self, line: int, key: Key, current: Version[Facts], day: date) -> Step[Facts]:
        self._touched[key] = [v._replace(valid_to=day) if v is current else v for v in self.of(key)]
        return Step(line, "ended", key, current, None, day)
