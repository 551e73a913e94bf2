"""A row of a units annex, read."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from tthc.intake.catalogue.plan import read_dates
from tthc.intake.catalogue.sheet import RowProblems, SheetRow
from tthc.intake.catalogue.timeline import Key
from tthc.intake.catalogue.words import KINDS, LEVELS, read_word

REQUIRED = ("code",)
OPTIONAL = ("name", "kind", "level", "parent", "valid_from", "valid_to", "successors", "note")
LONGEST_CODE = 50


@dataclass(frozen=True)
class UnitFacts:
    """What a unit is; `parent` is the code above it and the start of that version."""

    name: str
    kind: str
    level: str
    parent: tuple[str, date | None] | None
    note: str | None = field(default=None, compare=False)

    def __str__(self) -> str:
        above = f", thuộc {self.parent[0]}" if self.parent else ""
        return f"{self.name} ({KINDS.get(self.kind, (self.kind,))[0]}, {self.level}{above})"


class UnitRow(NamedTuple):
    line: int
    key: Key
    start: date
    end: date | None
    ends: bool
    name: str
    kind: str
    level: str
    parent: str | None
    note: str | None
    successors: tuple[str, ...]


def read_unit(row: SheetRow, problems: RowProblems, decided_on: date) -> UnitRow:
    """What a row says of a unit; `problems` collects what is wrong with it."""
    cells = defaultdict(str, row.cells)
    start, end = read_dates(row, problems, decided_on)
    code = cells["code"]
    if not code or len(code) > LONGEST_CODE or not set(code).isdisjoint(" @;,"):
        problems.add("cột code: cần mã đơn vị, không có dấu cách, @, dấu phẩy, tối đa 50 ký tự")
    kind = read_word(problems, "kind", cells["kind"], KINDS)
    level = read_word(problems, "level", cells["level"], LEVELS)
    ends = not cells["name"]
    if ends:
        start = end or start
        if end is None:
            problems.add("cần name (đơn vị mới hoặc đổi) hoặc valid_to (đơn vị kết thúc)")
    elif not problems.reasons and (kind is None or level is None):
        problems.add("đơn vị mới hoặc đổi cần kind và level")
    return UnitRow(
        row.line,
        (code,),
        start,
        None if ends else end,
        ends,
        cells["name"],
        kind or "",
        level or "",
        cells["parent"] or None,
        cells["note"] or None,
        tuple(dict.fromkeys(cells["successors"].replace(",", " ").replace(";", " ").split())),
    )


def in_order(rows: list[UnitRow]) -> tuple[list[UnitRow], list[UnitRow]]:
    """Endings first, then every unit after the one above it; and those that go in a circle."""
    ordered = [row for row in rows if row.ends]
    waiting = [row for row in rows if not row.ends]
    while waiting:
        codes = {row.key[0] for row in waiting}
        ready = [row for row in waiting if row.parent not in codes]
        if not ready:
            break
        ordered += ready
        waiting = [row for row in waiting if row.parent in codes]
    return ordered, waiting
