"""A rubric's file becomes a tree of the domain, or is refused with the line that is wrong."""

import hashlib
import tomllib
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from tthc.domain.errors import RulesFileError
from tthc.domain.scoring.combining import ByPart, Rule
from tthc.domain.scoring.policy import Empty
from tthc.domain.scoring.rubric import Area, Criterion, Gates, Grade, Leaf, Rubric
from tthc.rules.blocks import LEVELS, blocks
from tthc.rules.definitions import definition
from tthc.rules.entries import Entry
from tthc.rules.lines import key_lines
from tthc.rules.periods import schemes
from tthc.rules.rubric_shapes import (
    BY_PEOPLE,
    OFFENDING,
    SHAPES,
    at_level,
    measure_of,
    read_rule,
)
from tthc.rules.sources import sources

EMPTY = {each.value for each in Empty}
OWN = {
    *("code", "title", "max", "surveyed", "evidence", "empty", "source", "unconfirmed", "why"),
    *("veto", "axis", "levels", "split", "parts", "combine", "case_level"),
}


def read_rubric(file: str, text: str) -> Rubric:
    """A rubric's text. Raises RulesFileError: one sentence with file, line and key."""
    try:
        values = tomllib.loads(text, parse_float=Decimal)
    except tomllib.TOMLDecodeError as problem:
        raise RulesFileError(f"{file}: không phải TOML hợp lệ: {problem}.") from None
    entry = Entry(file, values, key_lines(text))
    areas = entry.tables("area")
    most = entry.decimal("max")
    rubric = Rubric(
        id=entry.text("id"),
        version=entry.whole("version"),
        title=entry.text("title"),
        source=_source(entry),
        most=most,
        blocks=entry.names("blocks", blocks()),
        schemes=entry.names("schemes", schemes()),
        decimals=entry.whole("decimals"),
        areas=tuple(_area(each) for each in areas),
        digest=hashlib.sha256(text.encode()).hexdigest(),
        valid_from=entry.maybe_date("valid_from"),
        valid_to=entry.maybe_date("valid_to"),
        grades=_grades(entry),
        gates=_gates(entry),
        unconfirmed=_unconfirmed(entry),
    )
    entry.close()
    _check_sum(entry, most, (area.most for area in rubric.areas if area.least is None), "lĩnh vực")
    codes: set[str] = set()
    levels = {blocks()[name].level for name in rubric.blocks}
    for leaf in rubric.leaves():
        if leaf.rule is None and (without := levels - set(leaf.by_level)):
            entry.refuse("area", f"tiêu chí {leaf.code} thiếu ngưỡng cho cấp {min(without)}")
        if leaf.code in codes:
            entry.refuse("area", f"mã tiêu chí thành phần “{leaf.code}” có hai lần")
        codes.add(leaf.code)
    return rubric


def _area(entry: Entry) -> Area:
    criteria = tuple(_criterion(each) for each in entry.tables("criterion"))
    entry.read.add("least")
    area = Area(
        entry.text("code"),
        entry.text("title"),
        entry.decimal("max"),
        criteria,
        entry.maybe_decimal("least"),
    )
    entry.close()
    if area.least is None:
        _check_sum(entry, area.most, (each.most for each in criteria), "tiêu chí")
    return area


def _criterion(entry: Entry) -> Criterion:
    leaves = tuple(_leaf(each) for each in entry.tables("leaf"))
    most = entry.decimal("max")
    found = Criterion(entry.text("code"), entry.text("title"), most, leaves)
    entry.close()
    _check_sum(entry, most, (leaf.most for leaf in leaves), "tiêu chí thành phần")
    return found


def _leaf(entry: Entry) -> Leaf:
    most = entry.decimal("max")
    shape = entry.choice("shape", SHAPES)
    by_people = shape in BY_PEOPLE
    empty = Empty.NONE if by_people else Empty(entry.choice("empty", EMPTY))
    if not by_people and "source" not in entry.values:
        entry.refuse(None, "cách tính điểm chưa nêu nguồn: thêm source")
    source = _source(entry) if "source" in entry.values else ""
    rule, by_level = _rules(entry, most)
    measures = tuple(dict.fromkeys(_measures(entry.values)))
    _check_axis(entry, measures)
    if "case_level" in entry.values:
        measures = tuple(at_level(name, entry.choice("case_level", LEVELS)) for name in measures)
    leaf = Leaf(
        code=entry.text("code"),
        title=entry.text("title"),
        most=most,
        shape=shape,
        rule=rule,
        by_level=by_level,
        surveyed=entry.flag("surveyed", default=False),
        evidence=entry.text("evidence"),
        empty=empty,
        measures=measures,
        offends=shape in OFFENDING,
        source=source,
        unconfirmed=_unconfirmed(entry),
        veto=entry.flag("veto", default=False),
        split=entry.values.get("split"),
    )
    if leaf.surveyed != (shape == "surveyed"):
        entry.refuse("surveyed", "tiêu chí điều tra xã hội học phải có shape = surveyed")
    entry.read |= OWN
    entry.close()
    return leaf


def _rules(entry: Entry, most: Decimal) -> tuple[Rule | None, dict[str, Rule]]:
    """The usual rule and those of levels, with their own thresholds; split by part if asked."""
    by_level: dict[str, Rule] = {}
    names: set[str] = set()
    for each in entry.tables("levels", needed=False):
        level = each.choice("level", LEVELS)
        if level in by_level:
            each.refuse("level", f"cấp “{level}” có hai lần")
        by_level[level] = _variant(entry, each, most, "level")
        names |= set(each.values) - BESIDE
    if by_level and not names <= set(entry.values):
        entry.read |= {key for key in entry.values if key not in OWN}
        return None, by_level
    usual = read_rule(entry, most)
    if "split" not in entry.values:
        return usual, by_level
    part = entry.choice("split", {"sector", "procedure"})
    special = {each.text(part): _variant(entry, each, most, part) for each in entry.tables("parts")}
    least = entry.choice("combine", {"minimum", "weighted"}) == "minimum"
    return ByPart(most, measure_of(entry), usual, special, least), by_level


def _variant(entry: Entry, variant: Entry, most: Decimal, key: str) -> Rule:
    """A leaf's rule with other thresholds, which need a source of their own."""
    if "source" not in variant.values:
        variant.refuse(None, "ngưỡng này chưa nêu nguồn: thêm source")
    _source(variant)
    own = {name: value for name, value in variant.values.items() if name not in BESIDE | {key}}
    usual = {name: value for name, value in entry.values.items() if name not in OWN}
    for name in own:
        if name not in _KEYS:
            variant.refuse(name, "mục lạ")
    changed = variant.changed(usual | own, variant.path)
    rule = read_rule(changed, _own_most(variant, most))
    changed.close()
    return rule


def _own_most(variant: Entry, most: Decimal) -> Decimal:
    """The maximum of a level, where the text gives it a lower one."""
    own = variant.decimal("max", most)
    if own > most:
        variant.refuse("max", f"{own} vượt điểm tối đa {most} của tiêu chí")
    return own


BESIDE = {"level", "source", "unconfirmed", "why", "max"}
_KEYS = {
    *("measure", "floor", "target", "bands", "step", "each", "base", "least", "under"),
    *("reference", "tiers", "otherwise", "classes", "whole"),
}


def _measures(values: Any) -> Iterable[str]:  # noqa: ANN401  # any part of a table
    """The definitions that a leaf's table names, however deep."""
    if isinstance(values, dict):
        if isinstance(values.get("measure"), str):
            yield values["measure"]
        for each in values.values():
            yield from _measures(each)
    elif isinstance(values, list):
        for each in values:
            yield from _measures(each)


def _check_axis(entry: Entry, measures: tuple[str, ...]) -> None:
    """Whose cases are counted is the definition's to say; a leaf may name it, to be held to it."""
    axis = entry.get("axis", None)
    for name in measures:
        if axis is not None and definition(name).axis != axis:
            entry.refuse("axis", f"định nghĩa {name} tính theo {definition(name).axis}")


def _source(entry: Entry) -> str:
    name = entry.text("source")
    if name not in sources():
        entry.refuse("source", f"chưa có nguồn “{name}” trong sources.toml")
    return name


def _unconfirmed(entry: Entry) -> str | None:
    """Why the values are not confirmed; None where they are."""
    marked = entry.flag("unconfirmed", default=False)
    if not marked:
        if "why" in entry.values:
            entry.refuse("why", "có lý do nhưng thiếu unconfirmed = true")
        return None
    return entry.text("why")


def _grades(entry: Entry) -> tuple[Grade, ...]:
    found = []
    for each in entry.tables("grades", needed=False):
        found.append(Grade(each.decimal("from"), each.text("label")))
        each.close()
    if found and (found != sorted(found, key=lambda one: -one.start) or found[-1].start != 0):
        entry.refuse("grades", "mức xếp loại phải từ cao xuống thấp và kết thúc ở 0")
    return tuple(found)


def _gates(entry: Entry) -> Gates | None:
    entry.read.add("gates")
    if "gates" not in entry.values:
        return None
    each = Entry(entry.file, entry.values["gates"], entry.lines, ("gates",))
    gates = Gates(
        each.decimal("total"), each.decimal("each_percent"), _source(each), _unconfirmed(each)
    )
    each.close()
    return gates


def _check_sum(entry: Entry, most: Decimal, parts: Iterable[Decimal], what: str) -> None:
    total = sum(parts, Decimal(0))
    if total != most:
        entry.refuse("max", f"các {what} cộng lại {total} điểm, không bằng {most}")
