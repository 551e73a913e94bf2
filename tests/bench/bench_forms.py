"""How long a slip takes to be set once its template is warm, and a long register."""

from collections.abc import Iterable
from datetime import UTC, datetime
from statistics import median
from time import perf_counter

from tests.reports import samples
from tthc.reports.forms import print_form, register_workbook

AT = datetime(2026, 3, 2, 2, tzinfo=UTC)
SLIPS = 200


def run() -> Iterable[str]:
    """Milliseconds for slips that all differ; seconds for registers of 2,000 cases."""
    yield "| Paper | How many | Median | Slowest 5 % | Size |"
    yield "|---|---|---|---|---|"
    made_at = AT.isoformat()
    for name, sample in (("01, A5", samples.receipt), ("04, A4", samples.letter)):
        print_form(sample(made_at=made_at))
        times, size = [], 0
        for number in range(SLIPS):
            document = sample(code=f"H26.14-260302-{number:06d}", made_at=made_at)
            document["applicant"]["name"] = f"Nguyễn Thị Mơ {number}"
            began = perf_counter()
            size = len(print_form(document))
            times.append((perf_counter() - began) * 1000)
        times.sort()
        slow = times[int(SLIPS * 0.95)]
        yield f"| {name} | {SLIPS} | {median(times):.0f} ms | {slow:.0f} ms | {size // 1000} kB |"
    register = samples.register(made_at=made_at, authority="UBND phường Ba Đình")
    register["rows"] *= 50
    for kind, write in (("PDF", print_form), ("XLSX", register_workbook)):
        began = perf_counter()
        size = len(write(register))
        took, cases = perf_counter() - began, len(register["rows"])
        yield f"| 07, {cases} cases, {kind} | 1 | {took:.1f} s | | {size // 1000} kB |"
