"""Importing in tests, and reading the ledger afterwards."""

from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import adbc_driver_postgresql.dbapi as adbc
import polars as pl

from tthc.db.cases import COLUMNS
from tthc.db.server import Server
from tthc.domain.events import Event, seal_all
from tthc.intake.importing import ImportReport, Order, import_file
from tthc.intake.json_text import read_change
from tthc.intake.ledger import CASE_COLUMNS, INSTANT
from tthc.intake.profile import Profile, load_profile, read_profile

EVENTS = """
SELECT c.code AS case_code, seq, type, occurred_at, effective_at, recorded_at, actor, replaces,
  payload::text, change::text FROM case_events JOIN cases c ON c.id = case_id ORDER BY case_id, seq
"""
HEADS = """
SELECT DISTINCT ON (case_id) code, hash FROM case_events JOIN cases c ON c.id = case_id
ORDER BY case_id, seq DESC
"""
DEFAULTS: dict[str, Any] = {"supplements": 0, "e_result": "unknown"}
DECIDED = set(CASE_COLUMNS) - {
    *("id", "code", "simulated", "imported", "version", "head"),
    *("last_effective_at", "last_recorded_at"),
}
IMPORTED = datetime(2026, 11, 2, 3, tzinfo=UTC)
FIELDS = {
    "case_code": "mã",
    "procedure_code": {"const": "TT-1"},
    "receiving_unit": {"const": "DV-1"},
    "channel": {"const": "counter"},
    "received_at": "nhận",
    "due_at": "hẹn",
    "resolved_at": "xong",
}


def profile(fields: Mapping[str, Any] | None = None, **sections: Any) -> Profile:
    """A profile of the usual columns and of these; None leaves a usual one out."""
    told = {name: value for name, value in {**FIELDS, **(fields or {})}.items() if value}
    document = {
        "profile": {"name": "thử"},
        "units": {"auto_create": True},
        "procedures": {"auto_create": True},
        "fields": told,
    }
    return read_profile(document | sections)


class Office:
    """A folder, a database, and what a person at the desk does with them."""

    def __init__(self, server: Server, folder: Path) -> None:
        self.server = server
        self.folder = folder
        self.number = 0

    def file(self, content: str | bytes, suffix: str = ".csv") -> Path:
        self.number += 1
        path = self.folder / f"tệp {self.number}{suffix}"
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    def take(
        self,
        content: str | bytes | Path,
        by: Profile | str | None = None,
        *,
        at: datetime = IMPORTED,
        **options: bool,
    ) -> ImportReport:
        """Import a file's content, or a file."""
        path = content if isinstance(content, Path) else self.file(content)
        chosen = load_profile(by) if isinstance(by, str) else by or profile()
        return import_file(Order(path, chosen, at, **options), self.server.night_url, self.folder)

    def ask(self, sql: str) -> list[dict[str, Any]]:
        with adbc.connect(self.server.owner_url) as connection, connection.cursor() as cursor:
            cursor.execute(sql)
            return pl.DataFrame(cursor.fetch_arrow()).to_dicts()

    def cases(self) -> dict[str, dict[str, Any]]:
        """Every row of `cases`, by code."""
        rows = self.ask(f"SELECT {COLUMNS.replace('fee_amount', 'fee_amount::text')} FROM cases")
        for row in rows:
            row["fee_amount"] = row["fee_amount"] and Decimal(row["fee_amount"])
        return {row["code"]: row for row in rows}

    def case(self, code: str) -> dict[str, Any]:
        return self.cases()[code]

    def history(self) -> dict[str, list[Event]]:
        """Every event, by the code of its case."""
        found: dict[str, list[Event]] = {}
        for row in self.ask(EVENTS):
            found.setdefault(row["case_code"], []).append(
                Event(**{name: row[name] for name in Event.__slots__})
            )
        return found

    def events(self, code: str) -> list[Event]:
        return self.history()[code]

    def changes(self, code: str) -> list[tuple[str, dict[str, Any]]]:
        """Type and change of a case's events."""
        return [(event.type, read_change(event.change)) for event in self.events(code)]

    def prove(self) -> None:
        """Every row is the fold of its events, and every chain holds."""
        cases, history = self.cases(), self.history()
        hashes = {row["code"]: row["hash"] for row in self.ask(HEADS)}
        assert cases.keys() == history.keys()
        for code, events in history.items():
            row = cases[code]
            assert [event.seq for event in events] == list(range(1, row["version"] + 1))
            assert seal_all(b"", events)[-1] == row["head"] == hashes[code]
            replaced = {event.replaces for event in events}
            live = [event for event in events if event.seq not in replaced]
            live.sort(key=lambda event: (event.effective_at, event.seq))
            assert row["last_effective_at"] == live[-1].effective_at
            assert row["last_recorded_at"] == max(event.recorded_at for event in events)
            folded = {**DEFAULTS}
            for event in live:
                folded |= read_change(event.change)
            for name in DECIDED:
                value = folded.get(name)
                if CASE_COLUMNS[name] == INSTANT and value is not None:
                    value = datetime.fromisoformat(value)
                assert row[name] == value, (code, name)


def reasons(office: Office) -> dict[int, list[str]]:
    """Why rows were rejected, by their lines."""
    rows = office.ask("SELECT line, reasons FROM import_rejects ORDER BY line")
    return {row["line"]: row["reasons"] for row in rows}
