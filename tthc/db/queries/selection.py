"""A selection of cases: counted, listed page by page, or read out whole, by the same conditions."""

from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import CursorResult, TextClause, text
from sqlalchemy.ext.asyncio import AsyncConnection

from tthc.db.facts import Knowledge, facts_parts
from tthc.db.parameters import lift_values
from tthc.db.queries.narrowing import ANY, Narrowing
from tthc.domain.access import Scope
from tthc.domain.period import Period
from tthc.rules import predicates
from tthc.rules.implied import implied_by, implied_of_facts, never_null

_ITEM = (
    *("id", "code", "level", "procedure_id", "receiving_unit_id", "competent_unit_id", "officer"),
    *("channel", "state", "submitted_at", "received_at", "first_due_at", "promised_due_at"),
    *(
        "due_at",
        "due_on",
        "overdue_at",
        "re_promised_at",
        "suspended_at",
        "resolved_at",
        "resolved_on",
    ),
    *("cause", "letter_number", "letter_issued_at", "letter_sent_at"),
)
# sort → the column of the facts that it sorts by, its direction; cases without come last
SORTS = {
    "due": ("{overdue_at}", "ASC"),
    "-due": ("{overdue_at}", "DESC"),
    "received": ("received_at", "ASC"),
    "-received": ("received_at", "DESC"),
}
BATCH = 1_000


@dataclass(frozen=True, slots=True)
class Selection:
    """Which cases: those that meet all conditions at a cut-off, with the values given.

    `axis`: whose units the scope asks for. `basis`: the due date that is shown and sorted by.
    `only` is one more condition on current rows, which the others imply: for an index that the
    conditions' own texts do not lead to. `untouched`: nothing was touched since the cut-off.
    """

    conditions: Sequence[predicates.Predicate]
    knowledge: Knowledge
    period: Period | None = None
    axis: str = "competent"
    basis: str = "current"
    narrowing: Narrowing = ANY
    only: str | None = None
    untouched: bool = False

    @property
    def cut(self) -> predicates.Cut:
        return predicates.Cut(self.knowledge.as_of, self.period)

    @property
    def due(self) -> dict[str, str]:
        """The due columns of the basis."""
        swapped = predicates.document()["bases"][self.basis]
        return {name: swapped.get(name, name) for name in ("due_at", "due_on", "overdue_at")}


async def count_each(
    scope: Scope,
    connection: AsyncConnection,
    selection: Selection,
    counts: Mapping[str, predicates.Predicate],
) -> dict[str, int]:
    """How many of the selected cases meet each condition, in one statement."""
    asked, columns = _counting(selection, counts)
    statement = asking(f"SELECT {asked}", scope, selection, columns, any_of=counts.values())
    return dict((await run(connection, *statement)).mappings().one())


async def count_delayed(
    scope: Scope,
    connection: AsyncConnection,
    selection: Selection,
    counts: Mapping[str, predicates.Predicate],
    delayed: predicates.Predicate,
) -> tuple[dict[str, int], int | None]:
    """The same, and the most working days by which a `delayed` case is past its due date: one
    reading of the cases.
    """
    cut = selection.cut
    ordinal = predicates.document()["bases"][selection.basis].get("due_ordinal", "due_ordinal")
    asked, columns = _counting(selection, {**counts, "delayed": delayed})
    late = f"max({cut.bind(':as_of_ordinal')} - f.{ordinal})"
    longest = f"{late} FILTER (WHERE {cut.bind(_short(delayed))}) AS longest"
    statement = asking(
        f"SELECT {longest}, {asked}",
        *(scope, selection, columns | {ordinal}),
        any_of=[*counts.values(), delayed],
    )
    row = dict((await run(connection, *statement)).mappings().one())
    return {name: row[name] for name in counts}, row["longest"]


def _counting(
    selection: Selection, counts: Mapping[str, predicates.Predicate]
) -> tuple[str, frozenset[str]]:
    """Aggregates by name, and the columns of the facts that they read."""
    columns = frozenset[str]().union(*(each.columns for each in counts.values()))
    asked = [
        f"count(*) FILTER (WHERE {selection.cut.bind(_short(each))}) AS {name}"
        for name, each in counts.items()
    ]
    return ", ".join(asked), columns


def _short(condition: predicates.Predicate) -> str:
    """A condition's text behind what follows from it, which is quickly asked of a row."""
    return " AND ".join([*implied_of_facts([condition]), f"({condition.text})"])


async def count_cases(scope: Scope, connection: AsyncConnection, selection: Selection) -> int:
    """How many cases are selected."""
    found = await run(connection, *asking("SELECT count(*)", scope, selection))
    return int(found.scalar_one())


async def list_page(
    scope: Scope,
    connection: AsyncConnection,
    selection: Selection,
    *,
    sort: str = "due",
    limit: int = 50,
    after: tuple[str, int] | None = None,
) -> list[dict[str, Any]]:
    """The next cases in the order of a sort; `after` is the key of the last one seen: the instant
    that it is sorted by as text, and its id.

    The delay is in working days of the newest national calendar: 0 while there is none, None
    outside it.
    """
    key, direction = order = _key(selection, sort)
    sign = ">" if direction == "ASC" else "<"
    page = f"AND ({key}, f.id) {sign} (CAST(:after AS text)::timestamptz, :after_id)"
    given = {"after": after[0], "after_id": after[1]} if after else {}
    end = f"ORDER BY {key} {direction}, f.id {direction} LIMIT {int(limit)}"
    inner, narrowed = _first(scope, selection, end, page if after else "")
    asked = _rows(selection, inner, *order)
    return [dict(row) for row in (await run(connection, asked, given | narrowed)).mappings()]


async def read_out(
    scope: Scope, connection: AsyncConnection, selection: Selection, *, sort: str = "due"
) -> AsyncIterator[list[dict[str, Any]]]:
    """All the cases in that order, some at a time: never all of them in memory."""
    inner, given = _from_facts(scope, selection)
    asked = _rows(selection, inner, *_key(selection, sort))
    async with connection.stream(_literal(asked, given), given) as rows:
        async for some in rows.mappings().partitions(BATCH):
            yield [dict(row) for row in some]


def _key(selection: Selection, sort: str) -> tuple[str, str]:
    """What rows are sorted by: a column that an index has, where it is never null."""
    column, direction = SORTS[sort]
    column = column.format(**selection.due)
    if never_null(column, selection.conditions):
        return f"f.{column}", direction
    last = "infinity" if direction == "ASC" else "-infinity"
    return f"coalesce(f.{column}, '{last}')", direction


def _rows(selection: Selection, inner: str, key: str, direction: str) -> str:
    """The cases of a FROM as lists show them."""
    cut, due = selection.cut, selection.due
    as_of, today = cut.bind(":as_of"), cut.bind(":as_of_on")
    # who was suspended in time is not late however long it takes
    late = f"coalesce(f.resolved_at, least({as_of}, f.suspended_at)) >= f.{due['overdue_at']}"
    return f"""
        SELECT f.*, f.{due["due_at"]} AS judged_by, {key}::text AS sort_key,
          pc.code AS procedure_code, pc.name AS procedure_name, s.name AS sector,
          ru.code AS receiving_unit, ru.name AS receiving_unit_name,
          cu.code AS competent_unit, cu.name AS competent_unit_name,
          coalesce(ru.valid_to <= {today}, false) AS inherited,
          done.ordinal - due.ordinal AS days_past_due,
          CASE WHEN {late} THEN done.ordinal - due.ordinal ELSE 0 END AS late_working_days,
          coalesce({late}, false) AS is_past_due,
          EXISTS (SELECT FROM letters l WHERE l.case_id = f.id) AS drafted
        FROM (SELECT f.* {inner}) AS f
        JOIN procedures pc ON pc.id = f.procedure_id
        JOIN sectors s ON s.id = pc.sector_id
        JOIN units ru ON ru.id = f.receiving_unit_id
        JOIN units cu ON cu.id = f.competent_unit_id
        LEFT JOIN current_days due ON due.day = f.{due["due_on"]}
        LEFT JOIN current_days done ON done.day = coalesce(f.resolved_on, {today})
        ORDER BY {key} {direction}, f.id {direction}"""


async def run(connection: AsyncConnection, sql: str, given: Mapping[str, Any]) -> CursorResult[Any]:
    """Execute a statement whose plan is kept for the next of the same words."""
    return await connection.exec_driver_sql(*lift_values(sql, given))


def asking(
    asked: str,
    scope: Scope,
    selection: Selection,
    columns: frozenset[str] | set[str] = frozenset(),
    *,
    end: str = "",
    given: Mapping[str, Any] | None = None,
    any_of: Iterable[predicates.Predicate] = (),
) -> tuple[str, dict[str, Any]]:
    """A statement over the facts `f` of the selected cases, and what it is run with; `given` are
    parameters of its own. Cases that meet none of `any_of` may be left out.
    """
    inner, narrowed = _from_facts(scope, selection, columns, any_of)
    return f"{asked} {inner} {end}", dict(given or {}) | narrowed


def _from_facts(
    scope: Scope,
    selection: Selection,
    columns: frozenset[str] | set[str] = frozenset(_ITEM),
    any_of: Iterable[predicates.Predicate] = (),
) -> tuple[str, dict[str, Any]]:
    """FROM and WHERE over the facts `f`, with their parameters."""
    parts, where, given = _parts(scope, selection, columns, any_of)
    return f"FROM ({' UNION ALL '.join(parts)}) AS f WHERE {where}", given


def _first(scope: Scope, selection: Selection, end: str, after: str) -> tuple[str, dict[str, Any]]:
    """FROM the first of the selected cases in an order: the first of the current rows, which an
    index may have in that order, and of those that are folded.
    """
    parts, where, given = _parts(scope, selection, frozenset(_ITEM))
    firsts = [f"(SELECT f.* FROM ({each}) AS f WHERE {where} {after} {end})" for each in parts]
    return f"FROM ({' UNION ALL '.join(firsts)}) AS f {end}", given


def _parts(
    scope: Scope,
    selection: Selection,
    columns: frozenset[str] | set[str],
    any_of: Iterable[predicates.Predicate] = (),
) -> tuple[list[str], str, dict[str, Any]]:
    """The facts in parts, the condition over each, its parameters."""
    cut, narrowing = selection.cut, selection.narrowing
    needed = columns.union(narrowing.columns, *(each.columns for each in selection.conditions))
    implied = [*map(cut.bind, implied_by(selection.conditions, any_of))]
    only = [*([selection.only] if selection.only else []), *implied]
    parts = facts_parts(
        scope,
        sorted(needed | {"id", *selection.due.values()}),
        selection.knowledge,
        active_since=selection.period.start if selection.period else None,
        only=" AND ".join(only),
        axis=selection.axis,
        untouched=selection.untouched,
    )
    met = [f"({cut.bind(each.text)})" for each in selection.conditions] + narrowing.conditions()
    where = " AND ".join(met) or "TRUE"
    if implied:  # or the planner supposes that few of the open cases are open
        where = f"CASE WHEN {where} THEN TRUE ELSE FALSE END"
    return parts, where, narrowing.parameters(selection.knowledge.known_at)


def _literal(sql: str, given: Mapping[str, Any]) -> TextClause:
    """A statement whose only parameters are those given: instants within have colons too."""
    escaped = sql.replace(":", r"\:")
    for name in (*given, "after_id", "after"):
        escaped = escaped.replace(rf"\:{name}", f":{name}")
    return text(escaped)
