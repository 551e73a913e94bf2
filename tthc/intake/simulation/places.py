"""Where cases are received and solved: the simulated province's units, era by era."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from random import Random

from tthc.domain.catalog import Unit, in_force
from tthc.intake.simulation.catalogue import LEVELS
from tthc.intake.simulation.mix import Mix, level_shares

LOCAL = ("district", "commune")


@dataclass(frozen=True, slots=True)
class Place:
    """A unit that solves cases, in one era; `group` is era × level, `root` counts provinces."""

    group: int
    weight: float
    unit_id: int
    code: str
    centre_id: int
    lateness: float
    successors: tuple[int, ...]  # of those that are ended: who takes over its open cases
    ends: date | None
    department: int
    root: int


def place_group(era: int, level: int) -> int:
    return era * len(LEVELS) + level


def era_days(
    units: Iterable[Unit], changes: Iterable[date | None], first: date, before: date
) -> list[date]:
    """The first day of each span in [first, before) in which neither units nor terms change."""
    days = {day for unit in units for day in (unit.valid_from, unit.valid_to)} | set(changes)
    return sorted({first} | {day for day in days if day is not None and first < day < before})


def places(
    mix: Mix,
    seed: int,
    eras: Sequence[date],
    units: Sequence[Unit],
    successors: Mapping[int, Sequence[int]],
) -> list[Place]:
    """Every unit that solves cases, group after group."""
    order = {row["code"]: place for place, row in enumerate(mix["departments"])}
    roots = {unit.id: place for place, unit in enumerate(u for u in units if u.id == u.root_id)}
    found: list[Place] = []
    for era, day in enumerate(eras):
        here = [unit for unit in units if in_force(unit.valid_from, unit.valid_to, day)]
        centres = {unit.root_id: unit.id for unit in here if unit.kind == "one_stop_centre"}
        peopled: dict[int, int] = defaultdict(int)
        for unit in here:
            peopled[unit.root_id] += unit.level == "commune"
        for level, name in enumerate(LEVELS):
            if name not in level_shares(mix, day):
                continue
            kind = "people_committee" if name in LOCAL else "department"
            for unit in here:
                if unit.level != name or unit.kind != kind:
                    continue
                own = Random(f"{seed}:{unit.code}")  # noqa: S311  # a draw of the simulation
                weight = own.lognormvariate(0, mix["volume"]["spread"])
                found.append(
                    Place(
                        group=place_group(era, level),
                        weight=weight if name in LOCAL else float(peopled[unit.root_id]),
                        unit_id=unit.id,
                        code=unit.code,
                        centre_id=unit.id if name in LOCAL else centres[unit.root_id],
                        lateness=own.lognormvariate(0, mix["lateness"]["unit_spread"]),
                        successors=tuple(successors.get(unit.id, ())),
                        ends=unit.valid_to,
                        department=order.get(unit.code.partition(".")[2], 0),
                        root=roots[unit.root_id],
                    )
                )
    return found
