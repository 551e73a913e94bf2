"""Where the values under `rules/` come from, read from `sources.toml`."""

import tomllib
from datetime import date
from functools import cache
from importlib.resources import files
from typing import NamedTuple

from tthc.domain.errors import RulesFileError


class Source(NamedTuple):
    """A law, decision or collection; unconfirmed where its own text has not been read."""

    id: str
    title: str
    number: str | None
    decided_on: date | None
    url: str | None
    note: str | None
    confirmed: bool


@cache
def sources() -> dict[str, Source]:
    """Every source by its id. Raises RulesFileError."""
    text = files("tthc.rules").joinpath("sources.toml").read_text(encoding="utf-8")
    found = {}
    for key, entry in tomllib.loads(text).items():
        try:
            found[key] = Source(
                key,
                entry.pop("title"),
                entry.pop("number", None),
                entry.pop("decided_on", None),
                entry.pop("url", None),
                entry.pop("note", None),
                entry.pop("confirmed"),
            )
        except KeyError as missing:
            raise RulesFileError(f"sources.toml: [{key}] thiếu {missing}.") from None
        if entry:
            raise RulesFileError(f"sources.toml: [{key}] có mục lạ: {', '.join(entry)}.")
    return found


def source(key: str) -> Source:
    """The source that a file of law cites. Raises RulesFileError when it is not listed."""
    if key not in sources():
        raise RulesFileError(f"Chưa có nguồn {key!r}: hãy khai báo trong sources.toml.")
    return sources()[key]
