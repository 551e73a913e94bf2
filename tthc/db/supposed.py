"""The facts of cases as they would be, were some of them to go otherwise.

The same columns, derivations and predicates as of the facts that there are: only what events would
have decided is put in place for the cases concerned.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from tthc.db.facts import DERIVED, GENERATED, ROW, Knowledge, facts_sql
from tthc.domain.access import Scope

CHOSEN = "code = ANY ($1::text[])"  # the cases that the statement's first parameter names

REDERIVED = {"end_766_at": DERIVED["end_766_at"]}


@dataclass(frozen=True, slots=True)
class Supposition:
    """For the cases that meet `where`, what columns would hold: texts with literals put in.

    `columns` are those that a condition reads beside the ones that events decide.
    """

    where: str
    values: Mapping[str, str]
    columns: frozenset[str] = frozenset()


def supposed_sql(
    scope: Scope,
    wanted: Iterable[str],
    knowledge: Knowledge,
    suppositions: Sequence[Supposition],
    *,
    active_since: date | None = None,
    only: str | None = None,
    axis: str = "competent",
) -> str:
    """A SELECT of these columns of the facts under suppositions, of which a case takes the first
    that is about it; `only` as of the facts.
    """
    columns = list(dict.fromkeys(wanted))
    read = frozenset[str]().union(*(each.columns for each in suppositions))
    others = {name for name in columns if name not in GENERATED and name not in REDERIVED}
    known = facts_sql(
        scope,
        ["id", "code", *sorted(ROW | read | others)],
        knowledge,
        active_since=active_since,
        only=only,
        axis=axis,
    )
    kept = sorted(others - ROW)
    changed = ", ".join([*(_value(name, suppositions) for name in sorted(ROW)), *kept])
    return (
        f"SELECT {', '.join(_derived(name) for name in columns)} "
        f"FROM (SELECT id AS case_id, code, {changed} FROM ({known}) AS known) AS supposed"
    )


def _derived(name: str) -> str:
    """A column anew from what is supposed; the others are as they were."""
    expressions = GENERATED | REDERIVED
    return f"{expressions[name]} AS {name}" if name in expressions else name


def _value(name: str, suppositions: Sequence[Supposition]) -> str:
    cases = "".join(
        f" WHEN {each.where} THEN {each.values.get(name, name)}" for each in suppositions
    )
    if not any(name in each.values for each in suppositions):
        return name
    return f"CASE{cases} ELSE {name} END AS {name}"
