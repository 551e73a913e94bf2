"""Tokens that were recognised a moment ago, so that a busy program's is not looked up each time.

What is kept of a token never changes while it lives; that it still lives is for the transaction to
find, which enters by it or is refused (ADR 135).
"""

import time

from tthc.db.tokens import Token

MOMENT = 60.0  # seconds: as exact as the ledger keeps the last use of a token
MOST = 1000  # secrets of programs are given one by one


class KnownTokens:
    """Of one process, by the digests of their secrets."""

    def __init__(self) -> None:
        self._kept: dict[bytes, tuple[Token, float]] = {}

    def find(self, digest: bytes) -> Token | None:
        token, until = self._kept.get(digest, (None, 0.0))
        return token if time.monotonic() < until else None

    def keep(self, digest: bytes, token: Token) -> None:
        if len(self._kept) >= MOST:
            self._kept.clear()
        self._kept[digest] = token, time.monotonic() + MOMENT
