"""A newer file about a known case: which acts to add, and which to correct.

What the file's older and newer facts amount to is compared act by act. A new fact adds an act; a
changed one corrects the live act that decided it, repeating its whole change, mended. What the
file doesn't speak of is never touched.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

LAST = 1 << 31  # an added act comes behind those that are there


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
    changed = {key: new.get(key) for key in {**old, **new} if old.get(key) != new.get(key)}
    known = {act.type for act in live}
    added = [act for act in after if act.type not in known and act.type not in was]
    told = {key for act in added for key in act.change}
    mends = _mends(live, will, {key: changed[key] for key in changed.keys() - told - {"state"}})
    acts = []
    for act in live:
        then, now = was.get(act.type), will.get(act.type)
        mended = replace(act, change={**act.change, **mends.get(act.seq, {})})
        if then is not None and now is None:
            if not act.imported:
                return None
            mended = replace(act, change={})
        elif then is not None and now is not None and act.imported and then.when != now.when:
            mended = replace(mended, occurred_at=now.occurred_at, effective_at=now.effective_at)
        acts.append(mended if mended == act else replace(mended, seq=0, replaces=act.seq))
    result = _in_order([*acts, *added])
    row = fold(result)
    return result if all(row.get(key) == value for key, value in changed.items()) else None


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

    One at the instant of an act that is added before it is repeated, to stay behind it: of two at
    one instant the later in the ledger wins.
    """
    ordered = sorted(acts, key=lambda act: (act.effective_at, act.seq or act.replaces or LAST))
    result: list[Act] = []
    for act in ordered:
        behind = result and not result[-1].seq and result[-1].effective_at == act.effective_at
        result.append(replace(act, seq=0, replaces=act.seq) if behind and act.seq else act)
    return result
