"""What was made of a night's sheets, kept in memory: a sheet never changes once it is written.

Each site's engine keeps its own, so that no database answers for another.
"""

from collections.abc import Awaitable, Callable, Hashable
from typing import TypeVar, cast
from weakref import WeakKeyDictionary

from sqlalchemy import Engine
from sqlalchemy.ext.asyncio import AsyncConnection

MOST = 128  # answers of a site: a country's largest takes a few megabytes

Made = TypeVar("Made")
_kept: WeakKeyDictionary[Engine, dict[Hashable, object]] = WeakKeyDictionary()


async def keep(
    connection: AsyncConnection, key: Hashable, make: Callable[[], Awaitable[Made]]
) -> Made:
    """What was made under a key before, or is made now; the longest unasked is forgotten.

    The key must hold all that the answer depends on: the reader's scope, the sheets, what is
    asked of them.
    """
    ours = _kept.setdefault(connection.sync_engine, {})
    made = cast("Made", ours.pop(key)) if key in ours else await make()
    ours[key] = made  # asked last
    if len(ours) > MOST:
        del ours[next(iter(ours))]
    return made
