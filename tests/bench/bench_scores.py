"""Every rubric for 3,355 units in 12 months, against reading their figures once.

Seconds of the processor, without the database's own. The figures are made up: the bench is of
scoring, and what reading costs is taken from a night's sheet of a simulated province.
"""

import asyncio
import random
import time
from collections.abc import Iterable
from datetime import date

from jobs.night import run_night
from tests.bench.ledgers import UNTIL, simulated_ledger
from tthc import clock
from tthc.db.blocks import Tree, load_tree
from tthc.db.engine import connect_night
from tthc.db.facts import Knowledge
from tthc.db.queries.sheets import last_night
from tthc.db.server import Server
from tthc.domain.access import Scope
from tthc.domain.catalog import Unit
from tthc.domain.period import Period
from tthc.domain.scoring.given import Count
from tthc.rules.periods import read_period
from tthc.rules.rubrics import rubrics
from tthc.service.measures import Measures, count_units, roll_up, units_counted
from tthc.service.scoring import score_block

UNITS, MONTHS, CASES = 3_355, 12, 100_000
PROVINCES = 34


def run() -> Iterable[str]:
    yield "| what | processor s | units × months | µs each |"
    yield "|---|---|---|---|"
    with simulated_ledger(CASES, events_since=date(2026, 11, 19)) as server:
        run_night(server.night_url, simulated=True, as_of=clock.end_of(UNTIL))
        units, seconds = asyncio.run(read(server))
    yield (
        f"| figures of a month read once, rolled up ({CASES:,} cases) | {seconds:.2f} "
        f"| {units} × 1 | {1e6 * seconds / units:.0f} |"
    )
    scores, leaves, taken = score_country()
    each = 1e6 * taken / (UNITS * MONTHS)
    yield (
        f"| all {len(rubrics())} rubrics, {scores:,} scores, {leaves:,} leaves | {taken:.1f} "
        f"| {UNITS:,} × {MONTHS} | {each:.0f} |"
    )
    yield ""
    yield f"Scoring / reading: {each / (1e6 * seconds / units):.2f} for each unit and month."


async def read(server: Server) -> tuple[int, float]:
    """Units with figures, and the shortest of three readings of all that rubrics need."""
    engine = connect_night(server)
    scope, period = Scope(simulated=True), read_period("month:2026-11")
    taken = []
    async with engine.connect() as connection:
        night = await last_night(scope, connection)
        assert night
        knowledge = Knowledge(night.as_of, night.known_at)
        for _ in range(3):
            started = time.process_time()
            counted = await count_units(
                connection, scope, list(rubrics().values()), period, knowledge
            )
            found = units_counted(counted)
            tree = await load_tree(connection, scope, UNTIL, found)
            measures = roll_up(counted, tree)
            taken.append(time.process_time() - started)
    await engine.dispose()
    return len(measures.units), min(taken)


def score_country() -> tuple[int, int, float]:
    """Scores and leaves computed, and the seconds that it took."""
    tree, months = country(), [read_period(f"month:2026-{number:02}") for number in range(1, 13)]
    measured = [figures(tree, month) for month in months]
    scores = leaves = 0
    started = time.process_time()
    for month, measures in zip(months, measured, strict=True):
        for rubric in rubrics().values():
            for root in range(1, PROVINCES + 1):
                for block in rubric.blocks:
                    if block == "provinces" and root > 1:
                        continue
                    found = score_block(rubric, block, tree, root, measures, month)
                    scores += len(found)
                    leaves += sum(len(one.outcomes) for one in found)
    return scores, leaves, time.process_time() - started


def country() -> Tree:
    """34 provinces with 3,321 communes among them."""
    units = {
        number: Unit(
            number, str(number), "", "people_committee", "province", None, number, None, None
        )
        for number in range(1, PROVINCES + 1)
    }
    for number in range(35, UNITS + 1):
        root = 1 + number % 34
        units[number] = Unit(
            number, str(number), "", "people_committee", "commune", root, root, None, None
        )
    blocks = {unit.id: f"{unit.level}s" for unit in units.values()}
    return Tree(UNTIL, units, blocks)


def figures(tree: Tree, month: Period) -> Measures:
    dice = random.Random(month.name)
    names = {name for rubric in rubrics().values() for name in rubric.measures()}
    found = Measures()
    for unit_id in tree.units:
        own = found.units[unit_id] = {}
        for name in names:
            cases = dice.randrange(0, 500)
            own[name] = Count(dice.randrange(0, cases + 1), cases)
        land = Count(dice.randrange(0, 51), 50)
        found.parts[unit_id] = {"on_time/resolved": {"Đất đai": land, "Hộ tịch": land}}
    return found
