"""The sums that official forms promise, checked in every cell before a period is published."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from tthc.db.queries.published import count_distinct, sum_cells
from tthc.domain.errors import RuleError
from tthc.rules.frozen import BITS, FrozenSet, added_up
from tthc.rules.predicates import BASES, document

ONLINE, OTHERWISE = "channel = 'online'", "channel <> 'online'"


@dataclass(frozen=True, slots=True)
class Sum:
    """What must be the same: two sums of columns, each a condition and perhaps a channel."""

    words: str
    left: tuple[tuple[str, str | None], ...]
    right: tuple[tuple[str, str | None], ...]


def _plain(*names: str) -> tuple[tuple[str, str | None], ...]:
    return tuple((name, None) for name in names)


SUMS = (
    Sum(
        "kỳ trước chuyển sang + tiếp nhận trong kỳ = đã giải quyết + đang giải quyết",
        _plain("carried_over", "received_in"),
        _plain("resolved_in", "open_at_end"),
    ),
    Sum(
        "cột (3) = (4) trực tuyến + (5) trực tiếp, bưu chính + (6) kỳ trước chuyển sang",
        _plain("to_resolve"),
        (("received_in", ONLINE), ("received_in", OTHERWISE), ("carried_over", None)),
    ),
    Sum(
        "cột (7) đã giải quyết = (8) trước hạn + (9) đúng hạn + (10) quá hạn",
        _plain("resolved_in"),
        _plain("resolved_early_in", "resolved_on_time_in", "resolved_late_in"),
    ),
    Sum(
        "cột (11) đang giải quyết = (12) trong hạn + (13) quá hạn",
        _plain("open_at_end"),
        _plain("in_time_at_end", "overdue_at_end"),
    ),
    Sum(
        "cột (3) = (7) đã giải quyết + (11) đang giải quyết",
        _plain("to_resolve"),
        _plain("resolved_in", "open_at_end"),
    ),
)
DISTINCT = "tổng của các ô = số hồ sơ khác nhau"


async def check_identities(
    connection: AsyncConnection, publication_id: int, frozen: FrozenSet
) -> list[dict[str, Any]]:
    """Each identity with its two sides, under every due basis. Raises RuleError naming the first
    that fails in some cell.
    """
    conditions = added_up()
    found: list[dict[str, Any]] = []
    for basis in BASES:
        texts = {name: each.text for (of, name), each in conditions.items() if of == basis}
        for each in SUMS:
            left, right = (
                " + ".join(_cases(frozen, texts[name], where) for name, where in side)
                for side in (each.left, each.right)
            )
            row = await sum_cells(connection, publication_id, left, right)
            found.append(_identity(each.words, basis, *row))
    row = await count_distinct(connection, publication_id)
    found.append(_identity(DISTINCT, None, *row))
    for one in found:
        if not one["holds"]:
            raise RuleError(
                f"Chưa chốt được: đẳng thức “{one['words']}” không đúng ở {one['cells']} ô "
                f"({one['left']} và {one['right']}); hãy báo người quản trị."
            )
    return found


def _identity(words: str, basis: str | None, left: int, right: int, cells: int) -> dict[str, Any]:
    """`cells`: in how many it fails."""
    return {
        "words": words,
        "basis": basis,
        "basis_label": document()["bases"][basis]["label"] if basis else None,
        "left": left,
        "right": right,
        "cells": cells,
        "holds": left == right and not cells,
    }


def _cases(frozen: FrozenSet, condition: str, where: str | None) -> str:
    """The cases of a row if it meets a condition, else 0."""
    word, bit = divmod(frozen.texts.index(condition), BITS)
    met = f"verdicts[{word + 1}] & {1 << bit} <> 0" + (f" AND {where}" if where else "")
    return f"CASE WHEN {met} THEN cases ELSE 0 END"
