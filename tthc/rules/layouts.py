"""Official report layouts: their headings, what each column counts, and what must add up.

One declaration writes our report and reads another system's.
"""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any

from tthc.domain.errors import InputError, NotFoundError, RulesFileError
from tthc.rules.predicates import Predicate, read_condition
from tthc.rules.sources import source

NAMES = ("ii-06a", "ii-07", "letters", "weekly", "qd-766")
BASIS, POLICY = "current", "exists"
LABELS = 2  # the columns before the first figure: number and unit or sector


@dataclass(frozen=True, slots=True)
class ReportColumn:
    """A column of figures: its headings from the top down, its number, and what it counts; or the
    reason why the ledger has nothing to say.
    """

    key: str
    heading: tuple[str, ...]
    number: str
    counts: str | None = None
    missing: str | None = None

    @property
    def label(self) -> str:
        return " – ".join(self.heading)


@dataclass(frozen=True, slots=True)
class Identity:
    """One column is the sum of others."""

    whole: str
    parts: tuple[str, ...]

    def gap(self, row: Mapping[str, int | None]) -> int | None:
        """The parts' sum less the whole; None where something is not said."""
        whole, parts = row.get(self.whole), [row.get(part) for part in self.parts]
        if whole is None or any(part is None for part in parts):
            return None
        return sum(part for part in parts if part is not None) - whole


@dataclass(frozen=True, slots=True)
class ExportMapping:
    """Another province's way to fill columns, chosen at export and said on the report."""

    name: str
    label: str
    columns: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Layout:
    """A report's layout. `motto`: it is headed by its issuer and the country's name, as it has no
    head of a form of its own.
    """

    id: str
    version: int
    form: str
    title: str
    source: str
    row_heading: str
    columns: tuple[ReportColumn, ...]
    identities: tuple[Identity, ...]
    notes: tuple[str, ...] = ()
    mappings: Mapping[str, ExportMapping] = field(default_factory=dict)
    motto: bool = False

    def conditions(self, mapping: str | None = None) -> dict[str, Predicate]:
        """What each column counts, under a mapping if one is chosen. Raises InputError."""
        if mapping is not None and mapping not in self.mappings:
            known = ", ".join(self.mappings) or "không có"
            raise InputError(f"Mẫu “{self.id}” không có ánh xạ “{mapping}”; ánh xạ: {known}.")
        mapped = self.mappings[mapping].columns if mapping else {}
        return {
            each.key: _condition(self.id, mapping, each, mapped.get(each.key, each.counts))
            for each in self.columns
            if each.counts
        }

    def number(self, key: str) -> str:
        """A column's own number, "(3)", without the sum that may follow it."""
        found = next(each.number for each in self.columns if each.key == key)
        return found.partition("=")[0]

    def write(self, identity: Identity) -> str:
        """An identity in the columns' numbers, "(3) = (4) + (5)"."""
        return f"{self.number(identity.whole)} = {' + '.join(map(self.number, identity.parts))}"


def layout(name: str) -> Layout:
    """A layout by its name. Raises NotFoundError naming those that exist."""
    if name not in NAMES:
        raise NotFoundError(f"Không có mẫu báo cáo “{name}”; các mẫu: {', '.join(NAMES)}.")
    return _read(name)


def column(of: str) -> Predicate:
    """The cases that `LAYOUT/KEY` or `LAYOUT/MAPPING/KEY` counts. Raises NotFoundError."""
    name, *mapping, key = of.split("/") if "/" in of else (of, "")
    conditions = layout(name).conditions("/".join(mapping) or None)
    if key not in conditions:
        raise NotFoundError(
            f"Mẫu “{name}” không đếm hồ sơ ở cột “{key}”; các cột: {', '.join(conditions)}."
        )
    return conditions[key]


@cache
def _read(name: str) -> Layout:
    entry = _document(f"{name.replace('-', '_')}.toml")
    columns = tuple(
        ReportColumn(
            each["key"],
            tuple(each["heading"]),
            each.get("number", f"({place})"),
            each.get("counts"),
            each.get("missing"),
        )
        for place, each in enumerate(entry["column"], LABELS + 1)
    )
    found = Layout(
        entry["id"],
        entry["version"],
        entry["form"],
        entry["title"],
        source(entry["source"]).id,
        entry["row_heading"],
        columns,
        tuple(
            _identity(name, text, {each.key for each in columns}) for text in entry["identities"]
        ),
        tuple(entry.get("notes", ())),
        {
            key: ExportMapping(key, each["label"], each["columns"])
            for key, each in entry.get("mappings", {}).items()
        },
        entry.get("motto", False),
    )
    for mapping in (None, *found.mappings):
        found.conditions(mapping)
    return found


def _identity(name: str, text: str, keys: set[str]) -> Identity:
    whole, *parts = re.findall(r"\w+", text)
    if not {whole, *parts} <= keys:
        raise RulesFileError(f"layouts/{name}: đẳng thức “{text}” nêu cột không có.")
    return Identity(whole, tuple(parts))


def _condition(name: str, mapping: str | None, of: ReportColumn, text: str | None) -> Predicate:
    entry = "/".join(filter(None, (name, mapping, of.key)))
    read = read_condition(f"layouts/{entry}", text or "", BASIS, POLICY)
    return Predicate(f"column:{entry}", of.label, read.text, read.columns)


@cache
def _document(name: str) -> dict[str, Any]:
    text = files("tthc.rules").joinpath("layouts").joinpath(name).read_text(encoding="utf-8")
    return tomllib.loads(text)
