"""Plausible bugs in the life of a case, planted one at a time: life.toml must catch each of them.

By default three are planted, with TTHC_HEAVY=1 all of BUGS: a second supplement, the last day to
ask for one, a resume that forgets earlier suspensions or drops the extension, an extension after
the due date, twice or by the wrong person, a late letter that moves the
date or may be followed by another, silence counted short, acts out of order or not come yet, a
result while suspended or late without a cause, corrections that leave what followed, lose the
order of one instant, approve themselves or break the life, the intake clock, the handover, the
commitment forgotten, drafts that count.
"""

import os
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.databases import Databases

HERE = Path(__file__).parent
RUN = """
import sys, pytest
from tests.domain.planted import Quick, plant
module, old, new, *rest = sys.argv[1:]
plant(module, old, new)
sys.exit(pytest.main(["-x", "-q", "--assert=plain", "-p", "no:cacheprovider", *rest], [Quick()]))
"""


class Bug(NamedTuple):
    name: str
    module: str
    old: str
    new: str
    by: str = ""  # the situation that catches it, where the others need not be tried
    law: str = "test_life.py"


BUGS = [
    Bug(
        "a second supplement is allowed",
        "domain.pausing",
        "case.supplements >= regime.supplement_requests",
        "case.supplements > regime.supplement_requests",
        "supplement twice",
    ),
    Bug(
        "a resume forgets its own suspension",
        "domain.pausing",
        "(*case.suspensions(closed=True), Suspension(case.suspended_at, on.at))",
        "case.suspensions(closed=True)",
        "1",
    ),
    Bug(
        "a late letter may move the date",
        "domain.reappointment",
        "if due.is_over(letter.issued_at):",
        "if False:",
        "31",
    ),
    Bug(
        "a correction leaves what followed",
        "domain.correction",
        "if wrong.role in CLOCK:",
        "if wrong.role in ():",
    ),
    Bug(
        "acts at one instant lose their order",
        "domain.correction",
        "if same and one.effective_at not in again:",
        "if same:",
    ),
    Bug(
        "the last day to ask is not a day to ask",
        "domain.pausing",
        "late = pinned.calendar.local_date(on.at) > last_day",
        "late = pinned.calendar.local_date(on.at) >= last_day",
    ),
    Bug(
        "one day more to ask",
        "domain.pausing",
        "(received_on, regime.ask_within_working_days)",
        "(received_on, regime.ask_within_working_days + 1)",
    ),
    Bug(
        "a resumed case loses its extension",
        "domain.promised",
        "return self.dues(case.received_at, suspensions, case.extension, self.claim_of(case))",
        "return self.dues(case.received_at, suspensions, None, self.claim_of(case))",
    ),
    Bug(
        "the letter's date stays behind",
        "domain.pausing",
        "if case.extension is not None:",
        "if False:",
    ),
    Bug(
        "an extension twice",
        "domain.reappointment",
        'if case.last("extended") is not None:',
        "if False:",
    ),
    Bug(
        "an officer may extend",
        "domain.access.rules",
        'Rule("đổi ngày hẹn trả", (_CLERK,))',
        'Rule("đổi ngày hẹn trả", (_CLERK, _OFFICER))',
    ),
    Bug(
        "a second letter",
        "domain.apology",
        "if case.letter_issued_at is not None:\n        number",
        "if False:\n        number",
    ),
    Bug(
        "silence is over a day early",
        "domain.pausing",
        "pinned.calendar.local_date(on.at) <= last_day:",
        "pinned.calendar.local_date(on.at) < last_day:",
    ),
    Bug("acts in any order", "domain.lifecycle", "if on.at < case.last_act_at:", "if False:"),
    Bug("acts of the future", "domain.lifecycle", "if on.at > on.now:", "if False:"),
    Bug("a result while suspended", "domain.lifecycle", '"resolved": IN_HAND', '"resolved": OPEN'),
    Bug(
        "a late result without its cause",
        "domain.ending",
        "case.is_overdue(on.at) and case.letter_issued_at is None and cause is None",
        "False",
    ),
    Bug(
        "late at the due instant, not at midnight",
        "service.case_document",
        "if case.resolved_at >= case.overdue_at:",
        "if case.resolved_at > case.due_at:",
    ),
    Bug(
        "who corrects approves",
        "domain.correction",
        "if approver == on.by.name:",
        "if False:",
    ),
    Bug(
        "a correction may break the life",
        "domain.correction",
        "    check_order(history)\n",
        "",
    ),
    Bug(
        "a correction takes effect when it is recorded",
        "domain.correction",
        '        decision = Decision(\n            "corrected",\n            one.effective_at,',
        '        decision = Decision(\n            "corrected",\n            on.at,',
    ),
    Bug(
        "the main clock starts at submission",
        "domain.receipt",
        "    change = receipt(pinned, on.at)\n    late",
        "    change = receipt(pinned, case.submitted_at)\n    late",
    ),
    Bug(
        "the minute at the end of eight hours is late",
        "domain.receipt",
        "answered_at > due_at",
        "answered_at >= due_at",
    ),
    Bug(
        "after 15:00 still the same day",
        "domain.progress",
        "local.time() <= regime.next_morning_after",
        "local.time() <= local.time().max",
    ),
    Bug(
        "the next morning is the next day",
        "domain.progress",
        "return calendar.first_slot_end(",
        "return calendar.closing_time(",
    ),
    Bug(
        "the law's term is the commitment",
        "service.pins",
        "statutory=as_term(statutory)",
        "statutory=as_term(promised)",
    ),
    Bug(
        "an immediate case is not returned",
        "domain.receipt",
        '{"state": State.RETURNED, "returned_at": on.at,',
        '{"state": State.RESOLVED, "returned_at": on.at,',
    ),
    Bug(
        "a refusal is no result",
        "domain.ending",
        '"state": State.RESOLVED,',
        '"state": State.STOPPED if outcome == "refused" else State.RESOLVED,',
    ),
    Bug(
        "the first due date moves along",
        "domain.promised",
        "        return {\n            **_pair(",
        '        return {\n            "first_due_at": self.current and self.current.due_at,\n'
        "            **_pair(",
    ),
    Bug(
        "what was taken over is taken over again",
        "domain.progress",
        'if line.role == "taken_over":',
        "if False:",
    ),
    Bug(
        "the shop's passing on is the department's",
        "service.transfers",
        "here = Desk(case.receiving_unit_id, about.receiving_level, here.officer)",
        "here = Desk(case.receiving_unit_id, here.level, here.officer)",
    ),
    Bug(
        "the portal's results are grants",
        "intake.portal.joining",
        '"outcome": None,',
        '"outcome": "granted",',
    ),
    Bug(
        "a clerk solves on the spot what is another unit's",
        "service.receipts",
        'Permission.RECEIVE_IMMEDIATE if act.startswith("immediate") else Permission.RECEIVE',
        "Permission.RECEIVE",
        "33 for another unit",
    ),
    Bug(
        "a newer message undoes a person's correction",
        "intake.portal.placing",
        'if known is not None and "approver" in known.payload:',
        "if False:",
        "21g",
    ),
    *(
        Bug(name, module, old, new, law="test_steps.py")
        for name, module, old, new in (
            (
                "a late step is forgotten when it ends",
                "domain.stepping",
                "if case.step_late_at is None and is_step_late",
                "if False and is_step_late",
            ),
            (
                "a step that was behind is healed by a supplement",
                "domain.stepping",
                'if act == "stepped" or act in PAUSES or act in ENDS:',
                'if act == "stepped" or act in ENDS:',
            ),
            (
                "the result does not end the step",
                "domain.stepping",
                'if act == "stepped" or act in PAUSES or act in ENDS:',
                'if act == "stepped" or act in PAUSES:',
            ),
            (
                "a resume leaves the step without a date",
                "domain.stepping",
                'elif act == "resumed":',
                "elif False:",
            ),
            (
                "an earlier pause is the step's too",
                "domain.stepping",
                "if one.started_at >= begun.effective_at",
                "if True",
            ),
            (
                "the first instant too late is in time",
                "domain.steps",
                "(done_at or as_of) >= overdue_at",
                "(done_at or as_of) > overdue_at",
            ),
            (
                "a correction leaves the step as it was",
                "domain.correction",
                "history = repaced(case, history,",
                "repaced(case, history,",
            ),
            (
                "every step is the first",
                "domain.stepping",
                "_budget(workflow, position or at_step + 1)",
                "_budget(workflow, position or 1)",
            ),
        )
    ),
    Bug("soon by calendar days", "rules.predicates", "{soon_days(on)}", "{soon_days(on) + 1}"),
]
HEAVY = os.environ.get("TTHC_HEAVY") == "1"
PLANTED = BUGS if HEAVY else BUGS[:3]


def test_every_bug_still_has_its_place() -> None:
    for bug in BUGS:
        text = (HERE.parents[1] / "tthc" / f"{bug.module.replace('.', '/')}.py").read_text("utf-8")
        assert text.count(bug.old) == 1, bug.name


def run_with(bug: Bug) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [
            *(sys.executable, "-c", RUN, f"tthc.{bug.module}", bug.old, bug.new),
            str(HERE / bug.law) + (f"::test_situation[{bug.by}]" if bug.by else ""),
        ],
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
        cwd=HERE.parents[1],
    )


@pytest.mark.parametrize("bug", PLANTED, ids=[bug.name for bug in PLANTED])
def test_a_planted_bug_is_caught(databases: Databases, bug: Bug) -> None:
    assert databases.folder.exists()  # the server and the template that the child uses too
    done = run_with(bug)
    assert done.returncode == pytest.ExitCode.TESTS_FAILED, done.stdout[-2000:] + done.stderr
