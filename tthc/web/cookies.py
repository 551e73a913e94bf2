"""The site's two cookies, and the key that ties a form to one of them.

`tthc` holds a session's secret, `tthc_form` a random one for forms that nobody need be signed in
for. Over HTTPS both are `__Host-`: no other site and no unencrypted page can set or read them. A
form's key is a digest of the cookie's secret: whoever can't read the cookie can't make it.
"""

import secrets
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from litestar.connection import ASGIConnection
from litestar.datastructures import Cookie

Connection = ASGIConnection[Any, Any, Any, Any]
SESSION, FORM = "tthc", "tthc_form"


@dataclass(frozen=True, slots=True)
class Jar:
    """The cookies of a connection."""

    connection: Connection

    @property
    def secure(self) -> bool:
        return self.connection.scope["scheme"] == "https"

    def read(self, name: str) -> str | None:
        """A cookie's secret; one of no plausible size is none."""
        found = self.connection.cookies.get(self._full(name))
        return found if found and found.isascii() and len(found) <= 64 else None  # noqa: PLR2004  # ours have 43

    def bake(self, name: str, secret: str) -> Cookie:
        """A cookie that lives as long as the browser's window."""
        return Cookie(
            key=self._full(name),
            value=secret,
            httponly=True,
            secure=self.secure,
            samesite="lax",
        )

    def throw_away(self, name: str) -> Cookie:
        baked = self.bake(name, "")
        baked.max_age = 0
        return baked

    def _full(self, name: str) -> str:
        return f"__Host-{name}" if self.secure else name


def form_key(secret: str) -> str:
    """The key of forms that belong to a cookie's secret."""
    return sha256(f"form\n{secret}".encode()).hexdigest()


def is_form_key(secret: str | None, given: object) -> bool:
    """Whether a key belongs to a secret; told in constant time."""
    if secret is None or not isinstance(given, str):
        return False
    return secrets.compare_digest(form_key(secret).encode(), given.encode(errors="replace"))
