"""The digest of a day: what was recorded on it, sealed onto the day before.

There is one book of days for cases, and one for traces.

Printed and kept elsewhere, the last one shows every later tampering with any day before it.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta

NOTHING = hashlib.sha256(b"").digest()


@dataclass(frozen=True, slots=True)
class LedgerDay:
    """A day of the ledger: how many chains (of cases, of those who left traces) grew, by how many
    links; `digest` covers their heads, `head` all days.
    """

    day: date
    chains: int
    links: int
    digest: bytes
    head: bytes = b""


def sealed_days(
    first: date, last: date, found: Iterable[LedgerDay], head: bytes = b""
) -> list[LedgerDay]:
    """Every day from the first to the last, quiet ones too, each sealing the one before."""
    by_day = {one.day: one for one in found}
    days = []
    for number in range((last - first).days + 1):
        day = first + timedelta(days=number)
        one = by_day.get(day) or LedgerDay(day, 0, 0, NOTHING)
        text = f"{day.isoformat()} {one.chains} {one.links} ".encode()
        head = hashlib.sha256(head + text + one.digest).digest()
        days.append(replace(one, head=head))
    return days
