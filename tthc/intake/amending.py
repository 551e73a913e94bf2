"""A newer file about a known case: which acts to add, and which to correct.

What the file's older and newer facts amount to is compared act by act. A new fact adds an act; a
changed one corrects the live act that decided it, repeating its whole change, mended. What the
file doesn't speak of is never touched.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import groupby
from typing import Any

from tthc.domain.events import EVENT_TYPES

LAST = 1 << 31  # an added act comes behind those that are there
LIFE = tuple(EVENT_TYPES)


@dataclass(frozen=True, slots=True)
class Act:
    """An act in the ledger, or one to be added to it.

    `type` is that of the act first recorded, also where this one corrects it. `seq` is 0 until it
    is added; `replaces` is the event that it then corrects.
    """

    type: str
    occurred_at: datetime
    effective_at: datetime
    change: Mapping[str, Any]
    seq: int = 0
    imported: bool = True
    replaces: int | None = None
    payload: str | None = None

    @property
    def when(self) -> tuple[datetime, datetime]:
        return self.occurred_at, self.effective_at

    def at(self, seq: int) -> "Act":
        return replace(self, seq=seq)


def live_acts(events: Iterable[Mapping[str, Any]]) -> list[Act]:
    """The events that no other replaces, in the order in which they take effect.

    Each has seq, type, occurred_at, effective_at, replaces, import_id and its change, read.
    """
    types: dict[int, str] = {}
    acts: dict[int, Act] = {}
    for event in events:
        replaced = event["replaces"]
        types[event["seq"]] = event["type"] if replaced is None else types[replaced]
        acts.pop(replaced, None)
        acts[event["seq"]] = Act(
            types[event["seq"]],
            event["occurred_at"],
            event["effective_at"],
            event["change"],
            event["seq"],
            event["import_id"] is not None,
        )
    return sorted(acts.values(), key=lambda act: (act.effective_at, act.seq))


def fold(acts: Iterable[Act]) -> dict[str, Any]:
    """The columns of a case's row that its live acts decide, given in their order of effect."""
    row: dict[str, Any] = {}
    for act in acts:
        row.update(act.change)
    return row


def amend(live: Sequence[Act], before: Sequence[Act], after: Sequence[Act]) -> list[Act] | None:
    """The live acts as they must become: those with `seq` 0 are to be added, in this order.

    `before` and `after` are the acts that the known and the newer facts amount to. None where
    what has been done in the system since stands against the file.
    """
    was, will = ({act.type: act for act in acts} for acts in (before, after))
    old, new = fold(before), fold(after)
    emptied = {act.type: act for act in live if not act.change}
    retired = [act for act in live if act.change and act.type in was and act.type not in will]
    if not all(act.imported for act in retired):
        return None
    kept = [act for act in live if act.change and act not in retired]
    known = was.keys() | {act.type for act in kept}
    added = [
        replace(act, replaces=emptied.pop(act.type).seq) if act.type in emptied else act
        for act in after
        if act.type not in known
    ]
    changed = {key for key in old.keys() | new.keys() if old.get(key) != new.get(key)}
    changed |= {key for act in retired for key in act.change}
    told = {key for act in added for key in act.change} | {"state"}
    mends = _mends(kept, will, {key: new.get(key) for key in changed - told})
    result = _in_order(
        [
            *(_mended(act, mends.get(act.seq, {}), was, will) for act in kept),
            *(replace(act, change={}, seq=0, replaces=act.seq) for act in retired),
            *emptied.values(),
            *added,
        ]
    )
    row = fold(result)
    return result if all(row.get(key) == new.get(key) for key in changed) else None


def _mended(
    act: Act, change: Mapping[str, Any], was: Mapping[str, Act], will: Mapping[str, Act]
) -> Act:
    """A live act with what has changed of it: its decisions, and the instants claimed for it."""
    mended = replace(act, change={**act.change, **change})
    then, now = was.get(act.type), will.get(act.type)
    if then is not None and now is not None and act.imported and then.when != now.when:
        mended = replace(mended, occurred_at=now.occurred_at, effective_at=now.effective_at)
    return act if mended == act else replace(mended, seq=0, replaces=act.seq)


def _mends(
    live: Sequence[Act], will: Mapping[str, Act], changed: Mapping[str, Any]
) -> dict[int, dict[str, Any]]:
    """Which live act decided each changed value, or would have: by `seq`, what it now says."""
    mends: dict[int, dict[str, Any]] = {}
    for key, value in changed.items():
        owners = [act for act in live if key in act.change] or [
            act for act in live if act.type in will and key in will[act.type].change
        ]
        if owners:
            mends.setdefault(owners[-1].seq, {})[key] = value
    return mends


def _in_order(acts: Iterable[Act]) -> list[Act]:
    """The acts in the order in which they will take effect.

    Of two at one instant the later in the ledger wins. So where one is added, those at its
    instant stand in the order of a case's life, and one that would be overtaken is repeated.
    """
    result: list[Act] = []
    for _, group in groupby(sorted(acts, key=lambda act: act.effective_at), _instant):
        at_once = sorted(group, key=lambda act: act.seq or act.replaces or LAST)
        if not all(act.seq for act in at_once):
            at_once.sort(key=lambda act: LIFE.index(act.type))
        highest = 0
        for act in at_once:
            overtaken = act.seq and act.change and act.seq < highest
            result.append(replace(act, seq=0, replaces=act.seq) if overtaken else act)
            highest = max(highest, result[-1].seq or LAST)
    return result


def _instant(act: Act) -> datetime:
    return act.effective_at
