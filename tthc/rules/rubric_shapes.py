"""The shapes of rules as rubrics write them: a table becomes a rule of the domain."""

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal

from tthc.domain.errors import TthcError
from tthc.domain.scoring import cases, combining, entered, peers, ratio
from tthc.domain.scoring.bands import Band, band_problem
from tthc.domain.scoring.combining import Rule
from tthc.rules.definitions import CASES, definition
from tthc.rules.entries import Entry

HUNDRED = Decimal(100)
OFFENDING = {"zero_tolerance", "deduction_per_case", "inverse_steps"}
BY_PEOPLE = {"checklist", "deadline", "surveyed", "manual"}


def read_rule(entry: Entry, most: Decimal) -> Rule:
    """The rule of a table. Raises RulesFileError naming the line."""
    return SHAPES[entry.choice("shape", SHAPES)](entry, most)


def measure_of(entry: Entry, key: str = "measure") -> str:
    """The id of a definition that there is."""
    name = entry.text(key)
    try:
        asked = definition(name)
    except TthcError as problem:
        entry.refuse(key, str(problem).rstrip("."))
    if asked.of != CASES or asked.days:
        entry.refuse(key, f"“{name}” không phải là tỷ lệ của hồ sơ, không chấm điểm được")
    level = entry.values.get("case_level")
    return at_level(name, level) if level else name


def at_level(measure: str, level: str) -> str:
    """The name of a measure of the cases of one level only."""
    return f"{measure}#{level}"


def bands_of(
    entry: Entry, most: Decimal, low: Decimal | None = None, high: Decimal | None = None
) -> tuple[Band, ...]:
    """Bands that leave nothing out and hold nothing twice, with points up to the maximum."""
    tables = entry.tables("bands")
    bands = tuple(_band(each, most) for each in tables)
    if problem := band_problem(bands, low, high):
        tables[problem[0]].refuse(None, problem[1])
    return bands


def _band(entry: Entry, most: Decimal) -> Band:
    points = entry.decimal("points")
    if points > most:
        entry.refuse("points", f"{points} điểm vượt điểm tối đa {most}")
    band = Band(
        points,
        entry.maybe_decimal("from"),
        entry.maybe_decimal("above"),
        entry.maybe_decimal("to"),
        entry.maybe_decimal("below"),
    )
    entry.read |= {"from", "above", "to", "below"}
    entry.close()
    return band


def _positive(entry: Entry, key: str) -> Decimal:
    value = entry.decimal(key)
    if value <= 0:
        entry.refuse(key, "phải lớn hơn 0")
    return value


def _linear(entry: Entry, most: Decimal) -> Rule:
    return ratio.Linear(most, measure_of(entry))


def _linear_with_floor(entry: Entry, most: Decimal) -> Rule:
    return ratio.LinearWithFloor(most, measure_of(entry), entry.decimal("floor"))


def _capped_linear(entry: Entry, most: Decimal) -> Rule:
    return ratio.CappedLinear(most, measure_of(entry), _positive(entry, "target"))


def _steps(entry: Entry, most: Decimal) -> Rule:
    return ratio.Steps(most, measure_of(entry), bands_of(entry, most, low=Decimal(0), high=HUNDRED))


def _below_target(entry: Entry, most: Decimal) -> Rule:
    return ratio.BelowTarget(
        most,
        measure_of(entry),
        _positive(entry, "target"),
        _positive(entry, "step"),
        _positive(entry, "each"),
        entry.decimal("least", 0),
        entry.flag("whole", default=True),
    )


def _all_or_nothing(entry: Entry, most: Decimal) -> Rule:
    return cases.AllOrNothing(most, measure_of(entry))


def _zero_tolerance(entry: Entry, most: Decimal) -> Rule:
    return cases.ZeroTolerance(most, measure_of(entry))


def _deduction_per_case(entry: Entry, most: Decimal) -> Rule:
    each, least = _positive(entry, "each"), entry.decimal("least", 0)
    return cases.DeductionPerCase(most, measure_of(entry), each, least)


def _mean_of_classes(entry: Entry, most: Decimal) -> Rule:
    found = []
    for each in entry.tables("classes"):
        points = each.decimal("points")
        if points > most:
            each.refuse("points", f"{points} điểm vượt điểm tối đa {most}")
        found.append(cases.CaseClass(measure_of(each), each.text("label"), points))
        each.close()
    return cases.MeanOfClasses(most, tuple(found))


def _days(entry: Entry, most: Decimal) -> Rule:
    tables = entry.tables("bands")
    measures = [measure_of(each) for each in tables]
    bands = tuple(_band(each, most) for each in tables)
    whole = [_whole_days(band) for band in bands]
    if problem := band_problem(whole):
        tables[problem[0]].refuse(None, problem[1])
    return cases.DaysEarlyOrLate(
        most, tuple(cases.DayClass(name, band) for name, band in zip(measures, bands, strict=True))
    )


def _whole_days(band: Band) -> Band:
    """Days are whole: from 1 to 2 and from 3 on leave nothing between them."""
    upper = band.to + 1 if band.to is not None else None
    return Band(band.points, band.start, None, None, upper)


def _against_average(entry: Entry, most: Decimal) -> Rule:
    return peers.AgainstAverage(most, measure_of(entry), entry.decimal("under", 0))


def _above_average(entry: Entry, most: Decimal) -> Rule:
    base, step, each = (_positive(entry, key) for key in ("base", "step", "each"))
    return peers.AboveAverage(most, measure_of(entry), base, step, each)


def _inverse_steps(entry: Entry, most: Decimal) -> Rule:
    step, each = _positive(entry, "step"), _positive(entry, "each")
    entry.read.add("reference")
    reference = entry.maybe_decimal("reference")
    least = entry.decimal("least", 0)
    return peers.InverseSteps(most, measure_of(entry), step, each, least, reference)


def _rank_bands(entry: Entry, most: Decimal) -> Rule:
    return peers.RankBands(most, measure_of(entry), bands_of(entry, most, low=Decimal(1)))


def _checklist(entry: Entry, most: Decimal) -> Rule:
    items = []
    for each in entry.tables("items"):
        items.append(entered.Item(each.text("key"), each.text("label"), each.decimal("points")))
        each.close()
    if (listed := sum(item.points for item in items)) != most:
        entry.refuse("items", f"các mục cộng lại {listed} điểm, không bằng {most}")
    return entered.Checklist(most, tuple(items))


def _deadline(entry: Entry, most: Decimal) -> Rule:
    return entered.Deadline(most, entry.whole("days_after_end"), bands_of(entry, most))


def _surveyed(entry: Entry, most: Decimal) -> Rule:
    del entry
    return entered.Surveyed(most)


def _manual(entry: Entry, most: Decimal) -> Rule:
    return entered.Manual(most, entry.decimal("least", 0))


def _tiers(entry: Entry, most: Decimal) -> Rule:
    tiers = []
    for each in entry.tables("tiers"):
        points = each.decimal("points")
        if points > most:
            each.refuse("points", f"{points} điểm vượt điểm tối đa {most}")
        tiers.append(combining.Tier(points, tuple(_condition(one) for one in each.tables("where"))))
        each.close()
    entry.read.add("otherwise")
    rule = combining.Tiers(most, tuple(tiers), entry.maybe_decimal("otherwise"))
    if "undecided" in entry.values:
        rule = replace(rule, undecided=entry.text("undecided"))
    return rule


def _condition(entry: Entry) -> combining.Condition:
    name = measure_of(entry)
    entry.read |= {"from", "below"}
    cases_to, cases_from = (
        entry.whole(key) if key in entry.values else None for key in ("cases_to", "cases_from")
    )
    found = combining.Condition(
        name,
        definition(name).title,
        entry.maybe_decimal("from"),
        entry.maybe_decimal("below"),
        cases_to,
        cases_from,
    )
    if (found.start, found.below, cases_to, cases_from) == (None, None, None, None):
        entry.refuse(None, "điều kiện phải có from, below, cases_to hoặc cases_from")
    entry.close()
    return found


def _minimum(entry: Entry, most: Decimal) -> Rule:
    found = []
    for each in entry.tables("rules"):
        found.append(read_rule(each, most))
        each.close()
    return combining.Minimum(most, tuple(found))


def _weighted(entry: Entry, most: Decimal) -> Rule:
    found = []
    for each in entry.tables("rules"):
        found.append((_positive(each, "weight"), read_rule(each, most)))
        each.close()
    if (weights := sum(weight for weight, _ in found)) != 1:
        entry.refuse("rules", f"các trọng số cộng lại {weights}, không bằng 1")
    return combining.WeightedSum(most, tuple(found))


SHAPES: dict[str, Callable[[Entry, Decimal], Rule]] = {
    "linear": _linear,
    "linear_with_floor": _linear_with_floor,
    "capped_linear": _capped_linear,
    "steps": _steps,
    "all_or_nothing": _all_or_nothing,
    "zero_tolerance": _zero_tolerance,
    "deduction_per_case": _deduction_per_case,
    "below_target": _below_target,
    "checklist": _checklist,
    "against_average": _against_average,
    "above_average": _above_average,
    "inverse_steps": _inverse_steps,
    "rank_bands": _rank_bands,
    "deadline": _deadline,
    "mean_of_classes": _mean_of_classes,
    "tiers": _tiers,
    "days_early_or_late": _days,
    "surveyed": _surveyed,
    "manual": _manual,
    "minimum": _minimum,
    "weighted_sum": _weighted,
}
