"""Apology letters: drafts, and the numbers and instants that make them letters."""

from datetime import datetime

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from tthc.db.sight import seen
from tthc.domain.access import Scope
from tthc.domain.apology import Draft, Letter
from tthc.domain.errors import NotFoundError
from tthc.domain.lifecycle import Occasion

_COLUMNS = (
    "l.id, l.reason, l.cause, l.new_due_at, l.number, l.signer, l.issued_at, l.sent_at, l.sent_by, "
    "l.approver, l.approved_at"
)
_ADD = text("""
INSERT INTO letters (case_id, reason, cause, new_due_at, drafted_at, drafted_by)
VALUES (:case_id, :reason, :cause, :new_due_at, :at, :by) RETURNING id
""")
_APPROVED = text("""
UPDATE letters SET approver = :approver, approved_at = :at
WHERE id = :id AND approved_at IS NULL AND issued_at IS NULL RETURNING id
""")
_ISSUED = text(
    "UPDATE letters SET number = :number, signer = :signer, issued_at = :at WHERE id = :id"
)
_SENT = text("UPDATE letters SET sent_at = :at, sent_by = :channel WHERE id = :id")
_MENDED = text("""
UPDATE letters SET number = coalesce(:number, number), issued_at = coalesce(:issued_at, issued_at),
  sent_at = coalesce(:sent_at, sent_at)
WHERE id = :id
""")


async def add_draft(connection: AsyncConnection, case_id: int, draft: Draft, on: Occasion) -> int:
    """Keep a draft; returns the letter's id."""
    values = {
        "case_id": case_id,
        "reason": draft.reason,
        "cause": draft.cause,
        "new_due_at": draft.new_due_at,
        "at": on.now,
        "by": on.by.name,
    }
    return int((await connection.execute(_ADD, values)).scalar_one())


async def read_letter(
    scope: Scope, connection: AsyncConnection, letter_id: int
) -> tuple[str, Letter]:
    """A letter and the code of its case. Raises NotFoundError beyond the scope too."""
    rows = await connection.execute(
        text(
            f"SELECT c.code, {_COLUMNS} FROM letters l JOIN cases c ON c.id = l.case_id "
            f"WHERE l.id = :id AND {seen(scope)}"
        ),
        {"id": letter_id},
    )
    row = rows.one_or_none()
    if row is None:
        raise NotFoundError(f"Không có văn bản xin lỗi số hiệu {letter_id} trong phạm vi của bạn.")
    code, *letter = row
    return str(code), Letter(*letter)


async def letters_of(connection: AsyncConnection, case_id: int) -> list[Letter]:
    """Every letter of a case, drafts too, oldest first."""
    rows = await connection.execute(
        text(f"SELECT {_COLUMNS} FROM letters l WHERE l.case_id = :case_id ORDER BY l.id"),
        {"case_id": case_id},
    )
    return [Letter(*row) for row in rows]


async def mark_approved(
    connection: AsyncConnection, letter_id: int, at: datetime, approver: str
) -> bool:
    """Whether the approval was noted: somebody else may have been faster."""
    values = {"id": letter_id, "at": at, "approver": approver}
    return (await connection.execute(_APPROVED, values)).one_or_none() is not None


async def mark_issued(
    connection: AsyncConnection, letter_id: int, at: datetime, *, number: str, signer: str
) -> None:
    await connection.execute(
        _ISSUED, {"id": letter_id, "at": at, "number": number, "signer": signer}
    )


async def mark_sent(
    connection: AsyncConnection, letter_id: int, at: datetime, *, channel: str
) -> None:
    await connection.execute(_SENT, {"id": letter_id, "at": at, "channel": channel})


async def mend(
    connection: AsyncConnection,
    letter_id: int,
    *,
    number: str | None,
    issued_at: datetime | None,
    sent_at: datetime | None,
) -> None:
    """Follow a correction of a letter's issue or sending."""
    await connection.execute(
        _MENDED,
        {"id": letter_id, "number": number, "issued_at": issued_at, "sent_at": sent_at},
    )
