"""The packaged reference facts (`reference/*.csv.gz`), read as they were published."""

import csv
import gzip
import hashlib
from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date
from importlib.resources import files
from io import StringIO
from typing import NamedTuple

FILES = ("units", "lineage", "procedures", "terms", "online_levels")


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


def digest() -> str:
    """A fingerprint of every packaged fact and of the sources they cite."""
    seen = hashlib.sha256()
    folder = files("tthc.rules")
    for name in FILES:
        seen.update(folder.joinpath(f"reference/{name}.csv.gz").read_bytes())
    seen.update(folder.joinpath("sources.toml").read_bytes())
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


def _rows(name: str) -> Iterator[list[str]]:
    packed = files("tthc.rules").joinpath(f"reference/{name}.csv.gz").read_bytes()
    rows = csv.reader(StringIO(gzip.decompress(packed).decode(), newline=""))
    next(rows)
    return rows


def _date(text: str) -> date | None:
    return date.fromisoformat(text) if text else None
