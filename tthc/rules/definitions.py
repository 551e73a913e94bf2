"""Figures by definition: a pair of conditions with a name, a version and a source."""

import hashlib
import json
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any

from tthc.domain.errors import InputError, RulesFileError
from tthc.rules.predicates import BASES, POLICIES, read_condition, read_number

FILES = (
    *("on_time.toml", "online.toml", "letters.toml", "delays.toml", "days.toml", "work.toml"),
    *("procedures.toml", "scores.toml", "quality.toml"),
)
CASES, PROCEDURES = "cases", "procedures"


@dataclass(frozen=True, slots=True)
class Definition:
    """What a figure means. `population` and `counted` are condition texts, expanded.

    `axis`: whose case it is, the receiving or the competent unit's. `basis`: which due date
    judges. `needs`: cases for which the datum is known; where there is none, there is no data.
    `days`: the number of working days whose median and 90th percentile are shown. `missing`: why
    the ratio cannot be made whatever the counts. `of` procedures instead of cases: no condition,
    `population` and `counted` name columns of the procedures' own read model.
    """

    id: str
    version: int
    title: str
    source: str
    formula: str
    axis: str
    basis: str
    policy: str
    population: str
    counted: str
    needs: str | None
    needs_words: str | None
    columns: frozenset[str]
    code: str | None = None
    caution: str | None = None
    valid_to: date | None = None
    days: str | None = None
    missing: str | None = None
    of: str = CASES

    @property
    def texts(self) -> tuple[str, ...]:
        """The condition texts to count, the population first."""
        if self.of == PROCEDURES:
            return ()
        return tuple(text for text in (self.population, self.counted, self.needs) if text)


@cache
def definitions() -> dict[str, Definition]:
    """Every definition under its own basis and policy, by id, in the order of the files."""
    return {name: _definition(name, None, None) for name in _entries()}


def definition(name: str) -> Definition:
    """A definition by `id`, `id@basis`, `id@policy` or `id@basis@policy`. Raises InputError."""
    plain, *variants = name.split("@")
    entries = _entries()
    if plain not in entries:
        raise InputError(f"Không có định nghĩa “{plain}”; các định nghĩa: {', '.join(entries)}.")
    basis = policy = None
    for variant in variants:
        if variant in _bases(entries[plain]) and basis is None:
            basis = variant
        elif variant in POLICIES and "policy" in entries[plain] and policy is None:
            policy = variant
        else:
            raise InputError(f"Định nghĩa “{plain}” không có cách tính “{variant}”.")
    return _definition(plain, basis, policy)


@cache
def variants() -> dict[str, Definition]:
    """What a night counts, by id: every definition, and of those that officials compare by due
    basis or by letter policy each variant.
    """
    found = dict(definitions())
    for name, entry in _entries().items():
        if not entry.get("every_variant"):
            continue
        policies = POLICIES if "policy" in entry else (None,)
        for basis in _bases(entry):
            for policy in policies:
                each = _definition(name, basis, policy)
                found[each.id] = each
    return found


def variants_of(plain: Definition) -> list[Definition]:
    """A definition under each other due basis and letter policy that it can be read with, by the
    ids that links use.
    """
    entry = _entries()[plain.id]
    policies = POLICIES if "policy" in entry else (None,)
    found = [_definition(plain.id, basis, policy) for basis in _bases(entry) for policy in policies]
    return found if len(found) > 1 else []


def _bases(entry: dict[str, Any]) -> tuple[str, ...]:
    """The due bases under which a definition can be read."""
    return () if entry.get("of") == PROCEDURES else tuple(entry.get("bases", BASES))


@cache
def _entries() -> dict[str, dict[str, Any]]:
    folder = files("tthc.rules").joinpath("definitions")
    entries: dict[str, dict[str, Any]] = {}
    for name in FILES:
        text = folder.joinpath(name).read_text(encoding="utf-8")
        for entry in tomllib.loads(text)["definition"]:
            if entry["id"] in entries:
                raise RulesFileError(f"definitions/{name}: “{entry['id']}” có hai lần.")
            entries[entry["id"]] = entry
    return entries


@cache
def _definition(name: str, basis: str | None, policy: str | None) -> Definition:
    entry = _entries()[name]
    basis_used = basis or entry.get("basis", "current")
    policy_used = policy or entry.get("policy", "exists")
    of = entry.get("of", CASES)
    parts = {
        part: (read_number if part == "days" else read_condition)(
            f"definitions.{name}.{part}", entry[part], basis_used, policy_used
        )
        for part in ("population", "counted", "needs", "days")
        if part in entry and of == CASES
    }
    texts = {part: entry[part] for part in ("population", "counted")}
    texts |= {part: read.text for part, read in parts.items()}
    valid_to = entry.get("valid_to")
    return Definition(
        id="@".join(part for part in (name, basis, policy) if part),
        version=entry["version"],
        title=entry["title"],
        source=entry["source"],
        formula=entry["formula"],
        axis=entry["axis"],
        basis=basis_used,
        policy=policy_used,
        population=texts["population"],
        counted=texts["counted"],
        needs=texts.get("needs"),
        needs_words=entry.get("needs_words"),
        columns=frozenset[str]().union(*(part.columns for part in parts.values())),
        code=entry.get("code"),
        caution=entry.get("caution"),
        valid_to=date.fromisoformat(valid_to) if valid_to else None,
        days=texts.get("days"),
        missing=entry.get("missing"),
        of=of,
    )


def definition_set(chosen: Iterable[Definition]) -> tuple[str, list[str]]:
    """The digest and the slots of a set of definitions: its distinct texts, in their order."""
    slots = list(dict.fromkeys(text for each in chosen for text in each.texts))
    sealed = json.dumps([[(each.id, each.version) for each in chosen], slots], ensure_ascii=False)
    return hashlib.sha256(sealed.encode()).hexdigest(), slots
