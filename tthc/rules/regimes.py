"""Regimes of the one-stop rules as dated data; a case keeps the one of its day of receipt."""

from datetime import date, time
from functools import cache
from importlib.resources.abc import Traversable
from typing import Any

from tthc.domain.errors import NotFoundError, RulesFileError, TthcError
from tthc.domain.regime import Regime, RegimeException, in_force
from tthc.domain.term import ClockPolicy, Mode, StartRule, SuspensionRule, TermUnit
from tthc.rules.files import RULES, read_toml, toml_files
from tthc.rules.sources import source

__all__ = ["Regime", "RegimeException", "regime", "regime_on", "regimes"]


@cache
def regimes() -> tuple[Regime, ...]:
    """Every regime, oldest first."""
    found = [_read(file) for file in toml_files(RULES / "regimes")]
    return tuple(sorted(found, key=lambda one: one.valid_from))


def regime_on(day: date) -> Regime:
    """The regime in force on a date of receipt."""
    for one in regimes():
        if in_force(one.valid_from, one.valid_to, day):
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
    intake, handover = entry.get("intake", {}), entry["handover"]
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
        further_with_grounds=supplement["further_with_grounds"],
        supplement_article=supplement["article"],
        silence_days=supplement["silence_days"],
        silence_unit=TermUnit(supplement["silence_unit"]),
        extensions=entry["extension"]["times"],
        letter_policy=letter["policy"],
        letter_days_before_due=letter["days_before_due"],
        letter_unit=TermUnit(letter["unit"]),
        letter_article=letter["article"],
        online_answer_hours=intake.get("answer_online_within_working_hours"),
        online_answer_article=intake.get("article"),
        next_morning_after=_time(handover["next_morning_after"]),
        across_levels_days=handover["across_levels_working_days"],
        handover_article=handover["article"],
        sources=tuple(source(one).id for one in entry["sources"]),
        unconfirmed=frozenset(entry.get("unconfirmed", ())),
        exceptions=tuple(_exception(one) for one in entry.get("exception", ())),
    )


def _exception(entry: dict[str, Any]) -> RegimeException:
    rule = entry.get("suspension_rule")
    return RegimeException(
        sector=entry["sector"],
        valid_from=entry["valid_from"],
        source=source(entry["source"]).id,
        valid_to=entry.get("valid_to"),
        suspension_rule=SuspensionRule(rule) if rule else None,
        supplement_requests=entry.get("requests"),
        ask_within_working_days=entry.get("ask_within_working_days"),
        silence_days=entry.get("silence_days"),
    )


def _time(value: object) -> time:
    if not isinstance(value, time):
        raise RulesFileError("giờ phải viết như 15:00:00")
    return value
