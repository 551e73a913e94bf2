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
from tthc.rules.predicates import BASES, POLICIES, read_condition

FILES = ("on_time.toml", "online.toml", "letters.toml", "scores.toml")


@dataclass(frozen=True, slots=True)
class Definition:
    """What a figure means. `population` and `counted` are condition texts, expanded.

    `axis`: whose case it is, the receiving or the competent unit's. `basis`: which due date
    judges. `needs`: cases for which the datum is known; where there is none, there is no data.
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

    @property
    def texts(self) -> tuple[str, ...]:
        """The condition texts to count, the population first."""
        return tuple(text for text in (self.population, self.counted, self.needs) if text)


@cache
def definitions() -> dict[str, Definition]:
    """Every definition under its own basis and policy, by id, in the order of the files."""
    return {name: _definition(name, None, None) for name in _entries()}


def definition(name: str) -> Definition:
    """A definition by `id`, `id@basis` or `id@policy`. Raises InputError."""
    plain, _, variant = name.partition("@")
    entries = _entries()
    if plain not in entries:
        raise InputError(f"Không có định nghĩa “{plain}”; các định nghĩa: {', '.join(entries)}.")
    if not variant:
        return definitions()[plain]
    if variant in BASES and not entries[plain].get("only_basis"):
        return _definition(plain, variant, None)
    if variant in POLICIES and "policy" in entries[plain]:
        return _definition(plain, None, variant)
    raise InputError(f"Định nghĩa “{plain}” không có cách tính “{variant}”.")


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
    basis_used = basis or entry["basis"]
    policy_used = policy or entry.get("policy", "exists")
    parts = {
        part: read_condition(f"definitions.{name}.{part}", entry[part], basis_used, policy_used)
        for part in ("population", "counted", "needs")
        if part in entry
    }
    valid_to = entry.get("valid_to")
    return Definition(
        id=name + (f"@{basis or policy}" if basis or policy else ""),
        version=entry["version"],
        title=entry["title"],
        source=entry["source"],
        formula=entry["formula"],
        axis=entry["axis"],
        basis=basis_used,
        policy=policy_used,
        population=parts["population"].text,
        counted=parts["counted"].text,
        needs=parts["needs"].text if "needs" in parts else None,
        needs_words=entry.get("needs_words"),
        columns=frozenset().union(*(part.columns for part in parts.values())),
        code=entry.get("code"),
        caution=entry.get("caution"),
        valid_to=date.fromisoformat(valid_to) if valid_to else None,
    )


def definition_set(chosen: Iterable[Definition]) -> tuple[str, list[str]]:
    """The digest and the slots of a set of definitions: its distinct texts, in their order."""
    slots = list(dict.fromkeys(text for each in chosen for text in each.texts))
    sealed = json.dumps([[(each.id, each.version) for each in chosen], slots], ensure_ascii=False)
    return hashlib.sha256(sealed.encode()).hexdigest(), slots
