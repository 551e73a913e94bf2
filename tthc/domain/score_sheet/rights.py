"""Who may do what to a sheet: its unit, an appraiser of its block, a leader above; never one for
another, and nobody appraises or approves their own unit. A province's own sheet, which has nobody
above it in the ledger, is the ministry's to appraise and approve.
"""

from collections.abc import Collection
from dataclasses import dataclass

from tthc.domain.access import (
    ROLE_NAMES,
    Actor,
    Permission,
    Role,
    check,
    check_appraisal,
    may,
)
from tthc.domain.errors import ForbiddenError
from tthc.domain.score_sheet.acts import Kind
from tthc.domain.score_sheet.rounds import Round


@dataclass(frozen=True, slots=True)
class Place:
    """The unit of a sheet: the block in which it is ranked, the root of its tree."""

    unit_id: int
    root_id: int
    block: str | None

    @property
    def is_top(self) -> bool:
        """Whether the sheet is the province's own."""
        return self.unit_id == self.root_id


BY_LEADER = {Kind.SUBMITTED, Kind.EXPLANATION_ENDED}
BY_UNIT = {Kind.ENTERED, Kind.SELF_SCORED, Kind.EXPLAINED, *BY_LEADER}
BY_APPRAISER = {Kind.APPRAISED, Kind.APPRAISAL_ENDED, Kind.RETURNED}
ABOVE = {Kind.APPROVED, Kind.APPROVAL_ENDED, Kind.RESTATED}


def check_act(
    actor: Actor,
    kind: Kind,
    place: Place,
    opened: Round,
    *,
    surveyed: bool = False,
    appraised_by: Collection[str] = (),
) -> None:
    """Raises ForbiddenError, which says who may, where the actor may not do an act. `appraised_by`:
    who gave the sheet appraised points.

    A program that bears the key of a whole world stands for the software in which a round is
    held, and may bring every column back.
    """
    if actor.role is Role.PROGRAM and actor.own_unit_ids is None:
        return
    if kind in BY_APPRAISER or (kind is Kind.ENTERED and surveyed):
        _check_appraiser(actor, place, opened)
    elif kind in BY_UNIT:
        _check_unit(actor, kind, place)
    elif kind in ABOVE and place.is_top:
        _check_ministry(actor, place)
        if actor.name in appraised_by:
            raise ForbiddenError(
                "Người đã thẩm định phiếu này không phê duyệt nó: hãy nhờ người thẩm định khác của "
                "Bộ."
            )
    elif kind in ABOVE:
        _check_above(actor, place)
    else:
        check_root(actor, place.root_id)


def check_root(actor: Actor, root_id: int) -> None:
    """Raises ForbiddenError unless the actor leads the province (or is its software)."""
    check(actor, Permission.PUBLISH)
    if actor.own_unit_ids is not None and root_id not in actor.own_unit_ids:
        raise ForbiddenError(
            "Mở đợt chấm điểm và công bố điểm là việc của lãnh đạo cấp tỉnh: hãy nhờ họ."
        )


def may_act(
    actor: Actor,
    kind: Kind,
    place: Place,
    opened: Round,
    *,
    surveyed: bool = False,
    appraised_by: Collection[str] = (),
) -> bool:
    """Whether `check_act` lets the actor."""
    try:
        check_act(actor, kind, place, opened, surveyed=surveyed, appraised_by=appraised_by)
    except ForbiddenError:
        return False
    return True


def _check_unit(actor: Actor, kind: Kind, place: Place) -> None:
    check(actor, Permission.SCORE)
    if place.unit_id not in (actor.own_unit_ids or ()):
        raise ForbiddenError(
            "Phiếu này không phải của đơn vị bạn: chỉ đơn vị ấy tự chấm, trình và giải trình."
        )
    if kind in BY_LEADER and actor.role not in (Role.LEADER, Role.PROGRAM):
        raise ForbiddenError("Chỉ lãnh đạo đơn vị trình phiếu và kết thúc giải trình: hãy nhờ họ.")


def _check_appraiser(actor: Actor, place: Place, opened: Round) -> None:
    check(actor, Permission.APPRAISE)
    if place.is_top:
        _check_ministry(actor, place)
    check_appraisal(actor, place.unit_id, place.root_id, place.block)
    named = (opened.appraisers or {}).get(place.block or "")
    if named and actor.name not in named:
        raise ForbiddenError(
            f"Khối này do {', '.join(named)} thẩm định theo quyết định {opened.decision}: hãy nhờ "
            "họ."
        )


def _check_ministry(actor: Actor, place: Place) -> None:
    """An appraiser who belongs to no unit of the ledger: the province judges itself otherwise."""
    if actor.unit_id is not None or not may(actor.role, Permission.APPRAISE):
        raise ForbiddenError(
            "Phiếu của chính tỉnh, thành phố do người thẩm định của Bộ (không thuộc đơn vị nào của "
            "tỉnh) thẩm định và phê duyệt: hãy nhờ họ."
        )
    check_appraisal(actor, place.unit_id, place.root_id, place.block)


def _check_above(actor: Actor, place: Place) -> None:
    check(actor, Permission.APPROVE)
    seen = actor.scope.unit_ids
    if place.unit_id in (actor.own_unit_ids or ()) or (
        seen is not None and place.unit_id not in seen
    ):
        raise ForbiddenError(
            f"Điểm do {ROLE_NAMES[Role.LEADER]} của cấp trên phê duyệt và điều chỉnh, không phải "
            "của chính đơn vị hay của đơn vị ngang cấp: hãy nhờ cấp trên."
        )
