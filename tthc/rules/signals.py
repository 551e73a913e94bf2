"""Signals: what cases should be looked at again, and the dated thresholds that they use."""

from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from tthc.domain.errors import NotFoundError, RulesFileError
from tthc.rules.files import RULES, read_toml


@dataclass(frozen=True, slots=True)
class Threshold:
    """A number that a signal compares with, from a date on; `words` say it on screen."""

    name: str
    valid_from: date
    value: int
    words: str
    source: str

    @property
    def said(self) -> str:
        return self.words.format(value=self.value)


@dataclass(frozen=True, slots=True)
class Signal:
    """Cases to look at: in words what was seen and what to look at. Never an accusation."""

    id: str
    title: str
    explanation: str
    look: str
    thresholds: tuple[str, ...]

    @property
    def predicate(self) -> str:
        """The name of its condition, which has a meaning in a period."""
        return f"{self.id}_in"


@cache
def _rules() -> dict[str, Any]:
    return read_toml(RULES / "signals.toml")


@cache
def _thresholds() -> tuple[Threshold, ...]:
    found = tuple(Threshold(**each) for each in _rules()["threshold"])
    return tuple(sorted(found, key=lambda each: each.valid_from, reverse=True))


def threshold(name: str, on: date) -> Threshold:
    """A threshold as it was set on a date; before the first, the first."""
    known = [each for each in _thresholds() if each.name == name]
    if not known:
        raise RulesFileError(f"signals.toml: không có ngưỡng “{name}”.")
    return next((each for each in known if each.valid_from <= on), known[-1])


@cache
def signals() -> dict[str, Signal]:
    """Every signal by its id, in the order of the file."""
    return {
        each["id"]: Signal(**{**each, "thresholds": tuple(each["thresholds"])})
        for each in _rules()["signal"]
    }


def signal(name: str) -> Signal:
    """A signal by its id. Raises NotFoundError naming those that exist."""
    found = signals().get(name)
    if found is None:
        raise NotFoundError(f"Không có dấu hiệu “{name}”; các dấu hiệu: {', '.join(signals())}.")
    return found
