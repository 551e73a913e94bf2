"""What a condition says of every case that meets it, read off its expanded text.

For an index: that a case is open, or overdue, narrows what has to be looked at. What is read here
only ever follows from the text, so that leaving it out, or in, changes no list and no count.
"""

from collections.abc import Iterable, Iterator
from functools import cache

from tthc.rules.predicates import Predicate

UNRESOLVED, NOT_ENDED = "resolved_at IS NULL", "NOT (state IN (1, 3, 7, 8))"
OVERDUE, SUSPENDED_LATE = "overdue_at <= :as_of", "suspended_at >= overdue_at"
SOON = "due_ordinal <= :soon_ordinal"
# Not over: the partial indexes of `cases` hold these, whatever their due date.
_ACTIVE = "active_until IS NULL"
# A due date of `soon` is the last instant of a day, or the first of the next; two days are enough
# in every zone. Where the calendar knows too few days, those overdue are still within.
_SOON = """overdue_at < greatest(
  (SELECT max(day) + 2 FROM current_days WHERE ordinal <= :soon_ordinal), :as_of_on + 2)"""


def implied_by(all_of: Iterable[Predicate], any_of: Iterable[Predicate] = ()) -> list[str]:
    """Conditions on rows of `cases` that follow where all of some hold, and one of others."""
    told = _told(all_of)
    alternatives = [_said(each.text) for each in any_of]
    if alternatives:
        told |= frozenset.intersection(*alternatives)
    found = []
    if {UNRESOLVED, NOT_ENDED} <= told:
        found.append(_ACTIVE)
        if OVERDUE in told:
            found.append(OVERDUE)
        elif SOON in told:
            found.append(_SOON)
    return found


def implied_of_facts(all_of: Iterable[Predicate]) -> list[str]:
    """A comparison of the facts that follows where all of some hold, and that few cases meet."""
    return [OVERDUE] if OVERDUE in _told(all_of) else []


def never_null(column: str, all_of: Iterable[Predicate]) -> bool:
    """Whether a column has a value wherever all of some conditions hold, and their texts say so."""
    return f"{column} IS NOT NULL" in _told(all_of)


def _told(all_of: Iterable[Predicate]) -> frozenset[str]:
    return frozenset[str]().union(*(_said(each.text) for each in all_of))


@cache
def _said(text: str) -> frozenset[str]:
    """The comparisons that hold wherever a text does."""
    text = _bare(text)
    if len(parts := list(_split(text, " OR "))) > 1:
        return frozenset.intersection(*map(_said, parts))
    if len(parts := list(_split(text, " AND "))) > 1:
        return _closed(frozenset[str]().union(*map(_said, parts)))
    return frozenset({text})


def _closed(told: frozenset[str]) -> frozenset[str]:
    """With what follows: nobody is suspended later than now; what is overdue was due by `soon`."""
    if SUSPENDED_LATE in told and "suspended_at IS NOT NULL" in told:
        told |= {OVERDUE}
    return told | {SOON} if OVERDUE in told else told


def _bare(text: str) -> str:
    """A text without the parentheses around the whole of it."""
    while text.startswith("(") and _closing(text) == len(text) - 1:
        text = text[1:-1]
    return text


def _closing(text: str) -> int:
    depth = 0
    for place, sign in enumerate(text):
        depth += (sign == "(") - (sign == ")")
        if not depth:
            return place
    return -1


def _split(text: str, word: str) -> Iterator[str]:
    """The parts between a word where it stands in no parentheses and in no CASE."""
    if text.startswith("CASE"):
        yield text
        return
    depth, begun = 0, 0
    for place, sign in enumerate(text):
        depth += (sign == "(") - (sign == ")")
        if not depth and text.startswith(word, place):
            yield text[begun:place]
            begun = place + len(word)
    yield text[begun:]
