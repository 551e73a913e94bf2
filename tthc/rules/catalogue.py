"""The packaged reference facts (`reference/*.csv.gz`), read as they were published."""

import csv
import gzip
import hashlib
from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date
from io import StringIO
from typing import NamedTuple

from tthc.rules.files import RULES, toml_files

FILES = ("units", "lineage", "procedures", "terms", "online_levels", "workflows", "steps")
CALENDARS = ("vn",)


class UnitFact(NamedTuple):
    code: str
    level: str
    name: str
    parent: str | None
    valid_from: date | None
    valid_to: date | None
    source: str
    note: str | None


class Succession(NamedTuple):
    """One unit passing to another; a divided unit has several successors."""

    predecessor: str
    successor: str
    changed_on: date
    source: str
    divided: bool


class TermFact(NamedTuple):
    procedure_code: str
    channel: str
    amount: str
    unit: str


class OnlineLevelFact(NamedTuple):
    procedure_code: str
    level: str
    online_level: str | None
    decided_by: str
    source: str


class WorkflowFact(NamedTuple):
    """An internal workflow of a procedure; `total` is what the decision states for all of it."""

    procedure_code: str
    source: str
    workflow: str
    total: str


class StepFact(NamedTuple):
    """A step of a workflow; `time` is as published, in words where no time is counted."""

    procedure_code: str
    source: str
    workflow: str
    position: int
    name: str
    performer: str
    time: str


def digest() -> str:
    """A fingerprint of every packaged fact, of the calendars and of the sources they cite."""
    seen = hashlib.sha256()
    for name in FILES:
        seen.update(RULES.joinpath(f"reference/{name}.csv.gz").read_bytes())
    folders = (RULES, RULES / "calendars", *(RULES / "calendars" / code for code in CALENDARS))
    for folder in folders:
        for file in toml_files(folder):
            seen.update(file.read_bytes())
    return seen.hexdigest()


def units() -> list[UnitFact]:
    """Provinces, districts and communes before and after 2025-07-01."""
    return [
        UnitFact(code, level, name, parent or None, _date(start), _date(end), source, note or None)
        for code, level, name, parent, start, end, source, note in _rows("units")
    ]


def successions(all_units: Sequence[UnitFact]) -> list[Succession]:
    """Who inherited whom; a district is inherited by all that inherited its communes."""
    pairs: dict[tuple[str, str, date], str] = {}
    districts = {u.code for u in all_units if u.level == "district"}
    district_of = {(u.code, u.valid_to): u.parent for u in all_units if u.parent in districts}
    for predecessor, successor, changed, source in _rows("lineage"):
        on = date.fromisoformat(changed)
        pairs[predecessor, successor, on] = source
        district = district_of.get((predecessor, on))
        if district is not None:
            pairs.setdefault((district, successor, on), source)
    successors: dict[tuple[str, date], int] = defaultdict(int)
    for predecessor, _, on in pairs:
        successors[predecessor, on] += 1
    return [
        Succession(predecessor, successor, on, source, successors[predecessor, on] > 1)
        for (predecessor, successor, on), source in pairs.items()
    ]


def procedures() -> list[tuple[str, str, str, list[str], str]]:
    """Code, name, sector, levels and decision of every procedure."""
    return [
        (code, name, sector, levels.split(), decision)
        for code, name, sector, levels, decision in _rows("procedures")
    ]


def terms() -> list[TermFact]:
    """The published limits, doubled ones too."""
    return [TermFact(*row) for row in _rows("terms")]


def online_levels() -> list[OnlineLevelFact]:
    """The online level of a procedure at each level of government that a decision names."""
    return [
        OnlineLevelFact(code, level, online_level or None, decided_by, source)
        for code, levels, online_level, decided_by, source in _rows("online_levels")
        for level in levels.split()
    ]


def workflows() -> list[WorkflowFact]:
    """The internal workflows that decisions publish, one for each total that they state."""
    return [WorkflowFact(*row) for row in _rows("workflows")]


def steps() -> list[StepFact]:
    """The steps of those workflows, in their order."""
    return [
        StepFact(code, source, workflow, int(position), name, performer, time)
        for code, source, workflow, position, name, performer, time in _rows("steps")
    ]


def _rows(name: str) -> Iterator[list[str]]:
    packed = RULES.joinpath(f"reference/{name}.csv.gz").read_bytes()
    rows = csv.reader(StringIO(gzip.decompress(packed).decode(), newline=""))
    next(rows)
    return rows


def _date(text: str) -> date | None:
    return date.fromisoformat(text) if text else None
