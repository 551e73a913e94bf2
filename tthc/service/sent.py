"""What provinces' systems list with a case on the national portal: electronic results and fees.

Shown as it was sent, by whoever may read the case. Nobody here has looked at it: no file is kept,
and a link leads to the sender's house.
"""

import json
from collections.abc import Iterable, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from tthc.db.portal import lists_of, told_of
from tthc.domain.case import Case
from tthc.domain.links import read_link
from tthc.service.acts import Document

LONGEST = 300  # signs of a text that are shown
MOST = 100  # lines of each list


async def show_sent(connection: AsyncConnection, case: Case) -> Document | None:
    """The results and fees that all messages of a case list, each once; None where none does.

    `checked` is false: they are as they were sent. `url` is there where a link may be opened.
    """
    lists = await lists_of(connection, case.code, simulated=case.simulated)
    results = [_result(one) for one in _distinct(one for sent, _ in lists for one in sent)]
    fees = [_fee(one) for one in _distinct(one for _, sent in lists for one in sent)]
    if not results and not fees:
        return None
    return {"checked": False, "results": results[:MOST], "fees": fees[:MOST]}


async def show_files(connection: AsyncConnection, case_id: int) -> list[Document]:
    """The files that the applicant handed in there, by what the messages call them: kept with the
    person, for a file's name may name one. Whoever reads the person in full reads them.
    """
    told = await told_of(connection, case_id) or {}
    lists = (one.get("TaiLieuNop") for one in told.values() if isinstance(one, Mapping))
    rows = _distinct(row for sent in lists if isinstance(sent, list) for row in sent)
    said = dict.fromkeys(_text(row, name) for row in rows for name in row)
    return [_linked(text) for text in said if text][:MOST]


def _result(row: Mapping[str, Any]) -> Document:
    return {
        "code": _text(row, "MaKetQua")[:LONGEST] or None,
        **_linked(_text(row, "DuongDanTepTinKetQua")),
    }


def _linked(said: str) -> Document:
    link = read_link(said)
    url, host = link or (None, None)
    return {"url": url, "host": host, "said": said[:LONGEST]}


def _fee(row: Mapping[str, Any]) -> Document:
    return {
        "name": _text(row, "TenPhiLePhi")[:LONGEST] or None,
        "code": _text(row, "MaPhiLePhi")[:LONGEST] or None,
        "kind": _text(row, "LoaiPhiLePhi")[:LONGEST] or None,
        "channel": _text(row, "HinhThucThu")[:LONGEST] or None,
        "amount": _amount(_text(row, "Gia")),
        "said": _text(row, "Gia")[:LONGEST],
    }


def _amount(said: str) -> str | None:
    """Đồng, where the text is an amount."""
    try:
        amount = Decimal(said)
    except InvalidOperation:
        return None
    return f"{amount:f}" if amount.is_finite() and 0 <= amount < 10**12 else None


def _distinct(rows: Iterable[Any]) -> list[Mapping[str, Any]]:
    """Each row once, however many messages repeat it; a bare text is a row of one field."""
    named = (row if isinstance(row, Mapping) else {"": row} for row in rows)
    found = {json.dumps(row, sort_keys=True): row for row in named}
    return list(found.values())


def _text(row: Mapping[str, Any], name: str) -> str:
    value = row.get(name)
    return "" if value is None or isinstance(value, dict | list) else str(value).strip()
