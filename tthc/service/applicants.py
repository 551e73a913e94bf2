"""Whose case it is: the full reading, and the erasure of a person."""

from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from tthc import clock
from tthc.db import applicants
from tthc.db.history import read_case
from tthc.db.json_values import checked
from tthc.db.traces import leave_trace
from tthc.domain import erasure
from tthc.domain.access import Actor
from tthc.domain.applicant import KINDS, Applicant, mask
from tthc.domain.case import Decision
from tthc.domain.errors import NotFoundError
from tthc.domain.lifecycle import moment, required
from tthc.domain.traces import Trace
from tthc.service.acts import NOW, Asked, Document, Known, perform
from tthc.service.sent import show_files


async def read_applicant(connection: AsyncConnection, actor: Actor, code: str) -> Document:
    """The applicant of one case in full, for those who handle it; the reading leaves a trace."""
    dossier = await read_case(actor, connection, checked(code))
    case_id = dossier.case.id
    assert case_id is not None
    read = Trace(actor.name, "identity_read", actor.scope.simulated, case_ids=(case_id,))
    await leave_trace(connection, read)
    person = shown(await applicants.read(connection, case_id))
    files = await show_files(connection, case_id)
    return {"case_code": code, **person} | ({"files": files} if files else {})


async def read_masked(connection: AsyncConnection, case_id: int) -> dict[str, Any] | None:
    """The applicant as everybody else sees it; None where nothing is known."""
    applicant = await applicants.read(connection, case_id)
    return shown(mask(applicant)) if applicant.said() else None


async def erase_applicant(
    connection: AsyncConnection, actor: Actor, code: str, asked: Asked = NOW, *, grounds: str
) -> Document:
    """Erase the person from a case that is over, and record that it was done.

    Every figure and the chain stay as they are. A later message or file tells nothing of the
    person again. For a code that has no case yet, what waiting messages tell of one is erased.
    """
    erased: list[int] = []

    def decide(known: Known) -> Decision:
        assert known.case.id is not None
        erased.append(known.case.id)
        return erasure.erase(known.case, known.on, grounds=grounds)

    try:
        document = await perform(
            connection, actor, code, asked, {"act": "erase", "grounds": grounds}, decide
        )
    except NotFoundError:
        if actor.scope.unit_ids is not None:
            raise
        return await _erase_waiting(connection, actor, code, grounds)
    for case_id in erased:
        await applicants.forget(connection, case_id)
    return document


def shown(applicant: Applicant) -> dict[str, Any]:
    """An applicant's document: what is known."""
    said: dict[str, Any] = dict(applicant.said())
    if applicant.kind:
        said["kind_name"] = KINDS[applicant.kind]
    return said


async def _erase_waiting(
    connection: AsyncConnection, actor: Actor, code: str, grounds: str
) -> Document:
    cited = checked(required(grounds, "căn cứ xóa thông tin cá nhân"))
    remark = f"Đã xóa thông tin cá nhân ({cited}; {actor.name}, {moment(clock.now())})."
    count = await applicants.forget_claims(
        connection, code, remark, simulated=actor.scope.simulated
    )
    if not count:
        raise NotFoundError(
            f"Không có hồ sơ mã “{code}” trong phạm vi của bạn, và không có gói tin nào đang chờ "
            "mang thông tin cá nhân của mã này."
        )
    return {"case_code": code, "waiting_claims_erased": count}
