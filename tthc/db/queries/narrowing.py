"""What a list of cases is narrowed by besides its conditions: values, never texts of SQL."""

from collections.abc import Iterator
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class Narrowing:
    """Only cases with these values; None where any will do.

    `sector` is a name, `procedure` a code, `officer` a login. `drafted`: an apology is drafted
    and none is issued. `explained`: somebody has explained the case. `step`: the number of its step
    in the internal workflow, or the beginning of what the step is called. `ids`: of these cases.
    """

    level: str | None = None
    sector: str | None = None
    procedure: str | None = None
    officer: str | None = None
    channel: str | None = None
    state: int | None = None
    cause: str | None = None
    drafted: bool | None = None
    explained: bool | None = None
    step: str | None = None
    ids: tuple[int, ...] | None = None

    @property
    def columns(self) -> frozenset[str]:
        """The columns of the facts that its conditions read."""
        return frozenset(column for name in self._given() for column in _CONDITIONS[name][0])

    def conditions(self) -> list[str]:
        """Over facts `f`; what was given are parameters of the same names."""
        return [
            f"NOT {_CONDITIONS[name][1]}" if value is False else _CONDITIONS[name][1]
            for name, value in self._given().items()
        ]

    def parameters(self, known_at: datetime) -> dict[str, Any]:
        """What the conditions are asked with; drafts and explanations as recorded by `known_at`."""
        given = {
            name: list(value) if isinstance(value, tuple) else value
            for name, value in self._given().items()
            if not isinstance(value, bool)
        }
        if self.step is not None and self.step.isdecimal():
            given["step"] = f"{self.step}. "
        return given | dict(self._known(known_at))

    def _known(self, known_at: datetime) -> Iterator[tuple[str, datetime]]:
        if self.drafted is not None or self.explained is not None:
            yield "known_at", known_at

    def _given(self) -> dict[str, Any]:
        values = {each.name: getattr(self, each.name) for each in fields(self)}
        return {name: value for name, value in values.items() if value is not None}


ANY = Narrowing()
_PROCEDURE = "f.procedure_id IN (SELECT p.id FROM procedures p {})"
_DRAFTED = "EXISTS (SELECT FROM letters l WHERE l.case_id = f.id AND l.drafted_at <= :known_at)"
_EXPLAINED = (
    "EXISTS (SELECT FROM case_events e WHERE e.case_id = f.id AND e.type = 'explained' "
    "AND e.recorded_at <= :known_at)"
)
# name → the columns of the facts that it needs, its condition
_CONDITIONS = {
    "level": (("level",), "f.level = :level"),
    "sector": (
        ("procedure_id",),
        _PROCEDURE.format("JOIN sectors s ON s.id = p.sector_id WHERE s.name = :sector"),
    ),
    "procedure": (("procedure_id",), _PROCEDURE.format("WHERE p.code = :procedure")),
    "ids": (("id",), "f.id = ANY(CAST(:ids AS bigint[]))"),
    "officer": (("officer",), "f.officer = :officer"),
    "channel": (("channel",), "f.channel = :channel"),
    "state": (("state",), "f.state = :state"),
    "cause": (("cause",), "f.cause = :cause"),
    "step": (("step",), "starts_with(f.step, :step)"),
    "drafted": (
        ("id", "letter_issued_at"),
        f"(f.letter_issued_at IS NULL AND {_DRAFTED})",
    ),
    "explained": (
        ("id",),
        _EXPLAINED,
    ),
}
