"""A score sheet as the fold of its acts: the state, and the last entry of each column and leaf."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum

from tthc.domain.score_sheet.acts import Act, Kind, Noted
from tthc.domain.scoring.given import Entered


class State(StrEnum):
    """How far a sheet has come."""

    OPEN = "open"
    SUBMITTED = "submitted"
    APPRAISED = "appraised"
    EXPLAINED = "explained"
    APPROVED = "approved"
    PUBLISHED = "published"


STATE_NAMES = {
    State.OPEN: "đang tự chấm điểm",
    State.SUBMITTED: "đã trình, chờ thẩm định",
    State.APPRAISED: "đã thẩm định, chờ giải trình",
    State.EXPLAINED: "đã giải trình, chờ phê duyệt",
    State.APPROVED: "đã phê duyệt, chờ công bố",
    State.PUBLISHED: "đã công bố",
}
AFTER = {
    Kind.SUBMITTED: State.SUBMITTED,
    Kind.RETURNED: State.OPEN,
    Kind.APPRAISAL_ENDED: State.APPRAISED,
    Kind.EXPLANATION_ENDED: State.EXPLAINED,
    Kind.APPROVAL_ENDED: State.APPROVED,
    Kind.PUBLISHED: State.PUBLISHED,
}


class Column(StrEnum):
    """The columns that people fill; *computed* is ours and stands before them all."""

    SELF = "self"
    APPRAISED = "appraised"
    APPROVED = "approved"


COLUMN_NAMES = {
    Column.SELF: "điểm tự chấm",
    Column.APPRAISED: "điểm thẩm định",
    Column.APPROVED: "điểm phê duyệt",
}
FILLS = {
    Kind.SELF_SCORED: Column.SELF,
    Kind.APPRAISED: Column.APPRAISED,
    Kind.APPROVED: Column.APPROVED,
    Kind.RESTATED: Column.APPROVED,
}


@dataclass(frozen=True, slots=True)
class Sheet:
    """A unit's sheet in a round. `returned`: why it was sent back, each time; `restated`: how often
    published points were changed.
    """

    state: State = State.OPEN
    seq: int = 0
    entered: Mapping[str, Noted] = field(default_factory=dict)
    columns: Mapping[Column, Mapping[str, Noted]] = field(default_factory=dict)
    explanations: Mapping[str, tuple[Noted, ...]] = field(default_factory=dict)
    closed: Mapping[State, Noted] = field(default_factory=dict)
    returned: tuple[Noted, ...] = ()
    restated: int = 0

    def entry(self, column: Column, leaf: str) -> Noted | None:
        return self.columns.get(column, {}).get(leaf)

    def points(self, column: Column, leaf: str) -> Decimal | None:
        noted = self.entry(column, leaf)
        return noted.act.points if noted else None


def fold(noted: Iterable[Noted]) -> Sheet:
    """The sheet after these acts, in their order."""
    sheet = Sheet()
    for each in noted:
        sheet = _after(sheet, each)
    return sheet


def entered_by(noted: Mapping[str, Noted]) -> dict[str, Entered]:
    """What people and surveys gave, as rules read it, by leaf."""
    return {leaf: as_entered(each.act) for leaf, each in noted.items()}


def as_entered(act: Act) -> Entered:
    """What an act entered, as rules read it."""
    evidence = act.evidence.value if act.evidence else ""
    return Entered(act.points, frozenset(act.items), act.on, evidence)


def _after(sheet: Sheet, noted: Noted) -> Sheet:
    kind, leaf = noted.act.kind, noted.act.leaf
    entered, columns = dict(sheet.entered), dict(sheet.columns)
    explanations, closed = dict(sheet.explanations), dict(sheet.closed)
    if kind is Kind.ENTERED and leaf:
        entered[leaf] = noted
    elif kind is Kind.EXPLAINED and leaf:
        explanations[leaf] = (*explanations.get(leaf, ()), noted)
    elif kind in FILLS and leaf:
        column = FILLS[kind]
        columns[column] = {**columns.get(column, {}), leaf: noted}
    elif kind is Kind.RETURNED:
        closed.pop(State.SUBMITTED, None)  # it is to be handed in anew
    elif kind in AFTER:
        closed[AFTER[kind]] = noted
    return Sheet(
        state=AFTER.get(kind, sheet.state),
        seq=noted.seq,
        entered=entered,
        columns=columns,
        explanations=explanations,
        closed=closed,
        returned=(*sheet.returned, noted) if kind is Kind.RETURNED else sheet.returned,
        restated=sheet.restated + (kind is Kind.RESTATED),
    )
