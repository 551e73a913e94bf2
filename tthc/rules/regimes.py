"""Regimes of the one-stop rules as dated data; a case keeps the one of its day of receipt."""

from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from importlib.resources.abc import Traversable
from typing import Any

from tthc.domain.errors import NotFoundError, RulesFileError, TthcError
from tthc.domain.term import ClockPolicy, Mode, StartRule, SuspensionRule, TermUnit
from tthc.rules.files import RULES, read_toml, toml_files
from tthc.rules.sources import source


@dataclass(frozen=True, slots=True)
class RegimeException:
    """A sector's own suspension rule, with its source; in force in [valid_from, valid_to)."""

    sector: str
    suspension_rule: SuspensionRule
    valid_from: date
    source: str
    valid_to: date | None = None

    def holds(self, sector: str | None, day: date) -> bool:
        return self.sector == sector and _in_force(self.valid_from, self.valid_to, day)


@dataclass(frozen=True, slots=True)
class Regime:
    """What a decree says about the clock, supplements, extensions and letters.

    `unconfirmed` names the entries that no text seen so far settles. `letter_policy` is how
    compliance with the duty to apologise is judged; `online_answer_hours` is the intake clock
    of an online submission, None where the regime has none.
    """

    id: str
    title: str
    valid_from: date
    valid_to: date | None
    policy: ClockPolicy
    supplement_requests: int
    ask_within_working_days: int
    silence_days: int
    silence_unit: TermUnit
    extensions: int
    letter_policy: str
    letter_days_before_due: int
    letter_unit: TermUnit
    letter_article: str
    online_answer_hours: int | None
    sources: tuple[str, ...]
    unconfirmed: frozenset[str]
    exceptions: tuple[RegimeException, ...]

    def policy_for(self, sector: str | None, received_on: date) -> ClockPolicy:
        """The clock's rules for a sector: a dated, sourced exception wins over the decree."""
        for one in self.exceptions:
            if one.holds(sector, received_on):
                return replace(self.policy, suspension_rule=one.suspension_rule)
        return self.policy


@cache
def regimes() -> tuple[Regime, ...]:
    """Every regime, oldest first."""
    found = [_read(file) for file in toml_files(RULES / "regimes")]
    return tuple(sorted(found, key=lambda one: one.valid_from))


def regime_on(day: date) -> Regime:
    """The regime in force on a date of receipt."""
    for one in regimes():
        if _in_force(one.valid_from, one.valid_to, day):
            return one
    raise NotFoundError(
        f"Chưa có quy định một cửa nào được nạp cho ngày {day:%d/%m/%Y}: "
        f"hãy thêm vào rules/regimes."
    )


def regime(name: str) -> Regime:
    """One regime by its id, as a case has pinned it."""
    for one in regimes():
        if one.id == name:
            return one
    raise NotFoundError(f"Không có quy định {name!r} trong rules/regimes.")


def _in_force(valid_from: date, valid_to: date | None, day: date) -> bool:
    return valid_from <= day and (valid_to is None or day < valid_to)


def _read(file: Traversable) -> Regime:
    entry = read_toml(file)
    try:
        return _regime(file.name.removesuffix(".toml"), entry)
    except KeyError as missing:
        raise RulesFileError(f"Tệp quy định {file.name}: thiếu mục {missing}.") from None
    except (TthcError, TypeError, ValueError) as problem:
        raise RulesFileError(f"Tệp quy định {file.name}: {problem}") from None


def _regime(name: str, entry: dict[str, Any]) -> Regime:
    clock, supplement, letter = entry["clock"], entry["supplement"], entry["letter"]
    return Regime(
        id=name,
        title=entry["title"],
        valid_from=entry["valid_from"],
        valid_to=entry.get("valid_to"),
        policy=ClockPolicy(
            StartRule(clock["start_rule"]),
            Mode(clock["mode"]),
            SuspensionRule(clock["suspension_rule"]),
        ),
        supplement_requests=supplement["requests"],
        ask_within_working_days=supplement["ask_within_working_days"],
        silence_days=supplement["silence_days"],
        silence_unit=TermUnit(supplement["silence_unit"]),
        extensions=entry["extension"]["times"],
        letter_policy=letter["policy"],
        letter_days_before_due=letter["days_before_due"],
        letter_unit=TermUnit(letter["unit"]),
        letter_article=letter["article"],
        online_answer_hours=entry.get("intake", {}).get("answer_online_within_working_hours"),
        sources=tuple(source(one).id for one in entry["sources"]),
        unconfirmed=frozenset(entry.get("unconfirmed", ())),
        exceptions=tuple(_exception(one) for one in entry.get("exception", ())),
    )


def _exception(entry: dict[str, Any]) -> RegimeException:
    return RegimeException(
        sector=entry["sector"],
        suspension_rule=SuspensionRule(entry["suspension_rule"]),
        valid_from=entry["valid_from"],
        valid_to=entry.get("valid_to"),
        source=source(entry["source"]).id,
    )
