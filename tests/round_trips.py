"""What the application says to PostgreSQL, statement by statement: each is one round trip."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncEngine

Sent = tuple[str, tuple[Any, ...]]  # the statement as the driver gets it, its values


@contextmanager
def round_trips(engine: AsyncEngine) -> Iterator[list[Sent]]:
    """Every statement of an engine's connections from now on, transactions' ends among them."""
    sent: list[Sent] = []

    def execute(connection: Any, _: Any, sql: str, values: Any, *__: Any) -> None:
        driver = connection.connection.dbapi_connection
        if driver._transaction is None and not driver.autocommit:
            entering = driver.driver_connection.entering  # goes out with the BEGIN
            sent.append((f"BEGIN; {entering}" if entering else "BEGIN", ()))
        sent.append((sql, tuple(values or ())))

    def end(word: str) -> Any:
        def ended(connection: Any) -> None:
            if connection.connection.dbapi_connection._transaction is not None:
                sent.append((word, ()))

        return ended

    listeners = {
        "before_cursor_execute": execute,
        "commit": end("COMMIT"),
        "rollback": end("ROLLBACK"),
    }
    for name, listener in listeners.items():
        event.listen(engine.sync_engine, name, listener)
    try:
        yield sent
    finally:
        for name, listener in listeners.items():
            event.remove(engine.sync_engine, name, listener)
