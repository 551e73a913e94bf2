"""A score sheet as a document: four columns side by side, what departs and why, what is next."""

from decimal import Decimal
from typing import Any

from tthc.domain.access import Actor
from tthc.domain.score_sheet.acts import KIND_NAMES, Evidence, Kind, Noted
from tthc.domain.score_sheet.rights import may_act
from tthc.domain.score_sheet.rounds import Stage
from tthc.domain.score_sheet.sheet import COLUMN_NAMES, STATE_NAMES, Column, State
from tthc.domain.score_sheet.standing import Line
from tthc.domain.scoring.rubric import Leaf
from tthc.domain.scoring.total import Total
from tthc.service.case_document import instant
from tthc.service.score_document import as_number, leaf_url
from tthc.service.score_rounds import describe_round
from tthc.service.score_sheet import OpenSheet
from tthc.service.words import period as period_name

Document = dict[str, Any]
# what is done to a leaf in each state, and which step closes it
ON_LEAF = {
    State.OPEN: (Kind.SELF_SCORED, Kind.ENTERED),
    State.SUBMITTED: (Kind.APPRAISED, Kind.ENTERED),
    State.APPRAISED: (Kind.EXPLAINED, Kind.ENTERED),
    State.EXPLAINED: (Kind.APPROVED, Kind.ENTERED),
    State.APPROVED: (),
    State.PUBLISHED: (Kind.RESTATED,),
}
CLOSING = {
    State.OPEN: Kind.SUBMITTED,
    State.SUBMITTED: Kind.APPRAISAL_ENDED,
    State.APPRAISED: Kind.EXPLANATION_ENDED,
    State.EXPLAINED: Kind.APPROVAL_ENDED,
}


def show_sheet(actor: Actor, held: OpenSheet) -> Document:
    """The sheet, with what this person may do now."""
    state, score = held.sheet.state, held.score
    live = {each["code"]: each for each in score["criteria"]}
    sums: dict[str, Column | None] = {"computed": None} | {each.value: each for each in Column}
    return {
        "rubric": score["rubric"],
        "period": held.period.name,
        "period_name": period_name(held.period),
        "as_of": score["as_of"],
        "unit": held.unit.code,
        "unit_name": held.unit.name,
        "block": held.place.block,
        "state": state.value,
        "state_name": STATE_NAMES[state],
        "version": held.sheet.seq,
        "restated": held.sheet.restated,
        "returned": [_act(each) for each in held.sheet.returned],
        "round": describe_round(held.opened, "", held.place.block) if held.opened else None,
        "figures": {
            "published": held.published is not None,
            "version": held.published.version if held.published else None,
            "digest": held.published.digest if held.published else held.digest,
        },
        "totals": {name: _total(held.total(column)) for name, column in sums.items()},
        "closed": {
            each.value: {"actor": noted.actor, "at": instant(noted.at)}
            for each, noted in held.sheet.closed.items()
        },
        "leaves": [
            _leaf(held, area.title, leaf, live.get(leaf.code, {}))
            for area in held.rubric.areas
            for criterion in area.criteria
            for leaf in criterion.leaves
            if leaf.code in held.lines
        ],
        "may": _may(actor, held),
    }


def show_history(held: OpenSheet, leaf: str | None = None) -> list[Document]:
    """The acts on a sheet, or on one leaf of it, in their order: nothing is ever overwritten."""
    return [_act(noted) for noted in held.noted if leaf is None or noted.act.leaf == leaf]


def _leaf(held: OpenSheet, area: str, leaf: Leaf, live: Document) -> Document:
    line, sheet = held.lines[leaf.code], held.sheet
    kept = held.leaves.get(leaf.code)
    same = _same(line, live)
    entered = sheet.entered.get(leaf.code)
    return {
        "id": f"{held.rubric.id}/{held.period.name}/{held.unit.code}/{leaf.code}",
        "code": leaf.code,
        "title": leaf.title,
        "area": area,
        "max": as_number(line.most),
        "least": as_number(line.least),
        "applies": line.applies,
        "surveyed": line.surveyed,
        "by_people": line.by_people,
        "shape": leaf.shape,
        "items": [[each.key, each.label] for each in getattr(leaf.rule, "items", ())],
        "evidence_required": leaf.evidence,
        "rule": live.get("rule") or "",
        "numerator": kept.numerator if kept and not line.by_people else None,
        "denominator": kept.denominator if kept and not line.by_people else None,
        "percent": live.get("percent") if same else None,
        "why": live.get("why", "") if same else "",
        "distance": live.get("distance") if same else None,
        "evidence_url": leaf_url(held.rubric.id, held.unit.code, leaf.code, held.period.name),
        "cases_url": live.get("cases_url"),
        "unconfirmed": leaf.unconfirmed,
        "lost": _number_or_none(None if line.computed is None else line.most - line.computed),
        "computed": {
            "points": _number_or_none(line.computed),
            "evidence": _evidence(line.proof),
            "actor": entered.actor if entered else None,
            "at": instant(entered.at) if entered else None,
        },
        "columns": {each.value: _column(held, each, line) for each in Column},
        "explanations": [_act(each) for each in sheet.explanations.get(leaf.code, ())],
    }


def _same(line: Line, live: Document) -> bool:
    """Whether the live score is still what was computed for the sheet."""
    if line.by_people:
        return True
    return _number_or_none(line.computed) == live.get("points")


def _column(held: OpenSheet, column: Column, line: Line) -> Document | None:
    noted = held.sheet.entry(column, line.code)
    if noted is None or noted.act.points is None:
        return None
    before = held.standing.before(column, line) if held.opened else None
    departs = before is not None and noted.act.points != before
    return {
        "name": COLUMN_NAMES[column],
        "points": as_number(noted.act.points),
        "reason": noted.act.reason,
        "evidence": _evidence(noted.act.evidence),
        "departs": departs,
        "restated": noted.act.kind is Kind.RESTATED,
        "actor": noted.actor,
        "at": instant(noted.at),
    }


def _evidence(evidence: Evidence | None) -> Document | None:
    if evidence is None:
        return None
    return {"kind": evidence.kind.value, "value": evidence.value, "words": evidence.words()}


def _act(noted: Noted) -> Document:
    act = noted.act
    return {
        "number": noted.seq,
        "kind": act.kind.value,
        "name": KIND_NAMES[act.kind],
        "leaf": act.leaf,
        "points": _number_or_none(act.points),
        "reason": act.reason,
        "evidence": _evidence(act.evidence),
        "items": list(act.items),
        "on": act.on.isoformat() if act.on else None,
        "actor": noted.actor,
        "at": instant(noted.at),
    }


def _total(found: Total) -> Document:
    return {
        "points": as_number(found.points) if found.scored_most else None,
        "max": as_number(found.most),
        "scored_max": as_number(found.scored_most),
        "missing": list(found.missing),
        "grade": found.grade,
        "passed": found.passed,
        "failures": list(found.failures),
        "areas": {code: as_number(points) for code, (points, _) in found.areas.items()},
    }


def _may(actor: Actor, held: OpenSheet) -> Document:
    """What the person may do now: kinds of acts on leaves, and the step that closes the stage."""
    if held.opened is None:
        return {"leaf": [], "entered_surveys": False, "step": None, "send_back": False}
    opened, state, place = held.standing.round, held.sheet.state, held.place
    today, by = held.standing.today, held.appraised_by
    if state is State.APPRAISED and opened.is_over(Stage.EXPLANATION, today):
        state = State.EXPLAINED

    def may(kind: Kind, *, surveyed: bool = False) -> bool:
        return may_act(actor, kind, place, opened, surveyed=surveyed, appraised_by=by)

    on_leaf = [each.value for each in ON_LEAF[state] if may(each)]
    if state is not State.OPEN and Kind.ENTERED.value in on_leaf:
        on_leaf.remove(Kind.ENTERED.value)
    closing = CLOSING.get(state)
    return {
        "leaf": on_leaf,
        "entered_surveys": Kind.ENTERED in ON_LEAF[state] and may(Kind.ENTERED, surveyed=True),
        "step": closing.value if closing and may(closing) else None,
        "send_back": state is State.SUBMITTED and may(Kind.RETURNED),
    }


def _number_or_none(points: Decimal | None) -> int | float | None:
    return None if points is None else as_number(points)
