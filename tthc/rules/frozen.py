"""What publishing a period freezes: every counted condition, each a bit with a fixed place."""

import re
from dataclasses import dataclass
from functools import cache
from typing import Any

from tthc.rules.definitions import PROCEDURES, Definition, definition_set, variants
from tthc.rules.predicates import BASES, Predicate, facts, partition_counts, predicate, predicates

BITS = 63  # conditions in each number of verdicts
# beside the definitions: what the identities of the official forms add up
ADDED_UP = (
    *("received_in", "carried_over", "to_resolve", "resolved_in", "open_at_end"),
    *("resolved_early_in", "resolved_on_time_in", "resolved_late_in"),
    *("in_time_at_end", "overdue_at_end"),
)
LETTER = "with_letter"


@dataclass(frozen=True, slots=True)
class FrozenSet:
    """Condition texts by the place of their bit, the first `counting` of them of definitions; the
    working days that are laid out, and the definitions with their versions.
    """

    texts: tuple[str, ...]
    counting: int
    spreads: tuple[tuple[str, str], ...]
    definitions: tuple[tuple[str, int], ...]

    @property
    def columns(self) -> list[str]:
        """The columns of facts that the texts read."""
        words = set(
            re.findall(r"[a-z_0-9]+", " ".join([*self.texts, *map(" ".join, self.spreads)]))
        )
        return [name for name in facts() if name in words]

    def place(self, text: str) -> int | None:
        """The place of a condition; None where it was not frozen."""
        return self.texts.index(text) if text in self.texts else None

    def is_met(self, verdicts: list[int], text: str) -> bool | None:
        """Whether a condition's bit is set; None where it was not frozen."""
        place = self.place(text)
        if place is None:
            return None
        word, bit = divmod(place, BITS)
        return bool(verdicts[word] >> bit & 1)

    def document(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "texts": self.texts,
            "counting": self.counting,
            "spreads": self.spreads,
            "definitions": self.definitions,
        }


def read_frozen(document: dict[str, Any]) -> FrozenSet:
    """A set as it was kept."""
    return FrozenSet(
        tuple(document["texts"]),
        document["counting"],
        tuple((condition, days) for condition, days in document["spreads"]),
        tuple((name, version) for name, version in document["definitions"]),
    )


@cache
def frozen_set() -> FrozenSet:
    """The set in force: every definition in every variant, the partition, the forms' columns."""
    chosen = list(variants().values())
    _, counted = definition_set(chosen)
    beside = [*partition_counts().values(), predicate(LETTER), *added_up().values()]
    texts = tuple(dict.fromkeys((*counted, *(each.text for each in beside))))
    spreads = tuple(dict.fromkeys((each.counted, each.days) for each in chosen if each.days))
    return FrozenSet(
        texts, len(counted), spreads, tuple((each.id, each.version) for each in chosen)
    )


def added_up() -> dict[tuple[str, str], Predicate]:
    """The forms' columns by due basis and name."""
    return {(basis, name): predicates(basis)[name] for basis in BASES for name in ADDED_UP}


def of_procedures() -> list[Definition]:
    """The definitions that count procedures."""
    return [each for each in variants().values() if each.of == PROCEDURES]
