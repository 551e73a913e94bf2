"""What is open to everybody: which figures of which periods, and how small counts are hidden."""

from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from tthc.domain.errors import RulesFileError
from tthc.rules.definitions import PROCEDURES, Definition, definition
from tthc.rules.files import RULES, read_toml

FILE = "suppression.toml"
LEAST = 3  # below, a hidden count could only be 1


@dataclass(frozen=True, slots=True)
class Opening:
    """What is shown without a sign-in since a date. `threshold`: the least count that is told, if
    it is not 0. `confirmed`: whether a source sets it.
    """

    valid_from: date
    threshold: int
    scheme: str
    definitions: tuple[Definition, ...]
    confirmed: bool


def opening_on(day: date) -> Opening | None:
    """The setting in force on a date; None before the first."""
    return next((each for each in reversed(_openings()) if each.valid_from <= day), None)


@cache
def _openings() -> tuple[Opening, ...]:
    return read_openings(read_toml(RULES / FILE))


def read_openings(document: dict[str, Any]) -> tuple[Opening, ...]:
    """The settings of a file, the earliest first. Raises RulesFileError."""
    found = [
        Opening(
            one["valid_from"],
            int(one["threshold"]),
            one["scheme"],
            tuple(definition(name) for name in one["definitions"]),
            bool(document["confirmed"]),
        )
        for one in document["suppression"]
    ]
    for opening in found:
        _check(opening)
    return tuple(sorted(found, key=lambda each: each.valid_from))


def _check(opening: Opening) -> None:
    if opening.threshold < LEAST:
        raise RulesFileError(
            f"{FILE}: ngưỡng phải từ {LEAST} trở lên, không phải {opening.threshold}."
        )
    if len({each.axis for each in opening.definitions}) != 1:
        raise RulesFileError(f"{FILE}: các định nghĩa phải cùng tính theo một loại đơn vị.")
    for each in opening.definitions:
        if each.of == PROCEDURES or each.days or each.needs or each.missing:
            raise RulesFileError(
                f"{FILE}: “{each.id}” không chỉ là tỷ lệ của hai số hồ sơ, hãy bỏ ra."
            )
