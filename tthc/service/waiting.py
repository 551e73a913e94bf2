"""Phiếu bàn giao: the files that a shop may pass on together, and those to be signed for."""

from dataclasses import replace
from datetime import datetime
from secrets import token_hex
from typing import Any, NamedTuple

from sqlalchemy.ext.asyncio import AsyncConnection

from tthc import clock
from tthc.db.facts import Knowledge
from tthc.db.handovers import Waiting, waiting_batches
from tthc.db.queries.selection import Selection, list_page
from tthc.domain.access import Actor
from tthc.rules.predicates import predicate

MOST = 200  # files of one slip


class Slips(NamedTuple):
    """What may be passed on, and what was and waits for a signature."""

    to_pass_on: list[dict[str, Any]]
    waiting: list[Waiting]


async def show_slips(connection: AsyncConnection, actor: Actor) -> Slips:
    """The files at the actor's shop, and the slips that wait for their units."""
    now = clock.now()
    scope = replace(actor.scope, asked_unit_ids=actor.own_unit_ids)
    here = Selection(
        [predicate("to_pass_on")],
        Knowledge(now, now),
        axis="receiving",
        only=predicate("at_hand").text,
    )
    rows = await list_page(scope, connection, here, limit=MOST)
    return Slips(rows, await waiting_batches(scope, connection))


def number_slip(unit_code: str, at: datetime) -> str:
    """The number of a unit's slip, by its second and a draw, as two clerks may begin one at once:
    BG-00004-261122-154501-7CA3.
    """
    return f"BG-{unit_code}-{at.astimezone(clock.VIETNAM):%y%m%d-%H%M%S}-{token_hex(2).upper()}"
