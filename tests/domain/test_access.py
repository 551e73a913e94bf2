"""Who may do what: the sentences of the rules, and that the rules are whole."""

from dataclasses import replace

import pytest

from tthc.domain.access import (
    ACTS,
    EVERY_RELATION,
    REACH,
    ROLE_NAMES,
    ROOMS,
    Actor,
    Permission,
    Reach,
    Relation,
    Role,
    Scope,
    check,
    check_appraisal,
    may,
    may_appraise,
)
from tthc.domain.errors import ForbiddenError

R, C, P = Relation.RECEIVING, Relation.COMPETENT, Relation.PASSED_ON


def test_every_permission_has_one_rule_and_every_role_its_words_and_reach() -> None:
    assert not set(ACTS) & set(ROOMS)
    assert set(ACTS) | set(ROOMS) == set(Permission)
    assert set(ROLE_NAMES) == set(REACH) == set(Role)


@pytest.mark.parametrize(
    ("role", "wanted", "relations"),
    [
        (Role.CLERK, Permission.RECEIVE, R),
        (Role.CLERK, Permission.RETURN, R),
        (Role.CLERK, Permission.EXTEND, R),
        (Role.CLERK, Permission.RESOLVE, Relation.NONE),
        (Role.OFFICER, Permission.RESOLVE, C),
        (Role.OFFICER, Permission.EXTEND, Relation.NONE),
        (Role.OFFICER, Permission.ISSUE_LETTER, Relation.NONE),
        (Role.LEADER, Permission.ISSUE_LETTER, C),
        (Role.LEADER, Permission.APPROVE_LETTER, C),
        (Role.OFFICER, Permission.APPROVE_LETTER, Relation.NONE),
        (Role.LEADER, Permission.MOVE, C),
        (Role.CLERK, Permission.MOVE, Relation.NONE),
        (Role.CLERK, Permission.TRANSFER, R),
        (Role.CLERK, Permission.TAKE_OVER, C),
        (Role.OFFICER, Permission.MOVE, Relation.NONE),
        (Role.OFFICER, Permission.TRANSFER, C),
        (Role.OFFICER, Permission.TAKE_OVER, C),
        (Role.LEADER, Permission.CORRECT, R | C),
        (Role.LEADER, Permission.NOTE, R | C | P),
    ],
)
def test_acts_depend_on_role_and_relation(
    role: Role, wanted: Permission, relations: Relation
) -> None:
    """Scenario 36: the receiving unit returns and changes dates, the competent one resolves."""
    for one in (R, C, P):
        assert may(role, wanted, one) == (one in relations), one
    assert not may(role, wanted)


def test_an_immediate_case_is_received_and_solved_by_one_unit() -> None:
    assert may(Role.CLERK, Permission.RECEIVE_IMMEDIATE, R | C)
    for some in (R, C, P, R | P, C | P):
        assert not may(Role.CLERK, Permission.RECEIVE_IMMEDIATE, some)


def test_who_watches_changes_nothing() -> None:
    for role in (Role.OFFICIAL, Role.AUDITOR, Role.APPRAISER, Role.ADMIN):
        assert not [act for act in ACTS if may(role, act, EVERY_RELATION)]


def test_who_has_no_case_in_reach_reads_none() -> None:
    for role in Role:
        assert may(role, Permission.READ_CASES) == (REACH[role] is not Reach.NONE), role
    assert not may(Role.OFFICIAL, Permission.READ_IDENTITY)
    assert [role for role in Role if not may(role, Permission.READ_SCORES)] == [Role.ADMIN]
    assert [role for role in Role if may(role, Permission.READ_TRACES)] == [Role.AUDITOR]


def test_a_program_does_what_any_role_of_its_unit_does() -> None:
    for act, rule in ACTS.items():
        assert may(Role.PROGRAM, act, EVERY_RELATION)
        assert not may(Role.PROGRAM, act)
        for role, relation in rule.by:
            assert may(Role.PROGRAM, act, relation) == may(role, act, relation)


def test_relations_come_from_the_units() -> None:
    scope = Scope(simulated=False)
    assert Actor("Bưu điện", scope).relation(1, 2) == EVERY_RELATION
    lan = Actor("Lan", scope, Role.CLERK, 1, (1, 9))
    assert lan.relation(1, 2) == R
    assert lan.relation(9, 1, [2]) == R | C
    assert lan.relation(3, 4, [9]) == P
    assert lan.relation(3, 4, [5]) == Relation.NONE


def test_an_appraiser_keeps_to_their_blocks_and_off_their_own_unit() -> None:
    """Hòa, of the unit 1 that inherited 9, appraises the communes of the provinces 50 and 51."""
    scope = Scope(simulated=False)
    hoa = Actor("Hòa", scope, Role.APPRAISER, 1, (1, 9), ("communes",), (50, 51))
    for own in (1, 9):
        with pytest.raises(ForbiddenError, match="đơn vị mình"):
            check_appraisal(hoa, own, 50, "communes")
    check_appraisal(hoa, 2, 50, "communes")
    check_appraisal(hoa, 3, 51, "communes")
    for unit, root, block in (
        *((2, 50, "departments"), (2, 50, None), (2, 60, "communes")),
        (50, 50, "provinces"),
    ):
        with pytest.raises(ForbiddenError, match="không thuộc khối"):
            check_appraisal(hoa, unit, root, block)
    anywhere = Actor("Hòa", scope, Role.APPRAISER, None, None, ("communes", "provinces"))
    check_appraisal(anywhere, 2, 60, "communes")
    check_appraisal(replace(hoa, blocks=("provinces",)), 60, 60, "provinces")
    with pytest.raises(ForbiddenError, match="chưa được giao"):
        check_appraisal(Actor("Hòa", scope, Role.APPRAISER), 2, 50, "communes")
    check_appraisal(Actor("Lan", scope, Role.LEADER, 1, (1,)), 1, 50, "communes")
    assert may_appraise(hoa, 2, 50, "communes")
    assert not may_appraise(hoa, 1, 50, "communes")


def test_refusals_say_who_may() -> None:
    lan = Actor("Lan", Scope(simulated=False), Role.CLERK, 1, (1,))
    for wanted, relation, said in (
        (Permission.RESOLVE, R, "công chức giải quyết"),
        (Permission.RETURN, C, "đơn vị tiếp nhận"),
        (Permission.READ_TRACES, R, "kiểm tra"),
    ):
        with pytest.raises(ForbiddenError, match=said):
            check(lan, wanted, relation)
    check(lan, Permission.RETURN, R)
