"""Links that others send: shown to be opened only where it is plain to whom they lead."""

from typing import NamedTuple
from urllib.parse import urlsplit

LONGEST = 2000


class Link(NamedTuple):
    """An address that a browser may open, and the host that it leads to, in ASCII."""

    url: str
    host: str


def read_link(said: str) -> Link | None:
    """The link in a text; None where it is none, or not one over https to a named host.

    A host in other letters is told, and asked for, in ASCII (xn--…), so that none looks like
    another; a user before the host would make it look like another too.
    """
    text = said.strip()
    if len(text) > LONGEST or "\\" in text or not text.isprintable() or " " in text:
        return None
    try:
        parts = urlsplit(text)
        host = (parts.hostname or "").encode("idna").decode("ascii")
        port = parts.port
    except ValueError:  # also a name that no host can have
        return None
    if parts.scheme != "https" or not host or set("@[") & set(parts.netloc):
        return None
    host = host if port is None else f"{host}:{port}"
    return Link(parts._replace(netloc=host).geturl(), host)
