"""Hiding small counts, against somebody who knows all that is shown and the rule itself.

The attack is a whole one: every small table is drawn, and a hidden count is found where all tables
that look alike agree on it. A kind of which nobody is counted is no secret: 0 may be told.
"""

import inspect
import os
from collections import defaultdict
from collections.abc import Callable
from itertools import product
from types import ModuleType
from typing import Any

import pytest

from tthc.domain import suppression
from tthc.domain.suppression import Covered, Kinds, cover, is_safe

SMALL = [(2, 2, 6, 3), (3, 1, 9, 3), (4, 1, 7, 3), (2, 1, 12, 5)]
LARGE = [(3, 2, 5, 3), (4, 1, 12, 4), (5, 1, 7, 3), (2, 3, 4, 3), (3, 1, 15, 5)]
Rule = Callable[[dict[int, Kinds], int], Covered]


def found_out(units: int, kinds: int, most: int, least: int, rule: Rule = cover) -> str | None:
    """The first count that somebody finds out over all tables of so many units and kinds, each
    count up to `most`; or a small count that is plainly there.
    """
    alike: dict[Any, list[tuple[Kinds, ...]]] = defaultdict(list)
    possible: list[Kinds] = list(product(range(most + 1), repeat=kinds))
    for table in product(possible, repeat=units):
        told = rule(dict(enumerate(table)), least)
        shown = tuple((key, table[key]) for key in told.shown)
        groups = [*(row for _, row in shown), *([told.together] if told.together else [])]
        if not all(is_safe(group, least) for group in groups):
            return f"shown: {table}"
        alike[(shown, told.hidden, told.together)].append(table)
    for (_, hidden, together), tables in alike.items():
        if not together or max(together) > most:
            continue  # larger tables would look the same too
        for key, kind in ((key, kind) for key in hidden for kind in range(kinds)):
            if together[kind] and len({table[key][kind] for table in tables}) == 1:
                return f"unit {key} of {tables[0]}"
    return None


def test_a_month_of_four_communes() -> None:
    """Two late cases of one commune: another that has late ones hides them, not the first one."""
    rows = {1: (90, 0), 2: (60, 2), 3: (80, 7), 4: (70, 9)}
    assert cover(rows, 5) == Covered((1, 4), (2, 3), (140, 9))


def test_nothing_is_hidden_where_no_count_is_small() -> None:
    assert cover({1: (90, 0), 2: (60, 5)}, 5) == Covered((1, 2), (), None)
    assert cover({}, 5) == Covered((), (), None)


def test_where_all_together_are_few_nothing_is_shown() -> None:
    assert cover({1: (90, 0), 2: (60, 2), 3: (0, 1)}, 5) == Covered((), (1, 2, 3), None)
    assert cover({1: (1,), 2: (1,), 3: (1,), 4: (1,), 5: (1,)}, 5).together is None
    assert cover({1: (4,), 2: (4,)}, 5).together is None  # 8 of two small rows: 4 and 4


@pytest.mark.parametrize("size", SMALL + (LARGE if os.environ.get("TTHC_HEAVY") else []))
def test_no_hidden_count_is_found_out(size: tuple[int, int, int, int]) -> None:
    assert found_out(*size) is None


def _alone(rows: dict[int, Kinds], least: int) -> Covered:
    """Hides small rows and no other."""
    hidden = tuple(key for key, kinds in rows.items() if not is_safe(kinds, least))
    sums = tuple(map(sum, zip(*(rows[key] for key in hidden), strict=True)))
    return Covered(tuple(set(rows) - set(hidden)), hidden, sums or None)


def _one_less(rows: dict[int, Kinds], least: int) -> Covered:
    return cover(rows, least - 1)


WEAKENED = {
    "the sum may be small": ("is_safe(together, threshold) and", ""),
    "as many as there are rows": ("told = (len(hidden), ", "told = (-1, "),
    "as many as small rows can be": ("len(hidden) * (threshold - 1))", "0)"),
    "the smallest row helps": ("(filling or left)[0]", "min(left, key=lambda each: rows[each])"),
    "the threshold itself is small": ("count >= threshold", "count > threshold - 2"),
}


def test_a_planted_mistake_is_found_out() -> None:
    assert found_out(3, 1, 9, 3, _alone)
    assert found_out(3, 1, 9, 3, _one_less)


@pytest.mark.parametrize("mistake", WEAKENED)
def test_a_weaker_rule_is_found_out(mistake: str) -> None:
    text, old = inspect.getsource(suppression), WEAKENED[mistake][0]
    assert text.count(old) == 1
    weak = ModuleType(suppression.__name__)
    exec(text.replace(*WEAKENED[mistake]), weak.__dict__)
    assert any(found_out(*size, weak.cover) for size in SMALL), mistake
