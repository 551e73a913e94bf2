"""Plausible bugs in the rules of access, planted one at a time: tests/domain/test_access.py catches
each of them.

A clerk resolves; an officer approves letters; the unit that passed a case on still signs; an
auditor writes notes; an official reads who the applicant is; an administrator reads cases; anybody
reads the traces; a program acts where no role could; an immediate case of two units; everybody's
case is one's own; who appraises themselves. Those of the database: tests/db.
"""

import inspect
from collections.abc import Callable
from dataclasses import replace

import pytest

from tests.domain import test_access as suite
from tthc.domain.access import (
    ACTS,
    EVERY_RELATION,
    ROOMS,
    Actor,
    Permission,
    Relation,
    Role,
    check_appraisal,
)

Plant = Callable[[pytest.MonkeyPatch], None]


def lets(act: Permission, role: Role, relation: Relation) -> Plant:
    rule = ACTS[act]
    changed = replace(rule, by=(*rule.by, (role, relation)))
    return lambda patch: patch.setitem(ACTS, act, changed)


def opens(room: Permission, *roles: Role) -> Plant:
    says, others = ROOMS[room]
    return lambda patch: patch.setitem(ROOMS, room, (says, (*others, *roles)))


IMMEDIATE = replace(ACTS[Permission.RECEIVE_IMMEDIATE], every=False)
BUGS: dict[str, Plant] = {
    "a clerk resolves": lets(Permission.RESOLVE, Role.CLERK, Relation.RECEIVING),
    "an officer approves letters": lets(
        Permission.APPROVE_LETTER, Role.OFFICER, Relation.COMPETENT
    ),
    "who passed it on signs": lets(Permission.ISSUE_LETTER, Role.LEADER, Relation.PASSED_ON),
    "an auditor writes notes": lets(Permission.NOTE, Role.AUDITOR, EVERY_RELATION),
    "an official reads names": opens(Permission.READ_IDENTITY, Role.OFFICIAL),
    "an administrator reads cases": opens(Permission.READ_CASES, Role.ADMIN),
    "an appraiser reads cases": opens(Permission.READ_CASES, Role.APPRAISER),
    "anybody reads the traces": opens(Permission.READ_TRACES, *Role),
    "an administrator reads scores": opens(Permission.READ_SCORES, Role.ADMIN),
    "an immediate case of two units": lambda patch: patch.setitem(
        ACTS, Permission.RECEIVE_IMMEDIATE, IMMEDIATE
    ),
    "everybody's case is one's own": lambda patch: patch.setattr(
        Actor, "relation", lambda *_: EVERY_RELATION
    ),
    "who appraises themselves": lambda patch: patch.setattr(
        suite, "check_appraisal", lambda *_: None
    ),
    "every block is an appraiser's": lambda patch: patch.setattr(
        suite,
        "check_appraisal",
        lambda actor, unit, *_: check_appraisal(actor, unit, 50, "communes"),
    ),
    "every province is an appraiser's": lambda patch: patch.setattr(
        suite, "check_appraisal", lambda *asked: check_appraisal(asked[0], asked[1], 50, asked[3])
    ),
    "no role at all is asked for": lambda patch: patch.setattr(suite, "check", lambda *_: None),
}


def run_suite() -> None:
    """Every test of the rules, with all its cases."""
    for name, test in inspect.getmembers(suite, inspect.isfunction):
        if not name.startswith("test_"):
            continue
        marks = [each for each in getattr(test, "pytestmark", []) if each.name == "parametrize"]
        for values in marks[0].args[1] if marks else [()]:
            test(*values)


@pytest.mark.parametrize("name", BUGS)
def test_the_bug_is_caught(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    run_suite()
    BUGS[name](monkeypatch)
    with pytest.raises((AssertionError, pytest.fail.Exception)):
        run_suite()
