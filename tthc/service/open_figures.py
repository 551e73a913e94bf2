"""What everybody may read of a published period, without signing in: no small count of cases."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from tthc import clock
from tthc.db.open_figures import OpenSheet, keep_open, open_periods, open_sheet_of, read_open
from tthc.db.publications import Publication, read_publications
from tthc.db.queries.published import count_kinds
from tthc.db.queries.units import name_units
from tthc.domain.errors import NotFoundError
from tthc.domain.figure import percent
from tthc.domain.period import Period
from tthc.domain.suppression import Kinds, cover
from tthc.rules.periods import read_period
from tthc.rules.suppression import opening_on
from tthc.service.figure_rows import NOTHING_COUNTED, describe_definition

Document = dict[str, Any]
Patterns = Mapping[int, Mapping[tuple[bool, ...], int]]  # of units: cases by what they met


async def open_figures(connection: AsyncConnection, publication: Publication) -> None:
    """Draw and keep what is open of a period that is being published, by the setting of that day;
    nothing of a period of another kind.
    """
    setting = opening_on(clock.local_date(publication.published_at))
    period = read_period(publication.period)
    if setting is None or period.scheme != setting.scheme:
        return
    conditions = [(each.population, each.counted) for each in setting.definitions]
    names, axis = [each.id for each in setting.definitions], setting.definitions[0].axis
    document = {
        "period": {
            "name": period.name,
            "from": period.start.isoformat(),
            "to": period.end.isoformat(),
        },
        "world": "simulated" if publication.simulated else "real",
        "version": publication.version,
        "as_of": _instant(publication.as_of),
        "published_at": _instant(publication.published_at),
        "calendar_version": publication.calendar_version,
        "digest": publication.digest,
        "suppression": {
            "threshold": setting.threshold,
            "valid_from": setting.valid_from.isoformat(),
            "confirmed": setting.confirmed,
        },
        "definitions": [describe_definition(each) for each in setting.definitions],
        **await _table(connection, publication, axis, names, conditions, setting.threshold),
    }
    await keep_open(connection, publication, OpenSheet(document, conditions))


async def open_earlier(connection: AsyncConnection, *, simulated: bool) -> list[str]:
    """Open what was published before anything was open, by the setting of the day on which it was
    published: the last version of each period of which no version is open. Their names.
    """
    there = set(await open_periods(connection, simulated=simulated))
    last = {
        each.period: each
        for each in reversed(await read_publications(connection, simulated=simulated))
        if each.period not in there
    }
    for each in last.values():
        await open_figures(connection, each)
    return sorted(set(await open_periods(connection, simulated=simulated)) - there)


async def show_open(connection: AsyncConnection, period: Period, *, simulated: bool) -> Document:
    """What is open of a period. Raises NotFoundError."""
    found = await read_open(connection, period.name, simulated=simulated)
    if found is None:
        raise NotFoundError(
            f"Kỳ {period.name} chưa có số liệu công khai: chỉ công khai số liệu tháng đã chốt."
        )
    return found


async def list_open(connection: AsyncConnection, *, simulated: bool) -> list[Period]:
    """The periods that are open, the latest first."""
    return [read_period(name) for name in await open_periods(connection, simulated=simulated)]


async def open_holds(connection: AsyncConnection, publication: Publication) -> bool:
    """Whether what is open of a publication is what its verdicts make it."""
    sheet = await open_sheet_of(connection, publication.id)
    if sheet is None:
        return True
    told = sheet.document
    axis, names = told["definitions"][0]["axis"], [each["id"] for each in told["definitions"]]
    threshold = told["suppression"]["threshold"]
    anew = await _table(connection, publication, axis, names, sheet.conditions, threshold)
    return told["digest"] == publication.digest and all(
        _without_names(told[part]) == _without_names(anew[part]) for part in anew
    )


async def _table(
    connection: AsyncConnection,
    publication: Publication,
    axis: str,
    names: Sequence[str],
    conditions: Sequence[tuple[str, str]],
    threshold: int,
) -> Document:
    texts = list(dict.fromkeys(each for pair in conditions for each in pair))
    found = await count_kinds(connection, publication, axis, texts)
    units = await name_units(connection, list(found))
    places = {
        name: (texts.index(population), texts.index(counted))
        for name, (population, counted) in zip(names, conditions, strict=True)
    }
    return draw_table(found, places, {key: _named(unit) for key, unit in units.items()}, threshold)


def draw_table(
    found: Patterns,
    places: Mapping[str, tuple[int, int]],
    units: Mapping[int, Document],
    least: int,
) -> Document:
    """Rows of units, what those hidden count together, and the total; of each definition by the
    place of its population and of what it counts.

    Units in the order of their ids, which says nothing of their counts.
    """
    patterns = sorted({each for kinds in found.values() for each in kinds})
    rows: dict[int, Kinds] = {
        key: tuple(found[key].get(each, 0) for each in patterns) for key in sorted(found)
    }
    covered = cover(rows, least)

    def figures(kinds: Kinds | None) -> Document | None:
        if kinds is None:
            return None
        return {
            name: _figure(*(_sum_of(kinds, patterns, place) for place in each))
            for name, each in places.items()
        }

    hides_all = bool(covered.hidden) and covered.together is None
    total = None if hides_all or not rows else tuple(map(sum, zip(*rows.values(), strict=True)))
    return {
        "rows": [units[key] | {"figures": figures(rows[key])} for key in covered.shown],
        "hidden": {
            "units": [units[key] for key in covered.hidden],
            "figures": figures(covered.together),
        },
        "total": {"figures": figures(total)},
    }


def _sum_of(kinds: Kinds, patterns: Sequence[tuple[bool, ...]], place: int) -> int:
    return sum(count for count, met in zip(kinds, patterns, strict=True) if met[place])


def _figure(denominator: int, numerator: int) -> Document:
    counts: Document = {"numerator": numerator, "denominator": denominator}
    ratio = percent(numerator, denominator)
    if ratio is None:
        return counts | {"percent": None, "reason": NOTHING_COUNTED}
    return counts | {"percent": str(ratio)}


def _named(unit: Document) -> Document:
    return {"unit": unit["code"], "unit_name": unit["name"]}


def _without_names(told: Any) -> Any:  # noqa: ANN401  # a part of a document
    if isinstance(told, dict):
        return {key: _without_names(each) for key, each in told.items() if key != "unit_name"}
    return [_without_names(each) for each in told] if isinstance(told, list) else told


def _instant(instant: Any) -> str:  # noqa: ANN401  # a datetime of the database
    return str(instant.astimezone(clock.VIETNAM).isoformat())
