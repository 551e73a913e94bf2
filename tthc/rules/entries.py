"""A table of a file of law, read key by key; what is wrong is told with file, line and key."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from difflib import get_close_matches
from typing import Any, NoReturn

from tthc.domain.errors import RulesFileError
from tthc.rules.lines import Path, line_of

_MISSING: Any = object()


@dataclass(slots=True)
class Entry:
    """A table and where it stands. Every read takes a key; `close` refuses those left over."""

    file: str
    values: Mapping[str, Any]
    lines: dict[Path, int] = field(default_factory=dict)
    path: Path = ()
    read: set[str] = field(default_factory=set)

    def refuse(self, key: str | None, problem: str) -> NoReturn:
        """Raise RulesFileError in one sentence: file, line, key, what is wrong."""
        path = (*self.path, key) if key else self.path
        line = f", dòng {line_of(self.lines, path)}" if self.lines else ""
        named = f", mục “{key}”" if key else ""
        raise RulesFileError(f"{self.file}{line}{named}: {problem}.")

    def get(self, key: str, default: Any = _MISSING) -> Any:  # noqa: ANN401  # as TOML holds it
        self.read.add(key)
        if key in self.values:
            return self.values[key]
        if default is _MISSING:
            self.refuse(key, "thiếu mục này")
        return default

    def decimal(self, key: str, default: Any = _MISSING) -> Decimal:  # noqa: ANN401  # or a default
        value = self.get(key, default)
        if isinstance(value, bool) or not isinstance(value, int | Decimal):
            self.refuse(key, f"phải là một số, không phải “{value}”")
        return Decimal(value)

    def maybe_decimal(self, key: str) -> Decimal | None:
        return self.decimal(key) if key in self.values else None

    def whole(self, key: str, default: Any = _MISSING) -> int:  # noqa: ANN401  # or a default
        value = self.get(key, default)
        if isinstance(value, bool) or not isinstance(value, int):
            self.refuse(key, f"phải là một số nguyên, không phải “{value}”")
        return value

    def text(self, key: str, default: Any = _MISSING) -> str:  # noqa: ANN401  # or a default
        value = self.get(key, default)
        if not isinstance(value, str) or not value.strip():
            self.refuse(key, "phải là chữ, không để trống")
        return value

    def flag(self, key: str, *, default: bool) -> bool:
        value = self.get(key, default)
        if not isinstance(value, bool):
            self.refuse(key, f"phải là true hoặc false, không phải “{value}”")
        return value

    def maybe_date(self, key: str) -> date | None:
        value = self.get(key, None)
        if value is not None and type(value) is not date:
            self.refuse(key, f"phải là một ngày như 2025-07-01, không phải “{value}”")
        return value

    def names(self, key: str, allowed: Mapping[str, object] | set[str]) -> tuple[str, ...]:
        """A list of names, each among those allowed."""
        value = self.get(key)
        if not isinstance(value, list) or not value:
            self.refuse(key, "phải là một danh sách, không để trống")
        for name in value:
            if name not in allowed:
                self.refuse(key, f"không có “{name}”{_meant(str(name), allowed)}")
        return tuple(value)

    def choice(self, key: str, allowed: Mapping[str, object] | set[str]) -> str:
        value = self.text(key)
        if value not in allowed:
            self.refuse(key, f"không có “{value}”{_meant(value, allowed)}")
        return value

    def tables(self, key: str, *, needed: bool = True) -> list["Entry"]:
        """The tables of an array, each with its place."""
        value = self.get(key, _MISSING if needed else [])
        if not isinstance(value, list) or (needed and not value):
            self.refuse(key, "phải có ít nhất một phần tử")
        for each in value:
            if not isinstance(each, dict):
                self.refuse(key, f"mỗi phần tử phải là một bảng, không phải “{each}”")
        return [
            Entry(self.file, each, self.lines, (*self.path, key, at))
            for at, each in enumerate(value)
        ]

    def changed(self, values: Mapping[str, Any], path: Path) -> "Entry":
        """The same table with other values, told to stand elsewhere."""
        return Entry(self.file, values, self.lines, path)

    def close(self) -> None:
        """Refuse keys that nobody read: a typing error, or a rule that has no such thing."""
        for key in self.values:
            if key not in self.read:
                self.refuse(key, f"mục lạ{_meant(key, self.read)}")


def _meant(name: str, allowed: Mapping[str, object] | set[str]) -> str:
    close = get_close_matches(name, [str(each) for each in allowed], n=1)
    return f"; có phải “{close[0]}”?" if close else f"; chọn trong: {', '.join(sorted(allowed))}"
