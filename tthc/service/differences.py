"""A difference of verdicts in words: which cases came to a figure, left it or count otherwise."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from tthc import clock
from tthc.db.queries.published import acts_between
from tthc.db.queries.units import name_units
from tthc.rules.definitions import Definition, definitions
from tthc.rules.frozen import LETTER, FrozenSet
from tthc.rules.predicates import document, partition, predicates

Document = dict[str, Any]
Place = tuple[str, str]  # how a definition counted a case before and how it does now
OUTSIDE, POPULATION, COUNTED = "outside", "population", "counted"
ABSENT = "Chưa có trong sổ"


async def tell_difference(
    connection: AsyncConnection,
    before: FrozenSet,
    after: FrozenSet,
    cases: Sequence[dict[str, Any]],
    between: tuple[datetime, datetime],
    limit: int,
) -> Document:
    """How many cases, by how many they move each definition's two counts, in all and by unit, and
    the cases with the acts recorded `between`, the first instant excluded; `limit` cases are told.
    """
    shown = cases[:limit]
    acts = defaultdict(list)
    for row in await acts_between(connection, [each["id"] for each in shown], *between):
        acts[row.pop("case_id")].append({name: _plain(value) for name, value in row.items()})
    whole, units, items = Tally(), defaultdict[int, Tally](Tally), list[Document]()
    for case in cases:
        places = _places(before, after, case)
        changes = {name: place for name, place in places.items() if place[0] != place[1]}
        for name, place in changes.items():
            whole.add(name, place)
        _by_unit(units, places, case)
        if len(items) < len(shown):
            items.append(
                {
                    "case_code": case["code"],
                    "from": standing(before, case["old_verdicts"]),
                    "to": standing(after, case["new_verdicts"]),
                    "definitions": [
                        {"id": name, "from": was, "to": now} for name, (was, now) in changes.items()
                    ],
                    "events": acts[case["id"]],
                }
            )
    names = await name_units(connection, list(units))
    return {
        "known_at": _plain(between[1]),
        "changed": len(cases),
        "figures": whole.figures(),
        "units": [
            {"unit": names[key]["address"], "unit_id": key, "name": names[key]["name"]}
            | {"figures": tally.figures()}
            for key, tally in sorted(units.items(), key=lambda each: names[each[0]]["name"])
        ],
        "items": items,
    }


class Tally:
    """By how many cases the two counts of definitions move."""

    def __init__(self) -> None:
        self.moved = Counter[tuple[str, Place]]()

    def add(self, name: str, place: Place) -> None:
        self.moved[name, place] += 1

    def figures(self) -> list[Document]:
        """`came` into the population, `went` out of it, or `changed` within it."""
        found: dict[str, Document] = {}
        for (name, (was, now)), cases in self.moved.items():
            one = found.setdefault(
                name,
                {"definition": name, "title": definitions()[name].title}
                | dict.fromkeys(("numerator", "denominator", "came", "went", "changed"), 0),
            )
            one["numerator"] += cases * ((now == COUNTED) - (was == COUNTED))
            one["denominator"] += cases * ((now != OUTSIDE) - (was != OUTSIDE))
            way = "came" if was == OUTSIDE else "went" if now == OUTSIDE else "changed"
            one[way] += cases
        return [found[name] for name in definitions() if name in found]


def standing(frozen: FrozenSet, verdicts: list[int] | None) -> str:
    """Where a case stands at the cut-off, in words: its bucket, and whether it has a letter."""
    if verdicts is None:
        return ABSENT
    known = predicates()
    labels = document()["predicates"]
    words = [
        labels[name]["label"] for name in partition() if frozen.is_met(verdicts, known[name].text)
    ]
    if frozen.is_met(verdicts, known[LETTER].text):
        words.append(labels[LETTER]["label"].lower())
    return ", ".join(words)


def _by_unit(units: dict[int, Tally], places: dict[str, Place], case: dict[str, Any]) -> None:
    """A case that moved left the figures of one unit and came to those of another."""
    for name, (was, now) in places.items():
        axis = f"{definitions()[name].axis}_unit_id"
        old, new = case[f"old_{axis}"], case[f"new_{axis}"]
        if old == new:
            if was != now:
                units[new].add(name, (was, now))
            continue
        if was != OUTSIDE:
            units[old].add(name, (was, OUTSIDE))
        if now != OUTSIDE:
            units[new].add(name, (OUTSIDE, now))


def _places(before: FrozenSet, after: FrozenSet, case: dict[str, Any]) -> dict[str, Place]:
    """How the definitions that both sides hold count the case."""
    held = set(before.definitions)
    return {
        name: (
            _place(before, each, case["old_verdicts"]),
            _place(after, each, case["new_verdicts"]),
        )
        for name, each in definitions().items()
        if (name, each.version) in held and each.texts
    }


def _place(frozen: FrozenSet, each: Definition, verdicts: list[int] | None) -> str:
    if verdicts is None or not frozen.is_met(verdicts, each.population):
        return OUTSIDE
    return COUNTED if frozen.is_met(verdicts, each.counted) else POPULATION


def _plain(value: Any) -> Any:  # noqa: ANN401  # an instant as text, others as they are
    return value.astimezone(clock.VIETNAM).isoformat() if isinstance(value, datetime) else value
