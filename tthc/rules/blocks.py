"""Blocks of peers, read from `blocks.toml`."""

from functools import cache
from typing import NamedTuple

from tthc.rules.entries import Entry
from tthc.rules.files import RULES, read_toml

LEVELS = {"central", "province", "district", "commune"}


class Block(NamedTuple):
    """A block: its name on screen, and which kinds of units of which level it holds by nature."""

    id: str
    label: str
    kinds: tuple[str, ...]
    level: str


@cache
def blocks() -> dict[str, Block]:
    """Every block by its id. Raises RulesFileError."""
    found = {}
    for name, values in read_toml(RULES / "blocks.toml").items():
        entry = Entry("blocks.toml", values, {}, (name,))
        found[name] = Block(
            name,
            entry.text("label"),
            tuple(entry.get("kinds")),
            entry.choice("level", LEVELS),
        )
        entry.close()
    return found
