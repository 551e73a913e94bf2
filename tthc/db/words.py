"""What people wrote freely lies beside the ledger: the chain holds its salted digest.

So an event can be proved to have said it as long as it is there, and a person who is named in it
can be forgotten without touching the chain. The salt goes with the words: nobody can try names.
"""

import hashlib
import secrets
from collections.abc import Mapping
from typing import Any, NamedTuple

from tthc.domain.events import Words

SEALED = "sealed"  # the key of a digest in a payload


class Said(NamedTuple):
    """Words of one event: under which key of its payload, and the salt of their digest."""

    seq: int
    name: str
    salt: str
    words: str


def put_apart(
    seq: int, payload: Mapping[str, Any] | None
) -> tuple[dict[str, Any] | None, list[Said]]:
    """A payload as the chain seals it, and the words taken out of it."""
    if payload is None:
        return None, []
    kept = dict(payload)
    said = [
        Said(seq, name, secrets.token_hex(16), str(value))
        for name, value in payload.items()
        if isinstance(value, Words)
    ]
    for one in said:
        kept[one.name] = {SEALED: digest_of(one.salt, one.words)}
    return kept, said


def put_back(payload: Mapping[str, Any], words: Mapping[str, str]) -> dict[str, Any]:
    """A payload with its words; None where they were erased."""
    return {
        name: (Words(words[name]) if name in words else None)
        if isinstance(value, dict) and SEALED in value
        else value
        for name, value in payload.items()
    }


def digest_of(salt: str, words: str) -> str:
    return hashlib.sha256(bytes.fromhex(salt) + words.encode()).hexdigest()
