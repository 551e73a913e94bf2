"""What is known of a published period since: case by case, with the acts that told of it."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import datetime
from itertools import pairwise
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from tthc import clock
from tthc.db.facts import Knowledge
from tthc.db.publications import Publication
from tthc.db.queries.published import acts_between
from tthc.db.queries.units import sees_whole_world
from tthc.db.verdicts import case_verdicts, differences, published_verdicts
from tthc.domain.access import Scope
from tthc.domain.errors import ForbiddenError
from tthc.domain.period import Period
from tthc.rules.definitions import Definition, definitions
from tthc.rules.frozen import LETTER, FrozenSet
from tthc.rules.predicates import document, partition, predicates
from tthc.service.publishing import describe_publication, find_publication

Document = dict[str, Any]
OUTSIDE, POPULATION, COUNTED = "outside", "population", "counted"
ABSENT = "Chưa có trong sổ"


async def show_restatements(
    connection: AsyncConnection, scope: Scope, period: Period, limit: int = 500
) -> Document:
    """What each version of a period changed, and what is known now beyond the last one.

    `limit`: how many cases of each difference are told; `changed` counts all. Raises
    NotFoundError where the period was not published, ForbiddenError for a reader of some units: a
    case that came to them or left would seem new or gone.
    """
    if not await sees_whole_world(scope, connection):
        raise ForbiddenError(
            "Điều chỉnh sau chốt nói về hồ sơ của mọi đơn vị: hãy hỏi lãnh đạo hoặc người theo dõi "
            "ở cấp trên cùng."
        )
    simulated = scope.simulated
    versions = await find_publication(connection, period, simulated=simulated)
    restated = []
    for new, old in pairwise(versions):
        cases = await differences(
            connection, published_verdicts(old.id), published_verdicts(new.id)
        )
        told = await _tell(connection, old, new.frozen, cases, new.known_at, limit)
        restated.append({"version": new.version, "reason": new.reason} | told)
    last, now = versions[0], clock.now()
    anew = case_verdicts(
        Scope(simulated), last.frozen, period, Knowledge(last.as_of, max(now, last.known_at))
    )
    cases = await differences(connection, published_verdicts(last.id), anew)
    return {
        "period": period.name,
        "world": "simulated" if simulated else "real",
        "published": describe_publication(last),
        "restatements": restated,
        "since": await _tell(connection, last, last.frozen, cases, now, limit),
    }


async def _tell(
    connection: AsyncConnection,
    old: Publication,
    after: FrozenSet,
    cases: Sequence[dict[str, Any]],
    known_at: datetime,
    limit: int,
) -> Document:
    """A difference in words: how many cases, which figures they move, and the cases."""
    moved = Counter[tuple[str, str, str]]()
    shown = cases[:limit]
    acts = defaultdict(list)
    for row in await acts_between(
        connection, [each["id"] for each in shown], old.known_at, known_at
    ):
        acts[row.pop("case_id")].append({name: _plain(value) for name, value in row.items()})
    items: list[Document] = []
    for case in cases:
        changes = _changes(old.frozen, after, case)
        moved.update((name, before, now) for name, (before, now) in changes.items())
        if len(items) < len(shown):
            items.append(
                {
                    "case_code": case["code"],
                    "from": standing(old.frozen, case["old_verdicts"]),
                    "to": standing(after, case["new_verdicts"]),
                    "definitions": [
                        {"id": name, "from": before, "to": now}
                        for name, (before, now) in changes.items()
                    ],
                    "events": acts[case["id"]],
                }
            )
    return {
        "known_at": _plain(known_at),
        "changed": len(cases),
        "figures": _figures(moved),
        "items": items,
    }


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


def _changes(
    before: FrozenSet, after: FrozenSet, case: dict[str, Any]
) -> dict[str, tuple[str, str]]:
    """The definitions that count the case otherwise than before."""
    found = {}
    for name, each in definitions().items():
        if (name, each.version) in before.definitions and each.texts:
            old = _place(before, each, case["old_verdicts"])
            new = _place(after, each, case["new_verdicts"])
            if old != new:
                found[name] = (old, new)
    return found


def _place(frozen: FrozenSet, each: Definition, verdicts: list[int] | None) -> str:
    if verdicts is None or not frozen.is_met(verdicts, each.population):
        return OUTSIDE
    return COUNTED if frozen.is_met(verdicts, each.counted) else POPULATION


def _figures(moved: Counter[tuple[str, str, str]]) -> list[Document]:
    """By how many cases each definition's two counts move."""
    numerators, denominators = Counter[str](), Counter[str]()
    for (name, before, now), cases in moved.items():
        numerators[name] += cases * ((now == COUNTED) - (before == COUNTED))
        denominators[name] += cases * ((now != OUTSIDE) - (before != OUTSIDE))
    return [
        {
            "definition": name,
            "title": definitions()[name].title,
            "numerator": numerators[name],
            "denominator": denominators[name],
        }
        for name in dict.fromkeys(name for name, _, _ in moved)
    ]


def _plain(value: Any) -> Any:  # noqa: ANN401  # an instant as text, others as they are
    return value.astimezone(clock.VIETNAM).isoformat() if isinstance(value, datetime) else value
