"""An inspection draw: which cases to call about, drawn so that nobody can choose them."""

import hashlib
import json
import secrets
from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from tthc import clock
from tthc.db import printing
from tthc.db.queries.sampling import count_strata, draw_cases
from tthc.db.traces import leave_trace
from tthc.domain.access import Actor, Permission, check
from tthc.domain.applicant import Applicant
from tthc.domain.errors import InputError
from tthc.domain.period import Period
from tthc.domain.sampling import allocate
from tthc.domain.traces import Trace
from tthc.service.listing import Ask, select
from tthc.service.words import days_of
from tthc.service.words import period as in_words

MOST = 500  # cases of one draw: more are not called in a week
USUAL = 30
WHERE = "resolved_in"
SEED = 64  # characters


@dataclass(frozen=True, slots=True)
class Draw:
    """What is drawn: how many of the cases that meet a condition in a period, by which seed.

    Without a seed one is made; it is told and traced either way.
    """

    period: Period
    size: int = USUAL
    where: str = WHERE
    unit: str | None = None
    seed: str | None = None
    as_of: datetime | None = None
    known_at: datetime | None = None

    def __post_init__(self) -> None:
        if not 1 <= self.size <= MOST:
            raise InputError(f"Mỗi lần rút được từ 1 đến {MOST} hồ sơ: hãy chọn lại số hồ sơ.")
        if self.seed is not None and not (self.seed.isprintable() and 0 < len(self.seed) <= SEED):
            raise InputError(f"Số hạt giống phải là chữ in được, không quá {SEED} ký tự.")


async def draw_sample(connection: AsyncConnection, actor: Actor, draw: Draw) -> dict[str, Any]:
    """The cases drawn, with whom to call: a reading of persons, so it leaves a trace with the seed.

    Raises ForbiddenError, InputError.
    """
    check(actor, Permission.DRAW_SAMPLE)
    check(actor, Permission.READ_IDENTITY)
    seed = draw.seed or secrets.token_hex(8)
    asked = Ask(
        draw.where,
        unit=draw.unit,
        period=draw.period,
        as_of=draw.as_of,
        known_at=draw.known_at,
    )
    scope, selection = await select(connection, actor, asked)
    sizes = await count_strata(scope, connection, selection)
    rows = await draw_cases(scope, connection, selection, allocate(sizes, draw.size), seed)
    told = {
        "period": draw.period.name,
        "where": draw.where,
        "unit": draw.unit,
        "seed": seed,
        "as_of": selection.knowledge.as_of.isoformat(),
        "known_at": selection.knowledge.known_at.isoformat(),
        "codes": [row["code"] for row in rows],
    }
    digest = hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()
    details: dict[str, str | int] = {
        "period": draw.period.name,
        "where": draw.where,
        "seed": seed,
        "cases": len(rows),
        "digest": digest,
        **({"unit": draw.unit} if draw.unit else {}),
    }
    ids = tuple(row["id"] for row in rows)
    await leave_trace(connection, Trace(actor.name, "sampled", actor.scope.simulated, details, ids))
    persons = await printing.read_persons(connection, ids)
    drawn = Counter((row["competent_unit_id"], row["sector_id"]) for row in rows)
    named = {(row["competent_unit_id"], row["sector_id"]): row for row in rows}
    return {
        **told,
        "world": "simulated" if actor.scope.simulated else "real",
        "about": f"{in_words(draw.period)}: {days_of(draw.period)}",
        "condition": "; ".join(each.label for each in selection.conditions),
        "population": sum(sizes.values()),
        "strata_counted": len(sizes),
        "strata": [
            {
                "unit": named[stratum]["unit"],
                "sector": named[stratum]["sector"],
                "population": sizes[stratum],
                "drawn": count,
            }
            for stratum, count in drawn.items()
        ],
        "cases": [_item(row, persons.get(row["id"], Applicant())) for row in rows],
        "digest": digest,
        "made_at": clock.now().isoformat(),
    }


def _item(row: dict[str, Any], person: Applicant) -> dict[str, Any]:
    """A case as a caller needs it."""
    instants = ("received_at", "due_at", "resolved_at", "returned_at")
    return {
        **{name: row[name] for name in ("code", "procedure", "sector", "unit")},
        **{name: row[name] and row[name].isoformat() for name in instants},
        "name": person.name,
        "phone": person.phone,
    }
