"""Plays a life from life.toml over HTTP: the real application, the real database, our clock."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from secrets import token_hex
from typing import Any

import httpx
import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from tests.law.amendments import Amendments
from tests.law.lives import UNIT, local
from tests.law.office import People
from tests.portal import step, sync
from tthc import clock
from tthc.db.facts import Knowledge, facts_sql
from tthc.domain.access import Scope
from tthc.domain.term import SuspensionRule
from tthc.rules.periods import read_period
from tthc.rules.predicates import BASES, Cut, predicate
from tthc.rules.regimes import regime_on
from tthc.service import pins

Document = dict[str, Any]
BEGIN = {
    "receive": ("receive", "counter"),
    "submit": ("submit", "online"),
    "immediate": ("immediate", "counter"),
    "refuse_at_desk": ("refuse", "counter"),
}
# what the law file calls an act → what the API calls it
NAMES = {"supplement": "suspend", "next_step": "step"}
# how the API calls the instant of an act that is not one of a case's own
INSTANTS = {
    "draft": "drafted_at",
    "approve": "approved_at",
    "issue": "issued_at",
    "send": "sent_at",
}
USUAL = {
    "draft": {"reason": "quá tải", "cause": "workload"},
    "issue": {"signer": "Chủ tịch"},
    "send": {"channel": "post"},
    "resolve": {"outcome": "granted"},
}


class RefusedError(Exception):
    """The API's refusal: its sentence, and the fields that are wrong."""


class Journey:
    """One case's life, request by request, under a clock that stands where each is sent."""

    def __init__(
        self,
        site: httpx.AsyncClient,
        monkeypatch: pytest.MonkeyPatch,
        procedure: str,
        people: People | None = None,
    ) -> None:
        self.site = self.program = site
        self.people = people
        self.monkeypatch = monkeypatch
        self.procedure, self.unit = procedure, UNIT
        self.calendar: Amendments | None = None
        self.code = ""
        self.letter: int | None = None
        self.document: Document = {}
        self.taken: Document = {}  # the portal's last answer

    def under(self, rule: str) -> None:
        """A sector's own suspension rule."""

        def law(day: date) -> Any:
            found = regime_on(day)
            return replace(
                found, policy=replace(found.policy, suspension_rule=SuspensionRule(rule))
            )

        self.monkeypatch.setattr(pins, "regime_on", law)

    async def play(self, act: Document) -> None:
        """Send an act. Raises RefusedError."""
        values = {name: _plain(value) for name, value in act.items()}
        at = local(act["at"])
        recorded = local(act["recorded"] if "recorded" in act else act["at"])
        self.monkeypatch.setattr(clock, "now", lambda: recorded)
        for name in ("at", "recorded", "act", "by"):
            values.pop(name, None)
        try:
            async with self._as(act.get("by")) as self.site:
                await self._send(str(act["act"]), at.isoformat(), values)
        finally:
            self.site = self.program

    @asynccontextmanager
    async def _as(self, who: str | None) -> AsyncIterator[httpx.AsyncClient]:
        """The site for a person, such as "clerk 00004"; for the program where none is named."""
        if who is None:
            yield self.program
            return
        assert self.people
        async with self.people.sign_in(who) as client:
            yield client

    async def is_seen_by(self, who: str) -> bool:
        """Whether the case is there for a person today: to open, and in the list of all."""
        async with self._as(who) as client:
            opened = await client.get(f"/api/v1/cases/{self.code}")
            listed = await client.get("/api/v1/cases", params={"where": "known", "limit": 500})
            codes = [each["case_code"] for each in listed.json()["items"]]
        assert opened.status_code in (200, 404), opened.text
        assert (opened.status_code == 200) is (self.code in codes), who
        return opened.status_code == 200

    async def _send(self, name: str, at: str, values: Document) -> None:
        case = f"/api/v1/cases/{self.code}"
        values = USUAL.get(name, {}) | values
        if name in BEGIN:
            act, channel = BEGIN[name]
            form = {
                "procedure_code": self.procedure,
                "receiving_unit": self.unit,
                "channel": channel,
            }
            self.document = await self._post(
                "/api/v1/cases", {**form, "act": act, "received_at": at, **values}
            )
            self.code = self.document["case_code"]
        elif name == "draft":
            drafted = await self._post(f"{case}/letters", values | {INSTANTS[name]: at})
            self.letter = drafted["id"]
        elif name == "approve":
            address = f"/api/v1/letters/{self.letter}/approve"
            await self._post(address, values | {INSTANTS[name]: at})
        elif name in ("issue", "send"):
            address = f"/api/v1/letters/{self.letter}/{name}"
            self.document = await self._post(address, values | {INSTANTS[name]: at})
        elif name in ("sync", "step"):
            await self._tell(name, values)
        elif name == "amend_calendar":
            assert self.calendar
            assert await self.calendar.amend(self.site, self.code) == bool(values["moves"])
            self.document = (await self.site.get(case)).json()
        elif name == "release":
            waiting = await self._waiting()
            done = await self._post(f"/api/v1/portal/quarantine/{waiting['id']}/release", {})
            await self._taken(done, values.get("told"))
        else:
            body = {"type": NAMES.get(name, name), "occurred_at": at, **values}
            version = {"If-Match": f'"{self.document["version"]}"'}
            self.document = await self._post(f"{case}/events", body, version)

    async def _tell(self, name: str, values: Document) -> None:
        """A message of the portal about this case."""
        sender = values.pop("sender", "H26")
        told = values.pop("told", None)
        self.code = self.code or f"00004-{self.procedure}-{token_hex(6)}"
        state = values.pop("state")
        item = sync(self.procedure, state) if name == "sync" else step(state, values.pop("when"))
        service = "DongBoHoSoMC" if name == "sync" else "CapNhatTienDoHoSoMC"
        message = {"madonvi": sender, "data": [item | {"MaHoSo": self.code} | values]}
        answer = await self._post(f"/api/v1/portal/{service}", message)
        await self._taken(answer["data"][0], told)

    async def _taken(self, taken: Document, told: str | None) -> None:
        """The portal's answer, as it was foretold, and what is there of the case now."""
        self.taken = taken
        assert told in (None, taken["status"]), taken
        found = await self.site.get(f"/api/v1/cases/{self.code}")
        self.document = found.json() if found.status_code == 200 else {}

    async def _post(self, address: str, body: Document, headers: Any = None) -> Document:
        answer = await self.site.post(address, json=body, headers=headers)
        document: Document = answer.json()
        if answer.status_code >= 500:
            raise AssertionError(document)
        if answer.status_code >= 400:
            fields = [f"{each['field']}: {each['detail']}" for each in document.get("errors", [])]
            raise RefusedError(" ".join([document["detail"], *fields]))
        return document

    async def tells(self, said: str) -> bool:
        """Whether an event of the case says something, such as why it was changed."""
        told = (await self.site.get(f"/api/v1/cases/{self.code}/events")).json()
        return any(said in str(event["payload"].values()) for event in told["events"])

    async def is_unchanged(self, before: Document) -> bool:
        """Whether the case is still as it was."""
        if not before:
            return True
        now = (await self.site.get(f"/api/v1/cases/{self.code}")).json()
        once = {"slip_pin"}  # told with the receipt alone
        return all(now[name] == value for name, value in before.items() if name not in once)

    async def waits_for(self) -> str:
        """Why its one message waits in quarantine."""
        return str((await self._waiting())["waits"])

    async def _waiting(self) -> Document:
        """Its one message in quarantine."""
        listed = await self.site.get("/api/v1/portal/quarantine", params={"limit": 500})
        (one,) = [each for each in listed.json()["items"] if each["case_code"] == self.code]
        found: Document = one
        return found

    async def holds(
        self, ledger: AsyncConnection, when: str, name: str, known: str | None = None
    ) -> bool:
        """Whether a named condition is true of the case at an instant, a day's or a period's end:
        by the API's list; a condition of a period, basis or policy by the ledger's facts.
        """
        period = read_period(when) if ":" in when and "T" not in when else None
        as_of = clock.start_of(period.end) if period else clock.read_instant(when)
        known_at = clock.read_instant(known) if known else as_of
        plain, _, variant = name.partition("@")
        if not (period or variant):
            cut = {"as_of": as_of.isoformat(), "known_at": known_at.isoformat()}
            asked: Document = {"where": plain, "limit": 500, **cut}
            listed = (await self.site.get("/api/v1/cases", params=asked)).json()
            assert listed["next_cursor"] is None
            return self.code in [each["case_code"] for each in listed["items"]]
        basis = variant if variant in BASES else "current"
        policy = variant if variant and variant not in BASES else "exists"
        condition = predicate(plain, basis, policy)
        sql = facts_sql(
            Scope(simulated=False), [*sorted(condition.columns), "code"], Knowledge(as_of, known_at)
        )
        met = Cut(as_of, period).bind(condition.text)
        found = await ledger.exec_driver_sql(
            f"SELECT {met} FROM ({sql}) AS f WHERE f.code = $1", (self.code,)
        )
        return bool(found.scalar_one())


async def cut_term(owner: AsyncConnection, procedure: str, amount: int, on: date) -> None:
    """From a date on the procedure's term is another."""
    values = {"code": procedure, "on": on, "amount": Decimal(amount)}
    await owner.execute(
        text("UPDATE terms SET valid_to = :on WHERE procedure_code = :code"), values
    )
    await owner.execute(
        text(
            "INSERT INTO terms (procedure_code, basis, amount, unit, published, confirmed, "
            "source_id, valid_from) SELECT procedure_code, basis, :amount, unit, 'x', true, "
            "source_id, :on FROM terms WHERE procedure_code = :code AND valid_to = :on"
        ),
        values,
    )


def _plain(value: object) -> object:
    """A value of the law file as JSON."""
    if isinstance(value, datetime):
        return local(value).isoformat()
    return value.isoformat() if isinstance(value, date) else value
