"""The import of a program's export, everything validated, against a COPY of what results."""

import asyncio
import csv
import subprocess
import sys
import time
from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import asyncpg

from tests.bench.ledgers import HEAVY, simulated_ledger
from tthc.db.cases import COLUMNS
from tthc.db.server import Server

SIZES = (200_000, 1_000_000) if HEAVY else (200_000,)
PROFILE = """
[profile]
name = "bench"
[units]
auto_create = true
[procedures]
auto_create = true
[fields]
case_code = "Mã hồ sơ"
procedure_code = "Mã TTHC"
receiving_unit = "Nơi nhận"
channel = { column = "Hình thức", map = { "Trực tiếp" = "counter", "Trực tuyến" = "online" } }
received_at = { column = "Ngày nhận", format = "%d/%m/%Y %H:%M" }
due_at = { column = "Ngày hẹn", format = "%d/%m/%Y %H:%M" }
resolved_at = { column = "Ngày xong", format = "%d/%m/%Y %H:%M" }
returned_at = { column = "Ngày trả", format = "%d/%m/%Y %H:%M" }
officer = "Người giải quyết"
applicant_name = "Chủ hồ sơ"
"""
IMPORT = """
import resource, sys, time
from pathlib import Path
from tthc import clock
from tthc.intake.importing import Order, import_file
from tthc.intake.profile import load_profile
started = time.perf_counter()
order = Order(Path(sys.argv[2]), load_profile(sys.argv[3]), clock.now())
report = import_file(order, sys.argv[1], Path(sys.argv[4]))
assert report.created == report.rows
seconds = time.perf_counter() - started
print(seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""
HEADER = (
    *("Mã hồ sơ", "Mã TTHC", "Nơi nhận", "Hình thức", "Ngày nhận", "Ngày hẹn", "Ngày xong"),
    *("Ngày trả", "Người giải quyết", "Chủ hồ sơ"),
)
TABLES: dict[str, list[str] | None] = {
    "cases": COLUMNS.split(", "),
    "case_events": None,
    "applicants": None,
}
HEADINGS = "source rows|rows made|import s|source rows/s|COPY s|COPY / import|peak MB"


def run() -> Iterable[str]:
    yield f"| {HEADINGS} |"
    yield "|---" * (HEADINGS.count("|") + 1) + "|"
    for size in SIZES:
        with simulated_ledger(0) as server, TemporaryDirectory(prefix="tthc-bench-") as name:
            folder = Path(name)
            write_export(folder / "export.csv", size)
            (folder / "bench.toml").write_text(PROFILE, encoding="utf-8")
            asyncio.run(checkpoint(server))
            seconds, memory = take(server, folder)
            made, copy = asyncio.run(copy_again(server, folder))
            yield (
                f"| {size:,} | {made:,} | {seconds:.1f} | {size / seconds:,.0f} | {copy:.1f} "
                f"| {copy / seconds:.2f} | {memory / 1024:.0f} |"
            )


def write_export(path: Path, size: int) -> None:
    """A believable month of a province's program: nine of ten finished, every field told."""
    first = datetime(2026, 1, 5, 7, 30)  # noqa: DTZ001  # a clock on a wall, as exports have it
    form = "%d/%m/%Y %H:%M"
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(HEADER)
        for number in range(size):
            received = first + timedelta(minutes=number % 250_000)
            resolved = received + timedelta(hours=5 + number % 97)
            done = number % 10 > 0
            writer.writerow(
                (
                    f"H57.{number % 130:03d}-260105-{number:07d}",
                    f"1.{number % 2000:06d}",
                    f"X{number % 130:03d}",
                    "Trực tiếp" if number % 3 else "Trực tuyến",
                    received.strftime(form),
                    (received + timedelta(days=3)).strftime(form),
                    resolved.strftime(form) if done else "",
                    (resolved + timedelta(hours=2)).strftime(form) if number % 5 > 1 else "",
                    f"canbo{number % 900}",
                    f"Nguyễn Văn {number % 10_000}",
                )
            )


def take(server: Server, folder: Path) -> tuple[float, int]:
    """Seconds and kilobytes of an import in a process of its own."""
    done = subprocess.run(
        [
            *(sys.executable, "-c", IMPORT, server.night_url),
            *map(str, (folder / "export.csv", folder / "bench.toml", folder)),
        ],
        check=True,
        capture_output=True,
        text=True,
    )
    seconds, memory = done.stdout.split()
    return float(seconds), int(memory)


async def copy_again(server: Server, folder: Path) -> tuple[int, float]:
    """How many rows the import made, and the seconds of PostgreSQL's binary COPY of them."""
    connection = await asyncpg.connect(server.owner_url)
    try:
        for table, columns in TABLES.items():
            await connection.copy_from_table(
                table, columns=columns, output=folder / table, format="binary"
            )
        counts = [await connection.fetchval(f"SELECT count(*) FROM {table}") for table in TABLES]
        await connection.execute(f"TRUNCATE {', '.join(TABLES)} CASCADE")
        await checkpoint(server)
        started = time.perf_counter()
        async with connection.transaction():
            for table, columns in TABLES.items():
                await connection.copy_to_table(
                    table, columns=columns, source=folder / table, format="binary"
                )
        return sum(counts), time.perf_counter() - started
    finally:
        await connection.close()


async def checkpoint(server: Server) -> None:
    """Let no one pay for what was written before."""
    connection = await asyncpg.connect(server.admin_url)
    await connection.execute("CHECKPOINT")
    await connection.close()
