"""Who may do what to a score sheet: its unit, appraisers, a leader above, the ministry.

Planted by hand and caught: a province's sheet appraised or approved by anybody; approved by who
appraised it; a block's own windows passed over.
"""

from dataclasses import replace
from datetime import date

import pytest

from tests.domain.test_score_sheet import ROUND, WINDOWS
from tthc.domain.access import Actor, Role, Scope
from tthc.domain.errors import RuleError
from tthc.domain.score_sheet.acts import Kind
from tthc.domain.score_sheet.rights import BY_APPRAISER, BY_UNIT, Place, may_act
from tthc.domain.score_sheet.rounds import Stage, Window

# the unit 7 of the province 1; 8 is its neighbour
REAL = False  # not simulated
UNIT = Place(7, 1, "departments")
ACTORS = {
    "leader": Actor("a", Scope(REAL, (7,)), Role.LEADER, 7, (7,)),
    "officer": Actor("b", Scope(REAL, (7,)), Role.OFFICER, 7, (7,)),
    "clerk": Actor("c", Scope(REAL, (7,)), Role.CLERK, 7, (7,)),
    "neighbour": Actor("d", Scope(REAL, (8,)), Role.LEADER, 8, (8,)),
    "province": Actor("e", Scope(REAL, (1, 7, 8)), Role.LEADER, 1, (1,)),
    "appraiser": Actor("f", Scope(REAL, ()), Role.APPRAISER, 8, (8,), ("departments",)),
    "other block's appraiser": Actor("n", Scope(REAL, ()), Role.APPRAISER, 8, (8,), ("communes",)),
    "ministry": Actor("m", Scope(REAL, ()), Role.APPRAISER, None, (), ("provinces", "departments")),
    "own appraiser": Actor("g", Scope(REAL, ()), Role.APPRAISER, 7, (7,), ("departments",)),
    "official": Actor("h", Scope(REAL, (1, 7, 8)), Role.OFFICIAL, 1, (1,)),
    "auditor": Actor("i", Scope(REAL), Role.AUDITOR),
    "admin": Actor("j", Scope(REAL, ()), Role.ADMIN, 1, (1,)),
    "software": Actor("k", Scope(REAL), Role.PROGRAM),
    "unit's software": Actor("l", Scope(REAL, (7,)), Role.PROGRAM, 7, (7,)),
}
UNITS_OWN = {"leader", "officer", "unit's software"}
MAY = {
    **dict.fromkeys((Kind.ENTERED, Kind.SELF_SCORED, Kind.EXPLAINED), UNITS_OWN),
    **{key: {"leader", "unit's software"} for key in (Kind.SUBMITTED, Kind.EXPLANATION_ENDED)},
    **{
        key: {"appraiser", "ministry"}
        for key in (Kind.APPRAISED, Kind.APPRAISAL_ENDED, Kind.RETURNED)
    },
    **{key: {"province"} for key in (Kind.APPROVED, Kind.APPROVAL_ENDED, Kind.RESTATED)},
    Kind.PUBLISHED: {"province"},
}


@pytest.mark.parametrize("kind", Kind)
def test_who_may_do_what(kind: Kind) -> None:
    allowed = {name for name, actor in ACTORS.items() if may_act(actor, kind, UNIT, ROUND)}
    assert allowed == MAY[kind] | {"software"}


@pytest.mark.parametrize("kind", Kind)
def test_the_provinces_own_sheet_is_the_ministrys(kind: Kind) -> None:
    top = Place(1, 1, "provinces")
    allowed = {name for name, actor in ACTORS.items() if may_act(actor, kind, top, ROUND)}
    own = kind in BY_UNIT or kind is Kind.PUBLISHED
    assert allowed == {"software", "province" if own else "ministry"}
    again = may_act(ACTORS["ministry"], kind, top, ROUND, appraised_by={"m"})
    assert again == (kind in BY_APPRAISER)


def test_a_block_may_have_windows_of_its_own() -> None:
    own = {**WINDOWS, Stage.SELF: Window(date(2024, 1, 10), date(2024, 1, 12))}
    opened = replace(ROUND, blocks={"communes": own})
    assert opened.of_block("communes").windows == own
    assert opened.of_block("departments").windows == opened.of_block(None).windows == WINDOWS
    with pytest.raises(RuleError, match="từ 10/01/2024"):
        opened.of_block("communes").check_open(Stage.SELF, date(2024, 1, 2))


def test_a_block_is_appraised_by_those_named() -> None:
    named = replace(ROUND, appraisers={"departments": ("x",)})
    assert not may_act(ACTORS["appraiser"], Kind.APPRAISED, UNIT, named)
    assert may_act(replace(ACTORS["appraiser"], name="x"), Kind.APPRAISED, UNIT, named)
    surveyed = {
        name
        for name, actor in ACTORS.items()
        if may_act(actor, Kind.ENTERED, UNIT, ROUND, surveyed=True)
    }
    assert surveyed == {"appraiser", "ministry", "software"}
