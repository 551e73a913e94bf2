"""A row of a terms annex, read."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, time
from decimal import Decimal
from typing import NamedTuple

from tthc.intake.catalogue.cut import UNIT_LABELS, plain, read_cut
from tthc.intake.catalogue.plan import read_dates
from tthc.intake.catalogue.sheet import RowProblems, SheetRow
from tthc.intake.catalogue.timeline import Key
from tthc.intake.catalogue.words import BASES, CHANNELS, LEVELS, read_word
from tthc.rules.published_terms import published_text, read_term

REQUIRED = ("procedure_code",)
OPTIONAL = (
    *("basis", "case_kind", "case_kind_name", "level", "channel", "committed_by"),
    *("amount", "unit", "cut_percent", "cutoff", "valid_from", "valid_to"),
)
STATUTORY, COMMITTED = "statutory", "committed"


@dataclass(frozen=True)
class TermFacts:
    """How long an answer may take, or the problem for which nothing is promised."""

    amount: Decimal | None
    unit: str | None
    cutoff: time | None
    problem: str | None
    published: str = field(compare=False)

    def __str__(self) -> str:
        if self.amount is None or self.unit is None:
            said = f"“{self.published}”, chưa xác nhận" if self.problem else "không quy định"
        else:
            said = f"{plain(self.amount)} {UNIT_LABELS[self.unit]}"
        return said + (f", nhận trước {self.cutoff:%H:%M}" if self.cutoff else "")


class TermRow(NamedTuple):
    line: int
    key: Key  # procedure, basis, case kind, level, channel, who committed
    start: date
    end: date | None
    ends: bool
    facts: TermFacts
    cut: Decimal | None
    case_kind_name: str | None


def read_limit(row: SheetRow, problems: RowProblems, decided_on: date) -> TermRow:
    """What a row says of a term; `problems` collects what is wrong with it."""
    cells = defaultdict(str, row.cells)
    start, end = read_dates(row, problems, decided_on)
    basis = read_word(problems, "basis", cells["basis"], BASES) or STATUTORY
    cut = read_cut(problems, cells["cut_percent"])
    ends = bool(end and not (cells["amount"] or cells["unit"] or cells["cut_percent"]))
    if not cells["procedure_code"]:
        problems.add("cột procedure_code trống")
    if (basis == COMMITTED) != bool(cells["committed_by"]):
        problems.add("committed_by (mã đơn vị cam kết) đi cùng, và chỉ đi cùng, basis cam kết")
    if cut is not None and (basis != COMMITTED or cells["amount"] or cells["unit"]):
        problems.add("cut_percent chỉ dùng cho basis cam kết, thay cho amount và unit")
    if cells["case_kind_name"] and not cells["case_kind"]:
        problems.add("case_kind_name cần có case_kind")
    amount, unit, problem = read_term(cells["amount"], cells["unit"])
    published = published_text(cells["amount"], cells["unit"])
    key = (
        cells["procedure_code"],
        basis,
        cells["case_kind"] or None,
        read_word(problems, "level", cells["level"], LEVELS),
        read_word(problems, "channel", cells["channel"], CHANNELS),
        cells["committed_by"] or None,
    )
    facts = TermFacts(amount, unit, _cutoff(problems, cells["cutoff"]), problem, published)
    starts = end if ends and end else start
    return TermRow(
        row.line, key, starts, None if ends else end, ends, facts, cut, cells["case_kind_name"]
    )


def _cutoff(problems: RowProblems, said: str) -> time | None:
    if not said:
        return None
    try:
        return time.fromisoformat(said.replace("h", ":").zfill(5))
    except ValueError:
        problems.add(f"cột cutoff: “{said}” không phải giờ dạng 15:00")
        return None
