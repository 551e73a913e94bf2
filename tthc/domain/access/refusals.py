"""Refusals: what is not allowed is said in a sentence that names who may."""

from collections.abc import Iterable

from tthc.domain.access.actors import Actor
from tthc.domain.access.permissions import Permission
from tthc.domain.access.relations import Relation
from tthc.domain.access.roles import ROLE_NAMES, Role
from tthc.domain.access.rules import ACTS, ROOMS, may
from tthc.domain.errors import ForbiddenError


def check(actor: Actor, wanted: Permission, relation: Relation = Relation.NONE) -> None:
    """Raises ForbiddenError, which says who may, where the actor may not."""
    if may(actor.role, wanted, relation):
        return
    if wanted in ROOMS:
        says, roles = ROOMS[wanted]
        raise ForbiddenError(
            f"Vai trò {ROLE_NAMES[actor.role]} không {says} được: việc này của "
            f"{_named(roles)}; hãy nhờ họ, hoặc nhờ quản trị đổi vai trò."
        )
    rule = ACTS[wanted]
    roles = tuple(role for role, _ in rule.by)
    if actor.role not in (*roles, Role.PROGRAM):
        raise ForbiddenError(
            f"Vai trò {ROLE_NAMES[actor.role]} không {rule.says} được: việc này của "
            f"{_named(roles)}; hãy nhờ họ."
        )
    whose = Relation.NONE
    for role, needed in rule.by:
        if actor.role in (role, Role.PROGRAM):
            whose |= needed
    raise ForbiddenError(
        f"Đơn vị của bạn không {rule.says} được với hồ sơ này: hãy nhờ {_whose(whose)}."
    )


def check_whole(actor: Actor) -> None:
    """Raises ForbiddenError where the actor stands for some units and not for a whole world."""
    if actor.scope.unit_ids is not None:
        raise ForbiddenError(
            "Việc này cần khóa của cả tỉnh, không phải của một đơn vị: hãy nhờ quản trị cấp khóa."
        )


def check_world(actor: Actor, *, simulated: bool) -> None:
    """Raises ForbiddenError where the actor is of the other world."""
    if actor.scope.simulated is not simulated:
        raise ForbiddenError(
            "Tài khoản hoặc khóa này thuộc thế giới khác: hãy bỏ `world`, hoặc dùng khóa của thế "
            "giới ấy."
        )


def check_appraisal(actor: Actor, unit_id: int, root_id: int, block: str | None) -> None:
    """Raises ForbiddenError where an appraiser's own unit, or one that it inherited, is scored, or
    one beyond their blocks and provinces; everybody else's scope is not looked at here.
    """
    if actor.role is not Role.APPRAISER:
        return
    if unit_id in (actor.own_unit_ids or ()):
        raise ForbiddenError(
            "Không ai thẩm định điểm của chính đơn vị mình: hãy nhờ người thẩm định của đơn vị "
            "khác."
        )
    if not actor.blocks:
        raise ForbiddenError(
            "Bạn chưa được giao thẩm định khối nào: hãy nhờ quản trị giao khối cho tài khoản này."
        )
    # who has no province above them is held to their block alone
    elsewhere = actor.root_ids is not None and root_id != unit_id and root_id not in actor.root_ids
    if block not in actor.blocks or elsewhere:
        raise ForbiddenError(
            "Đơn vị này không thuộc khối mà bạn được giao thẩm định: hãy nhờ người thẩm định của "
            "khối ấy, hoặc nhờ quản trị giao thêm khối."
        )


def may_appraise(actor: Actor, unit_id: int, root_id: int, block: str | None) -> bool:
    """Whether `check_appraisal` lets the actor."""
    try:
        check_appraisal(actor, unit_id, root_id, block)
    except ForbiddenError:
        return False
    return True


def check_unit(actor: Actor, unit_id: int) -> None:
    """Raises ForbiddenError where the actor does not speak for a unit."""
    if actor.own_unit_ids is not None and unit_id not in actor.own_unit_ids:
        raise ForbiddenError(
            "Đơn vị này không phải của bạn: hãy giải trình cho đơn vị của mình, hoặc nhờ đơn vị ấy."
        )


def _named(roles: Iterable[Role]) -> str:
    """People to be asked; a program stands for one of them."""
    asked = [role for role in roles if role is not Role.PROGRAM] or roles
    *others, last = dict.fromkeys(ROLE_NAMES[role] for role in asked)
    return f"{', '.join(others)} hoặc {last}" if others else last


def _whose(relation: Relation) -> str:
    named = {
        Relation.RECEIVING: "đơn vị tiếp nhận",
        Relation.COMPETENT: "đơn vị giải quyết",
        Relation.PASSED_ON: "đơn vị đã chuyển hồ sơ",
    }
    return " hoặc ".join(words for one, words in named.items() if one in relation)
