"""A citizen looks up one case: its state and its dates, and why; nobody's name, no free text.

A wrong code and a wrong secret are refused in the same words and after the same time. Tries are
counted before anything is looked at, in the database that all processes share.
"""

import asyncio
import hashlib
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from tthc import clock
from tthc.db import accounts
from tthc.db.history import read_case
from tthc.db.letters import letters_of
from tthc.db.look_up import enter_look_up
from tthc.domain.access import Actor, Scope
from tthc.domain.apology import Letter
from tthc.domain.case import STATE_NAMES, Case
from tthc.domain.errors import SignInError, TooManyError
from tthc.rules.causes import causes
from tthc.service.acts import Document
from tthc.service.case_document import instant
from tthc.service.clock import explain_dossier

TRIES = 10  # of one code in a window
TRIES_FROM_ADDRESS = 30
WINDOW = timedelta(minutes=15)
REFUSED_AFTER = 0.25  # seconds, longer than any look-up takes
WRONG = (
    "Mã hồ sơ hoặc số đi cùng chưa đúng: hãy xem lại giấy tiếp nhận và hẹn trả kết quả, hoặc hỏi "
    "Bộ phận Một cửa nơi đã nộp."
)


async def look_up(engine: AsyncEngine, code: str, digits: str, address: str) -> Document:
    """What the citizen may see of the case. Raises SignInError, TooManyError."""
    began = asyncio.get_running_loop().time()
    code = code.strip()[:200].replace("\0", "")
    await _count(engine, code, address)
    async with engine.connect() as connection:
        await connection.execution_options(
            isolation_level="REPEATABLE READ", postgresql_readonly=True
        )
        found = await enter_look_up(connection, code, digits.strip())
        if found:
            actor = Actor("", Scope(found.simulated))
            return await _document(connection, actor, found.code)
    await asyncio.sleep(began + REFUSED_AFTER - asyncio.get_running_loop().time())
    raise SignInError(WRONG)


async def _document(connection: AsyncConnection, actor: Actor, code: str) -> Document:
    dossier = await read_case(actor, connection, code)
    case = dossier.case
    assert case.id is not None
    letters = [one for one in await letters_of(connection, case.id) if one.issued_at]
    return {
        "code": code,
        "simulated": case.simulated,
        "state_name": STATE_NAMES[case.state],
        "standing": standing(case, clock.now()),
        **{
            name: instant(getattr(case, name))
            for name in (
                *("submitted_at", "received_at", "first_due_at", "due_at"),
                *("re_promised_at", "resolved_at", "returned_at", "suspended_at"),
            )
        },
        "letters": [_letter(one) for one in letters],
        "sentences": explain_dossier(dossier)["sentences"],
    }


def standing(case: Case, now: datetime) -> str:
    """How the promise stands: kept, broken, running, paused, or none."""
    if case.resolved_at is not None:
        late = case.overdue_at is not None and case.resolved_at >= case.overdue_at
        return "late" if late else "done"
    if case.ended_at is not None or case.overdue_at is None:
        return "paused" if case.suspended_at and not case.ended_at else "none"
    if case.is_late(now):
        return "overdue"
    return "paused" if case.suspended_at else "running"


def _letter(one: Letter) -> Document:
    return {
        "number": one.number,
        "issued_at": instant(one.issued_at),
        "cause": causes().get(one.cause, one.cause),
        "new_due_at": instant(one.new_due_at),
    }


async def _count(engine: AsyncEngine, code: str, address: str) -> None:
    async with engine.connect() as connection:
        await connection.execution_options(isolation_level="AUTOCOMMIT")
        for kind, of, allowed in (
            ("look-up address", address, TRIES_FROM_ADDRESS),
            ("look-up code", code, TRIES),
        ):
            key = hashlib.sha256(f"{kind}\n{of}".encode(errors="surrogatepass")).digest()
            if not await accounts.count_attempt(connection, key, allowed, WINDOW, clock.now()):
                minutes = int(WINDOW.total_seconds() // 60)
                raise TooManyError(
                    f"Đã tra cứu quá nhiều lần: hãy đợi {minutes} phút rồi thử lại, hoặc hỏi Bộ "
                    "phận Một cửa nơi đã nộp."
                )
