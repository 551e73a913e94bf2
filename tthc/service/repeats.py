"""A request that its sender may repeat, where it is no act on one case: done once, answered alike.

Acts keep their answer in the statement that writes them (`tthc/service/acts.py`).
"""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import msgspec
from sqlalchemy.ext.asyncio import AsyncConnection

from tthc import clock
from tthc.db.acts import Repeatable
from tthc.db.json_values import checked
from tthc.db.repeats import hold_key, keep_answer
from tthc.domain.access import Actor
from tthc.service.acts import Document, digest_of, repeated


async def do_once(
    connection: AsyncConnection,
    actor: Actor,
    key: str | None,
    request: Mapping[str, Any],
    do: Callable[[], Awaitable[Document]],
) -> Document:
    """What `do` answers, or what it answered when the same request came by this key before.

    A refusal is not kept: the transaction that it ends writes nothing. Raises RepeatError where
    the key was another request's.
    """
    if key is None:
        return await do()
    digest = digest_of(request)
    kept = await hold_key(connection, actor.name, checked(key))
    if kept:
        return repeated(kept, digest)
    document = await do()
    response = checked(msgspec.json.encode(document).decode())
    await keep_answer(connection, actor.name, Repeatable(key, digest, response), clock.now())
    return document
