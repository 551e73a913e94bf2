"""Plays a life from life.toml through the services, on the real database."""

from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from tthc import clock
from tthc.domain.access import Actor, Role, Scope
from tthc.domain.term import SuspensionRule
from tthc.rules.regimes import regime_on
from tthc.service import (
    corrections,
    filing,
    letters,
    pins,
    progress,
    receipts,
    submissions,
    transfers,
)
from tthc.service.acts import Asked

Document = dict[str, Any]
UNIT = "00004"  # Phường Ba Đình, Hà Nội
ROOT = "01"


def local(at: datetime) -> datetime:
    return at.replace(tzinfo=clock.VIETNAM) if at.tzinfo is None else at


async def make_procedure(
    connection: AsyncConnection,
    term: list[Any],
    committed: list[Any] | None = None,
    code: str | None = None,
) -> str:
    """A procedure with these terms; the connection is the owner's, and rolled back."""
    code = code or f"T.{term[0]}.{term[1]}{'.c' if committed else ''}"
    await connection.execute(
        text("INSERT INTO sectors (name) VALUES ('Kiểm thử') ON CONFLICT DO NOTHING")
    )
    await connection.execute(
        text(
            "INSERT INTO procedures (code, name, sector_id, levels) SELECT :code, :code, id, "
            "ARRAY['commune'] FROM sectors WHERE name = 'Kiểm thử' ON CONFLICT DO NOTHING"
        ),
        {"code": code},
    )
    bases = [("statutory", term, None)] + ([("committed", committed, ROOT)] if committed else [])
    for basis, published, by in bases:
        assert published
        await connection.execute(
            text(
                "INSERT INTO terms (procedure_code, basis, committed_by, amount, unit, published, "
                "confirmed, source_id) VALUES (:code, :basis, :by, :amount, :unit, 'x', true, "
                "'nd-118-2025') ON CONFLICT DO NOTHING"
            ),
            {
                "code": code,
                "basis": basis,
                "by": by,
                "amount": Decimal(str(published[0])),
                "unit": published[1],
            },
        )
    return code


class Life:
    """One case's life, act by act, under a clock that stands where the act is recorded."""

    def __init__(
        self, connection: AsyncConnection, monkeypatch: pytest.MonkeyPatch, procedure: str
    ) -> None:
        self.connection = connection
        self.monkeypatch = monkeypatch
        self.procedure = procedure
        self.code = ""
        self.unit = UNIT  # where cases are received
        self.letter: int | None = None
        self.document: Document = {}

    def under(self, rule: str) -> None:
        """A sector's own suspension rule."""

        def law(day: date) -> Any:
            found = regime_on(day)
            policy = replace(found.policy, suspension_rule=SuspensionRule(rule))
            return replace(found, policy=policy)

        self.monkeypatch.setattr(pins, "regime_on", law)

    async def play(self, act: dict[str, Any]) -> None:
        values = dict(act)
        at = local(values.pop("at"))
        recorded = local(values.pop("recorded", at))
        self.monkeypatch.setattr(clock, "now", lambda: recorded)
        actor = Actor("Lan", Scope(simulated=False), Role(values.pop("role", "program")))
        name = values.pop("act")
        document = await self._do(name, actor, Asked(at), values)
        if document is not None and "state_name" in document:
            self.document = document

    async def _do(
        self, name: str, actor: Actor, asked: Asked, values: dict[str, Any]
    ) -> Document | None:
        c, code = self.connection, self.code
        begin: Any = {
            "receive": receipts.receive_case,
            "submit": receipts.submit_case,
            "immediate": receipts.receive_immediate_case,
            "refuse_at_desk": receipts.refuse_case_at_desk,
        }.get(name)
        if begin:
            channel = "online" if name == "submit" else "counter"
            form = filing.Form(self.procedure, self.unit, channel)
            made: Document = await begin(c, actor, form, asked, **values)
            self.code = made["case_code"]
            return made
        if name == "draft":
            values = {"reason": "quá tải", "cause": "workload"} | values
            letter = await letters.draft_letter(c, actor, code, asked, **values)
            self.letter = letter["id"]
            return None
        if name in ("issue", "send"):
            assert self.letter is not None
            issuing: Any = letters.issue_letter if name == "issue" else letters.send_letter
            usual = {"signer": "Chủ tịch"} if name == "issue" else {"channel": "post"}
            sealed: Document = await issuing(c, actor, self.letter, asked, **(usual | values))
            return sealed
        if name == "transfer":
            return await transfers.transfer_case(c, actor, code, transfers.To(**values), asked)
        if name == "correct":
            if "effective_at" in values:
                values["effective_at"] = local(values["effective_at"])
            asking = corrections.Correction(**values)
            return await corrections.correct_case(c, actor, code, asking, asked)
        simple: dict[str, Any] = {
            "accept": submissions.accept_case,
            "decline": submissions.decline_case,
            "start": progress.start_case,
            "supplement": progress.ask_for_supplement,
            "charge": progress.charge_case,
            "resume": progress.resume_case,
            "extend": letters.extend_case,
            "resolve": progress.resolve_case,
            "return": progress.return_result,
            "withdraw": progress.withdraw_case,
            "stop": progress.stop_case,
            "close": progress.close_case,
            "note": corrections.note_on_case,
            "explain": corrections.explain_case,
        }
        if name == "resolve":
            values = {"outcome": "granted"} | values
        done: Document = await simple[name](c, actor, code, asked, **values)
        return done
