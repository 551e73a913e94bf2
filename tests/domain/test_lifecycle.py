"""Any sequence of acts: what is accepted replays to the row, what is refused changes nothing.

Bugs planted, and caught here or by tests/law/test_life.py: a second supplement allowed; the three
working days off by one; a resume that forgets an earlier suspension; an extension after the due
date; a late letter that moves the due date; an act dated before the last one; a result while
suspended; fifteen days of silence counted as fourteen; a correction that leaves the due dates that
followed; a correction that does not keep the order of acts at one instant; a withdrawal that
forgets when; the first due date moved by a resume.
"""

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from tests.ledger import fold
from tthc import clock
from tthc.db.acts import sealed
from tthc.db.json_values import as_text, read_change
from tthc.domain import (
    apology,
    correction,
    ending,
    pausing,
    progress,
    reappointment,
    receipt,
    stepping,
)
from tthc.domain.access import Actor, Scope
from tthc.domain.apology import Letter
from tthc.domain.case import DECIDED, Case, Decision, State, opened
from tthc.domain.correction import Mending
from tthc.domain.errors import TthcError
from tthc.domain.events import Event
from tthc.domain.lifecycle import Occasion
from tthc.domain.promised import Pinned
from tthc.domain.receipt import Filing
from tthc.domain.steps import StepBudget
from tthc.domain.term import SuspensionRule, Term, TermUnit
from tthc.rules.calendars import calendar, calendar_version
from tthc.rules.regimes import regime

LAN = Actor("Lan", Scope(simulated=False))
START = datetime(2026, 3, 2, 2, tzinfo=UTC)
NOW = datetime(2026, 9, 1, tzinfo=UTC)
FILING = Filing(1, 2, 3, "commune", "counter")
TERMS = [
    Term(3),
    Term(5, TermUnit.CALENDAR_DAY),
    Term(8, TermUnit.WORKING_HOUR),
    Term(1, TermUnit.MONTH),
    Term(0, TermUnit.NONE),
]
FLOW = stepping.Workflow(
    7,
    "1",
    None,
    (
        StepBudget(1, "Nhận", "", Term(Decimal("0.5"))),
        StepBudget(2, "Thẩm định", "", Term(2)),
        StepBudget(3, "Trả", "", None),
    ),
)
ENDED = {State.WITHDRAWN, State.STOPPED, State.DECLINED}


def pins(term: Term, rule: SuspensionRule) -> Pinned:
    law = regime("nd-118-2025")
    policy = replace(law.policy, suspension_rule=rule)
    return Pinned(law, calendar(), policy, term, term, 1, 1)


class Life(RuleBasedStateMachine):
    case: Case
    pinned: Pinned
    letter: Letter | None

    @initialize(
        term=st.sampled_from(TERMS),
        suspension_rule=st.sampled_from(SuspensionRule),
        online=st.booleans(),
    )
    def begin(self, term: Term, suspension_rule: SuspensionRule, online: bool) -> None:  # noqa: FBT001  # drawn
        self.pinned = pins(term, suspension_rule)
        self.at = START
        self.letter = None
        self.events: list[Event] = []
        on = Occasion(LAN, START, NOW)
        first = receipt.receive(FILING, self.pinned, on)
        if online:
            first = receipt.submit(replace(FILING, channel="online"), on)
        self._write([first], 0)
        self.case = opened("H-1", first, simulated=False)

    # -- acts ---------------------------------------------------------------------------------

    @rule(hours=st.sampled_from([1, 2, 7, 24, 31, 72, 400]))
    def wait(self, hours: int) -> None:
        self.at += timedelta(hours=hours)

    @rule()
    def accept(self) -> None:
        self._try(lambda c, on: receipt.accept(c, self.pinned, on))

    @rule(luck=st.integers(0, 4))
    def decline(self, luck: int) -> None:
        if luck == 0:
            self._try(lambda c, on: receipt.decline(c, self.pinned, on, reason="thiếu"))

    @rule()
    def start(self) -> None:
        self._try(lambda c, on: progress.start(c, on, officer="Bình"))

    @rule(position=st.sampled_from([None, None, 1, 2, 3, 4]))
    def step(self, position: int | None) -> None:
        before = self.case
        if self._try(lambda c, on: stepping.begin_step(c, on, FLOW, position=position)):
            assert before.state in (State.RECEIVED, State.IN_PROGRESS)
            assert _promise(self.case) == _promise(before)  # a step moves no promise

    @rule(grounds=st.none() | st.just("luật"))
    def ask(self, grounds: str | None) -> None:
        before = self.case
        done = self._try(
            lambda c, on: pausing.ask_for_supplement(
                c, self.pinned, on, content="bản sao", grounds=grounds
            )
        )
        if done:
            assert before.supplements == 0

    @rule()
    def charge(self) -> None:
        self._try(lambda c, on: pausing.charge(c, on, content="thuế", grounds="luật"))

    @rule()
    def resume(self) -> None:
        before = self.case
        if self._try(lambda c, on: pausing.resume(c, self.pinned, on)) and before.due_at:
            assert self.case.due_at is not None
            assert self.case.due_at >= before.due_at  # a suspension never shortens
            assert self.case.first_due_at == before.first_due_at
            assert before.suspended_at
            assert before.overdue_at
            if before.suspended_at >= before.overdue_at:
                assert self.case.due_at == before.due_at  # late stays late

    @rule(days=st.integers(1, 20))
    def write_letter(self, days: int) -> None:
        day: date = clock.local_date(self.at) + timedelta(days=days)
        on = Occasion(LAN, self.at, NOW)
        before = self.case
        try:
            draft = apology.draft(
                before, self.pinned, on, reason="quá tải", cause="workload", new_due=day
            )
            letter = Letter(1, draft.reason, draft.cause, draft.new_due_at)
        except TthcError:
            return
        if self._try(lambda c, o: apology.issue(c, letter, self.pinned, o, number="1", signer="A")):
            self.letter = replace(letter, number="1", signer="A", issued_at=self.at)
            assert before.letter_issued_at is None
            assert self.case.due_at == before.due_at  # a letter by itself moves nothing

    @precondition(lambda self: self.letter is not None)
    @rule()
    def send(self) -> None:
        letter = self.letter
        assert letter
        if self._try(lambda c, on: apology.send(c, letter, on, channel="post")):
            self.letter = replace(letter, sent_at=self.at, sent_by="post")

    @rule()
    def extend(self) -> None:
        before = self.case
        if self._try(lambda c, on: reappointment.extend(c, self.letter, self.pinned, on)):
            assert before.overdue_at
            assert self.at < before.overdue_at
            assert before.last("extended") is None
            assert self.case.overdue_at
            assert self.case.overdue_at > before.overdue_at
            assert self.case.promised_due_at == before.promised_due_at

    @rule(unit=st.integers(2, 4))
    def transfer(self, unit: int) -> None:
        here = progress.Desk(self.case.competent_unit_id, "commune", self.case.officer)
        to = progress.Desk(unit, "commune", "Chi")
        self._try(lambda c, on: progress.transfer(c, self.pinned, on, here=here, to=to))

    @rule()
    def take_over(self) -> None:
        before = self.case
        if self._try(lambda c, on: progress.take_over(c, on, officer="Dung")):
            handed = [one.role for one in before.history if one.role in progress.HANDED]
            assert handed[-1:] == ["transferred"]

    @rule(cause=st.none() | st.just("staff"), refused=st.booleans())
    def resolve(self, cause: str | None, refused: bool) -> None:  # noqa: FBT001  # drawn
        outcome = "refused" if refused else "granted"
        self._try(lambda c, on: ending.resolve(c, on, outcome=outcome, cause=cause, reason="x"))

    @rule()
    def give_back(self) -> None:
        self._try(lambda c, on: ending.return_result(c, on, channel="counter"))

    @rule(luck=st.integers(0, 9))
    def withdraw(self, luck: int) -> None:
        if luck == 0:
            self._try(ending.withdraw)

    @rule(luck=st.integers(0, 9))
    def stop(self, luck: int) -> None:
        if luck == 0:
            self._try(lambda c, on: ending.stop(c, on, reason="chết"))

    @rule()
    def close(self) -> None:
        before = self.case
        if self._try(lambda c, on: pausing.close(c, self.pinned, on, notice="05/TB")):
            assert before.suspended_at
            silent = clock.local_date(self.at) - clock.local_date(before.suspended_at)
            assert silent.days > 15

    @rule()
    def note(self) -> None:
        before = self.case
        if self._try(lambda c, on: progress.note(c, on, text="đã gọi")):
            assert _row(self.case) == _row(before)

    @rule(place=st.integers(0, 20), hours=st.integers(-60, 60))
    def correct(self, place: int, hours: int) -> None:
        target = self.case.history[place % len(self.case.history)]
        mending = Mending(target.seq, "nhầm", "Sếp", target.effective_at + timedelta(hours=hours))
        self._try(
            lambda c, on: correction.correct(
                c, self.pinned, on, mending, lambda version, _: calendar_version("vn", version)
            )
        )

    # -- what always holds --------------------------------------------------------------------

    @invariant()
    def the_row_is_the_fold_of_the_events(self) -> None:
        if not hasattr(self, "events"):
            return
        far = NOW + timedelta(days=999)
        row = fold(self.events, far, far)
        assert row is not None
        told = read_change(json.loads(as_text(_row(self.case))))
        for name in DECIDED:
            assert told[name] == row.get(name, _usual(name)), name

    @invariant()
    def what_the_ledger_demands(self) -> None:
        if not hasattr(self, "case"):
            return
        case = self.case
        assert case.received_at is not None or case.state in ENDED | {State.SUBMITTED}
        assert (case.due_at is None) == (case.overdue_at is None)
        suspended = case.state in (State.SUPPLEMENT, State.CHARGED)
        assert suspended <= (case.suspended_at is not None)
        instants = [one.effective_at for one in case.history]
        assert instants == sorted(instants)

    @invariant()
    def a_step_is_late_as_its_times_say(self) -> None:
        if not hasattr(self, "case"):
            return
        case = self.case
        taken = stepping.steps_taken(case.history)
        assert all(one.done_at is not None for one in taken[:-1])
        over = case.state in ENDED | {State.RESOLVED, State.RETURNED}
        assert not taken or over == (taken[-1].done_at is not None)
        late = [one for one in taken if one.is_late(self.at)]
        ended = [one for one in late if one.done_at or one.paused_at]
        assert (case.step_late_at is not None) >= bool(ended)
        assert bool(late) >= (case.step_late_at is not None)
        if case.step_late_at is not None:
            assert any(one.overdue_at is not None for one in late)
        assert (case.step_overdue_at is None) >= (over or case.suspended_at is not None)
        again = stepping.repaced(case, case.history, lambda _: self.pinned)
        assert tuple(again) == case.history

    # -- inside -------------------------------------------------------------------------------

    def _try(self, act: Any) -> bool:
        """Do an act now; a refused one leaves the case as it was."""
        on = Occasion(LAN, self.at, NOW)
        before = self.case
        try:
            decided = act(before, on)
        except TthcError as refusal:
            told = str(refusal)
        else:
            told = ""
            decisions = [decided] if isinstance(decided, Decision) else list(decided)
        if told:
            assert told.endswith(".")
            assert self.case is before
            return False
        so_far = before
        for place, decision in enumerate(decisions):
            decisions[place] = stepping.keep_pace(so_far, self.pinned, decision)
            if decision.replaces is None:
                so_far = so_far.after(decisions[place])
        self._write(decisions, before.version)
        if decisions[0].replaces is not None:
            self.case = correction.with_corrections(before, decisions)
            self.at = max(self.at, self.case.last_act_at)
        else:
            for decision in decisions:
                self.case = self.case.after(decision)
            assert self.case.state >= before.state or State.IN_PROGRESS in (
                self.case.state,
                before.state,
            )  # no way back but from a suspension
        return True

    def _write(self, decisions: list[Decision], version: int) -> None:
        events, _, _ = sealed("H-1", b"", version, decisions, Occasion(LAN, self.at, NOW))
        assert [one.seq for one in events] == [
            version + number for number in range(1, len(events) + 1)
        ]
        self.events += events


def _row(case: Case) -> dict[str, Any]:
    return {name: getattr(case, name) for name in DECIDED}


def _promise(case: Case) -> tuple[Any, ...]:
    return case.first_due_at, case.due_at, case.overdue_at, case.statutory_due_at


def _usual(name: str) -> Any:
    usual: dict[str, Any] = {"supplements": 0, "e_result": "unknown"}
    return usual.get(name, False if name in ("intake_late", "handover_late") else None)


TestLife = Life.TestCase
TestLife.settings = settings(max_examples=100, stateful_step_count=30, deadline=None)
