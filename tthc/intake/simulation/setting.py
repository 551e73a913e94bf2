"""Everything that a simulation draws from, as tables: days, offers, places, working time."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import polars as pl

from tthc.domain.calendar import Calendar
from tthc.domain.catalog import Procedure, PublishedTerm, Unit
from tthc.domain.errors import RuleError
from tthc.domain.term import ClockPolicy, SuspensionRule
from tthc.intake.simulation.catalogue import CHANNELS, LEVELS, Offer, group_of, offers
from tthc.intake.simulation.choice import Choice
from tthc.intake.simulation.dice import Dice
from tthc.intake.simulation.mix import Mix, level_shares, load_mix
from tthc.intake.simulation.parameters import Parameters
from tthc.intake.simulation.places import Place, era_days, places
from tthc.intake.simulation.worktime import WorkTime, day_number, local_seconds
from tthc.rules.regimes import regime_on

MONDAY, YEAR = 0, 365.25
LATEST_RECORD = 10  # seconds from an act to its record, at most
CHANNELS_SINCE = date(2024, 1, 1)  # of the online share in the mix


@dataclass(frozen=True, slots=True)
class Reference:
    """The rows of the database that a simulation reads, in the simulated world."""

    units: Sequence[Unit]
    successors: Mapping[int, Sequence[int]]
    procedures: Sequence[Procedure]
    terms: Sequence[PublishedTerm]
    online_levels: Mapping[tuple[str, str], str]
    calendar: Calendar


class Setting:
    """The tables of one simulation; `number` runs over its cases, in the order of days."""

    def __init__(self, asked: Parameters, reference: Reference) -> None:
        self.asked = asked
        self.mix = load_mix()
        self.dice = Dice(asked.seed)
        self.calendar = reference.calendar
        self.work = WorkTime(list(reference.calendar.working_days()))
        self.end = local_seconds(asked.until) - LATEST_RECORD
        self.policy = _policy(asked)
        changes = [d for t in reference.terms for d in (t.valid_from, t.valid_to)]
        self.eras = era_days(reference.units, changes, asked.since, asked.before)
        self.days = _days(self.mix, asked, self.eras, reference.calendar)
        self.offers = offers(
            self.mix, self.eras, reference.procedures, reference.terms, reference.online_levels
        )
        self.places = places(self.mix, asked.seed, self.eras, reference.units, reference.successors)
        self.terms = {term.id: term for term in reference.terms if term.confirmed}
        self.unit_codes = {unit.id: unit.code for unit in reference.units}
        groups = len(self.eras) * len(LEVELS)
        self.offer_choice = Choice(
            [o.group for o in self.offers], [o.weight for o in self.offers], groups * len(CHANNELS)
        )
        self.place_choice = Choice(
            [p.group for p in self.places], [p.weight for p in self.places], groups
        )
        self.offer_groups = _offer_groups(self.offers, len(self.eras))
        self.departments = _departments(self.mix, self.places, len(self.eras))

    def offer_table(self) -> pl.DataFrame:
        """What a chosen offer says, by its place in the list."""
        return pl.DataFrame(
            {
                "offer": range(len(self.offers)),
                "procedure_id": [o.procedure_id for o in self.offers],
                "term_id": [o.term.id if o.term else None for o in self.offers],
                "statutory_id": [o.statutory.id if o.statutory else None for o in self.offers],
                "channel": [o.channel for o in self.offers],
                "online_level": [o.online_level for o in self.offers],
                "land": [o.land for o in self.offers],
                "fee_amount": [o.fee or None for o in self.offers],
                "department": [o.department for o in self.offers],
            },
            schema_overrides={
                "offer": pl.UInt32,
                "term_id": pl.Int64,
                "statutory_id": pl.Int64,
                "fee_amount": pl.Int64,
            },
        )

    def place_table(self) -> pl.DataFrame:
        """What a chosen unit is, by its place in the list."""
        return pl.DataFrame(
            {
                "place": range(len(self.places)),
                "competent_unit_id": [p.unit_id for p in self.places],
                "competent_code": [p.code for p in self.places],
                "centre_id": [p.centre_id for p in self.places],
                "lateness": [p.lateness for p in self.places],
                "ends": [day_number(p.ends) if p.ends else None for p in self.places],
                "root": [p.root for p in self.places],
            },
            schema_overrides={"place": pl.UInt32, "ends": pl.Int64},
        )


def _policy(asked: Parameters) -> ClockPolicy:
    """The clock's rules over the whole span; a case keeps those of its receipt."""
    policies = {regime_on(day).policy for day in (asked.since, asked.before)}
    policy = policies.pop()
    if policies or policy.suspension_rule is not SuspensionRule.RESTART:
        raise RuleError(
            "Chỉ mô phỏng được nơi quy tắc tính hạn không đổi và tính lại từ đầu khi tiếp tục: "
            "hãy chọn năm khác."
        )
    return policy


def _days(mix: Mix, asked: Parameters, eras: Sequence[date], calendar: Calendar) -> pl.DataFrame:
    """The days of submission with their weight, era, levels and share online."""
    volume, channels = mix["volume"], mix["channels"]
    span = (asked.before - asked.since).days
    rows = []
    for day in (asked.since + timedelta(days=n) for n in range(span)):
        worked = calendar.is_worked(day)
        weight = 1.0 if worked else volume["rest_day"]
        if worked and day.weekday() == MONDAY:
            weight *= volume["monday"]
        years = (day - asked.since).days / YEAR
        online = channels["online_in_2024"]
        online += channels["online_a_year"] * (day - CHANNELS_SINCE).days / YEAR
        shares = level_shares(mix, day)
        rows.append(
            {
                "day": day_number(day),
                "weight": weight * (1 + volume["yearly_growth"]) ** years,
                "worked": worked,
                "era": sum(era <= day for era in eras) - 1,
                "online": min(max(online, 0.0), channels["online_at_most"]) if worked else 1.0,
                "province": shares["province"],
                "commune": shares["commune"],
            }
        )
    return pl.DataFrame(rows).with_columns(running=pl.col("weight").cum_sum())


def _offer_groups(offers: Iterable[Offer], eras: int) -> pl.Series:
    """For each group the one that serves it: an empty one takes its level's counter."""
    filled = {offer.group for offer in offers}
    return pl.Series(
        [
            group if group in filled else group // len(CHANNELS) * len(CHANNELS)
            for group in range(group_of(eras, 0, 0))
        ],
        dtype=pl.Int64,
    )


def _departments(mix: Mix, places: Sequence[Place], eras: int) -> pl.Series:
    """The place of each era's, province's and list's department, in that order."""
    width = len(mix["departments"])
    roots = max(place.root for place in places) + 1
    table = [0] * (eras * roots * width)
    for index, place in enumerate(places):
        era, level = divmod(place.group, len(LEVELS))
        if level == 0:
            table[(era * roots + place.root) * width + place.department] = index
    return pl.Series(table, dtype=pl.Int64)
