"""Cases that the ledger knows: what a newer file adds, corrects, or leaves as it is."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import polars as pl

from tthc.db import cases
from tthc.domain.errors import BusyError
from tthc.intake.acts import FACTS, acts_of, decide
from tthc.intake.amending import Act, amend, fold, live_acts
from tthc.intake.creating import Import
from tthc.intake.json_text import change_text, read_change
from tthc.intake.ledger import CASE_COLUMNS, EVENT_COLUMNS, INSTANT, seal_frame
from tthc.intake.places import Ask

DEFAULTS: Mapping[str, Any] = {"supplements": 0, "e_result": "unknown"}
CONFLICT = (
    "Hồ sơ đã được xử lý trong hệ thống sau lần nhập trước, trái với trạng thái trong tệp: "
    "hãy cập nhật hồ sơ này trực tiếp"
)


@dataclass(frozen=True, slots=True)
class Updates:
    """The new rows of `cases`, the events that make them, and changed names of applicants.

    `against` are the lines that what was done in the system since contradicts.
    """

    cases: pl.DataFrame
    events: pl.DataFrame
    applicants: pl.DataFrame
    against: list[int]
    updated: int


def updates(rows: pl.DataFrame, known: pl.DataFrame, by: Import, ask: Ask) -> Updates:
    """What checked rows (`check`) of known cases change; `known` are the cases' rows."""
    differs = [
        pl.col(name).ne_missing(pl.col(f"known:{name}"))
        for name in FACTS
        if name not in ("case_code", "was_suspended")
    ]
    renamed = rows.filter(
        pl.col("applicant_name").is_not_null()
        & pl.col("applicant_name").ne_missing(pl.col("known:applicant_name"))
        & ~pl.col("known:applicant_erased").fill_null(value=False)
    )
    changed = rows.filter(pl.any_horizontal(differs))
    moved, events, against = _moves(changed, known, by, ask)
    touched = {row["id"] for row in moved} | set(renamed["known:id"].to_list())
    return Updates(
        cases=pl.DataFrame(moved, schema=CASE_COLUMNS),
        events=events,
        applicants=renamed.select(case_id="known:id", name="applicant_name"),
        against=against,
        updated=len(touched),
    )


def _moves(
    changed: pl.DataFrame, known: pl.DataFrame, by: Import, ask: Ask
) -> tuple[list[dict[str, Any]], pl.DataFrame, list[int]]:
    nothing = pl.DataFrame(schema=EVENT_COLUMNS)
    if changed.is_empty():
        return [], nothing, []
    ids = changed["known:id"].to_list()
    rows = {row["id"]: row for row in known.to_dicts()}
    _hold(ids, rows, ask)
    history = _history(ask(cases.read_events, ids))
    after = _acts(changed.select(*FACTS))
    before = _acts(changed.select(pl.col(f"known:{name}").alias(name) for name in FACTS))
    moved, events, against = [], [], []
    for at, (case_id, line) in enumerate(zip(ids, changed["line"], strict=True)):
        acts = amend(live_acts(history[case_id]), before[at], after[at])
        row = rows[case_id]
        if acts is None:
            against.append(line)
        elif any(not act.seq for act in acts):
            acts = _numbered(acts, row["version"])
            added = [act for act in acts if act.seq > row["version"]]
            events += [_event(act, row, by) for act in added]
            moved.append({**DEFAULTS, **_typed(fold(acts)), **_identity(row, acts, by)})
    if not moved:
        return [], nothing, against
    sealed = seal_frame(pl.DataFrame(events, schema=EVENT_ROW))
    heads = dict(zip(sealed["case_id"], sealed["hash"], strict=True))  # the last of each case
    for row in moved:
        row["head"] = heads[row["id"]]
    return moved, sealed.select(*EVENT_COLUMNS), against


EVENT_ROW = {
    **{name: kind for name, kind in EVENT_COLUMNS.items() if name != "hash"},
    "case_code": pl.String,
    "head": pl.Binary,
}


def _hold(ids: list[int], rows: Mapping[int, Mapping[str, Any]], ask: Ask) -> None:
    held = pl.DataFrame(ask(cases.lock_cases, ids))
    if any(rows[case]["version"] != version for case, version in held.iter_rows()):
        raise BusyError(
            "Có hồ sơ trong tệp vừa được người khác ghi, chưa có gì được nhập: hãy nhập lại."
        )


def _history(stream: cases.ArrowStream) -> dict[int, list[dict[str, Any]]]:
    history: dict[int, list[dict[str, Any]]] = {}
    for event in pl.DataFrame(stream).iter_rows(named=True):
        event["change"] = read_change(event["change"])
        history.setdefault(event["case_id"], []).append(event)
    return history


def _acts(facts: pl.DataFrame) -> list[list[Act]]:
    found: list[list[Act]] = [[] for _ in range(len(facts))]
    for act in acts_of(decide(facts)).iter_rows(named=True):
        found[act["at"]].append(
            Act(
                act["type"],
                act["occurred_at"],
                act["effective_at"],
                read_change(act["change"]),
                payload=act["payload"],
            )
        )
    return found


def _numbered(acts: Sequence[Act], version: int) -> list[Act]:
    def numbered() -> Iterator[Act]:
        seq = version
        for act in acts:
            seq += not act.seq
            yield act if act.seq else act.at(seq)

    return list(numbered())


def _event(act: Act, row: Mapping[str, Any], by: Import) -> dict[str, Any]:
    corrects = act.replaces is not None
    reason = change_text({"reason": f"Tệp nhập {by.file_name}", "corrects": act.type})
    return {
        "case_id": row["id"],
        "case_code": row["code"],
        "seq": act.seq,
        "type": "corrected" if corrects else act.type,
        "occurred_at": act.occurred_at,
        "effective_at": act.effective_at,
        "recorded_at": by.recorded_at,
        "actor": by.actor,
        "replaces": act.replaces,
        "import_id": by.id,
        "payload": reason if corrects else act.payload,
        "change": change_text(act.change),
        "head": row["head"],
    }


def _identity(row: Mapping[str, Any], acts: Sequence[Act], by: Import) -> dict[str, Any]:
    return {
        **{name: row[name] for name in ("id", "code", "simulated", "imported")},
        "version": max(act.seq for act in acts),
        "last_effective_at": max(act.effective_at for act in acts),
        "last_recorded_at": by.recorded_at,
    }


def _typed(row: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: datetime.fromisoformat(value)
        if CASE_COLUMNS[name] == INSTANT and value is not None
        else value
        for name, value in row.items()
    }
