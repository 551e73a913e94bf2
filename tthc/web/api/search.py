"""Search over HTTP: what is asked for names people, so it travels in the body."""

from dataclasses import asdict
from typing import Annotated, Any

from litestar import post
from litestar.di import NamedDependency
from litestar.params import JSONBody
from msgspec import Meta, Struct
from sqlalchemy.ext.asyncio import AsyncConnection

from tthc.domain.access import Actor
from tthc.service import search
from tthc.service.case_document import instant
from tthc.web.access import SECURITY, needs
from tthc.web.api.described import READING


class Sought(Struct, forbid_unknown_fields=True):
    """A case's code, pieces of a name, or the last digits of a telephone."""

    q: Annotated[str, Meta(max_length=search.LONGEST)]


@post(
    "/cases/search",
    status_code=200,
    guards=[needs("read")],
    security=SECURITY,
    responses=READING,
)
async def search_cases(
    writing: NamedDependency[AsyncConnection], actor: NamedDependency[Actor], data: JSONBody[Sought]
) -> dict[str, Any]:
    """The case with this very code (`case_code`), or the newest cases whose person's name or
    telephone it is a piece of, the persons masked. A POST, so that no address and no log keeps a
    name; a search for a person leaves a trace.
    """
    found = await search.search_cases(writing, actor, data.q)
    return {
        "case_code": found.code,
        "items": [_item(row) for row in found.rows],
        "more": found.more,
        "by_code_only": found.by_code_only,
    }


def _item(row: dict[str, Any]) -> dict[str, Any]:
    plain = ("procedure_code", "procedure_name", "receiving_unit", "competent_unit", "officer")
    return {
        "case_code": row["code"],
        **{name: row[name] for name in plain},
        "state": row["state"],
        "state_name": row["state_name"],
        "due_at": instant(row["due_at"]),
        "applicant": {name: value for name, value in asdict(row["person"]).items() if value},
    }
