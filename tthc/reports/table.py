"""A table before it is written: its columns, its rows, and what stands around them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Literal

Kind = Literal["text", "link", "place", "number", "points", "percent", "date", "moment"]
Cell = str | int | Decimal | date | datetime | None
COUNTRY = ("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Độc lập - Tự do - Hạnh phúc")


@dataclass(frozen=True, slots=True)
class Column:
    """A column; `heading` from the top row down: neighbours that share an upper heading share its
    cell. `percent` is a number of hundredths, 98.72; `place` counts rows; a `link`
    is an address of ours, never one that somebody typed.
    """

    heading: tuple[str, ...]
    kind: Kind = "text"
    width: float = 14


@dataclass(frozen=True, slots=True)
class Table:
    """One tab. `corners`: what stands left and right of the title, as on official forms; `issuer`:
    who hands it in, above the title and beside the country's name, where the form has no corners;
    `unit`: what is counted, above the table. `numbering` is the row under the headings,
    "(3)=(4)+(5)"; `totals` the last rows; `signatures` who signs below, side by side, each with
    how, the last of them under `dated`, the place and the day.
    """

    name: str
    title: Sequence[str]
    columns: Sequence[Column]
    rows: Iterable[Sequence[Cell]]
    numbering: Sequence[str] = ()
    totals: Sequence[Sequence[Cell]] = ()
    notes: Sequence[str] = ()
    signatures: Sequence[tuple[str, str]] = ()
    dated: str = ""
    corners: tuple[Sequence[str], Sequence[str]] = ((), ())
    issuer: Sequence[str] = ()
    unit: str = ""
