"""How many cases lie between a score and the next better one."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from decimal import Decimal

from tthc.domain.scoring.combining import Rule
from tthc.domain.scoring.given import Count, Given
from tthc.domain.scoring.policy import Empty, score
from tthc.domain.scoring.wording import rounded

MOST_CASES = 10_000_000


@dataclass(frozen=True, slots=True)
class Distance:
    """So many cases more, and the points would be these.

    `added`: further cases that meet the condition; `turned`: cases counted already that would
    have to meet it (or, where the measure counts offending cases, cease to). None: no way there.
    """

    points: Decimal
    added: int | None
    turned: int | None


def distance(
    rule: Rule,
    measure: str,
    given: Given,
    empty: Empty,
    *,
    offends: bool,
    decimals: int | None = None,
) -> Distance | None:
    """The nearest better score; None where it is the maximum already, or there is none.

    With `decimals` a score is better when it shows: rounded so, as it is printed. The rule must not
    take points for better figures.
    """
    found = score(rule, given, empty).points
    figure = given.figures.get(measure)
    if found is None or found >= rule.most or figure is None or figure.denominator == 0:
        return None
    now = _shown(found, decimals)
    good, all_of_them = figure.numerator, figure.denominator

    def turned(cases: int) -> Count:
        return Count(good - cases if offends else good + cases, all_of_them)

    def added(cases: int) -> Count:
        return Count(good if offends else good + cases, all_of_them + cases)

    def points(figure: Count) -> Decimal:
        found = score(rule, replace(given, figures={**given.figures, measure: figure}), empty)
        return now if found.points is None else _shown(found.points, decimals)

    turns = _first(
        lambda cases: points(turned(cases)) > now, good if offends else all_of_them - good
    )
    adds = None if offends else _first(lambda cases: points(added(cases)) > now, MOST_CASES)
    if turns is None and adds is None:
        return None
    reached = points(turned(turns)) if turns is not None else points(added(adds or 0))
    return Distance(reached, adds, turns)


def _shown(points: Decimal, decimals: int | None) -> Decimal:
    return points if decimals is None else rounded(points, decimals)


def _first(better: Callable[[int], bool], most: int) -> int | None:
    """The least number from 1 to `most` that is better, where more is never worse."""
    high = 1
    while high < most and not better(high):
        high *= 2
    high = min(high, most)
    if most < 1 or not better(high):
        return None
    low = high // 2
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if better(middle) else (middle, high)
    return high
