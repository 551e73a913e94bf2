"""Apologies drafted for one or many cases at once: all of them, or none."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from tthc.domain.access import Actor
from tthc.domain.errors import InputError, TthcError
from tthc.service.acts import NOW, Document
from tthc.service.cases import open_case
from tthc.service.letters import draft_letter, list_letters

MOST = 50
# two who send the same cases at once: the second sees the drafts of the first
_ONE_AT_A_TIME = text(
    "SELECT pg_advisory_xact_lock(hashtextextended('letters drafted at once', 0))"
)


@dataclass(frozen=True, slots=True)
class Chosen:
    """A case to apologise for, with its letters, drafts too."""

    case: Document
    letters: list[Document]


async def open_chosen(
    connection: AsyncConnection, actor: Actor, codes: Sequence[str]
) -> list[Chosen]:
    """The cases of these codes. Raises InputError for none or too many."""
    wanted = list(dict.fromkeys(codes))
    if not wanted:
        raise InputError("Chưa chọn hồ sơ nào: hãy đánh dấu hồ sơ trong danh sách quá hạn.")
    if len(wanted) > MOST:
        raise InputError(f"Mỗi lần soạn được nhiều nhất {MOST} hồ sơ: hãy chọn ít hơn.")
    return [
        Chosen(
            await open_case(connection, actor, each), await list_letters(connection, actor, each)
        )
        for each in wanted
    ]


async def draft_letters(
    connection: AsyncConnection,
    actor: Actor,
    codes: Sequence[str],
    *,
    reason: str,
    cause: str,
    new_due: date,
) -> int:
    """Draft one apology for each case that has none yet; returns how many.

    The first case that refuses stops all, and is named.
    """
    await connection.execute(_ONE_AT_A_TIME)
    drafted = 0
    for chosen in await open_chosen(connection, actor, codes):
        if chosen.letters:
            continue
        code = chosen.case["case_code"]
        try:
            await draft_letter(
                connection, actor, code, NOW, reason=reason, cause=cause, new_due=new_due
            )
        except TthcError as refusal:
            raise type(refusal)(f"Hồ sơ {code}: {refusal} Chưa dự thảo nào được ghi.") from None
        drafted += 1
    return drafted
