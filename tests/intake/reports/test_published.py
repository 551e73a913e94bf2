"""Figures that provinces published, in every layout that has room for them: each file is taken,
and what breaks is named with its amount, as the figures' own arithmetic says (`published.csv`).
"""

import csv
import re
from pathlib import Path
from typing import Any

import pytest

from tests.intake.reports.test_reading import sheet
from tthc.intake.reports.reading import read_report
from tthc.rules.headings import spellings
from tthc.rules.layouts import layout
from tthc.service.foreign_reports import broken_identities

with Path(__file__).with_name("published.csv").open(encoding="utf-8") as file:
    PUBLISHED = list(csv.DictReader(file))
# a check of the figures → the column that it is about
CHECKS = {
    "carried+new=total": ("received", "received_new"),
    "channels=new": ("received_new", "online"),
    "before+on+late=resolved": ("resolved", "early"),
    "ontime+late=resolved": ("resolved", "in_due_time"),
    "pending split": ("open", "in_time"),
    "resolved+pending=total": ("received", "resolved"),
}
FAILED = re.compile(r"([^;]+):FAIL (\d+) vs (\d+)")
# rounded to tens by the newspaper, so that no check was made of its channels
ROUNDED = {("BT-2021-05", "received", 5642, 5650)}
LAYOUTS = ("ii-06a", "letters", "weekly", "qd-766")


def counts(figure: dict[str, str], name: str) -> dict[str, int]:
    """A published line by the columns of a layout; what it does not say stays empty."""
    said = {key: int(value) for key, value in figure.items() if value.isdecimal()}
    whole = said.get("total_to_process", said.get("received_new"))
    known = {
        "received": whole,
        "carried": said.get("carried_over"),
        "received_new": said.get("received_new"),
        "online": said.get("online"),
        "direct": said.get("in_person"),
        "postal": said.get("postal"),
        "resolved": said.get("resolved"),
        "early": said.get("before_due"),
        "on_time": said.get("on_due"),
        "in_due_time": said.get("before_or_on_due"),
        "late": said.get("late"),
        "open": said.get("pending"),
        "in_time": said.get("pending_in_time"),
        "overdue": said.get("pending_overdue"),
    }
    if name == "ii-06a" and "in_person" in said:
        known["direct"] = said["in_person"] + said.get("postal", 0)
    columns = {each.key for each in layout(name).columns}
    return {key: count for key, count in known.items() if key in columns and count is not None}


def expected(name: str) -> set[tuple[str, str, int, int]]:
    """Which line breaks in which whole: what its parts come to, what it says."""
    identities = {(each.whole, part) for each in layout(name).identities for part in (each.parts)}
    found = {
        (figure["id"], CHECKS[check.strip()][0], int(parts), int(whole))
        for figure in PUBLISHED
        for check, parts, whole in FAILED.findall(figure["checks"])
        if CHECKS[check.strip()] in identities
    }
    return found | (ROUNDED if name == "ii-06a" else set())


@pytest.mark.parametrize("way", range(3))
@pytest.mark.parametrize("name", LAYOUTS)
def test_published_figures_are_taken_and_their_gaps_named(
    tmp_path: Path, name: str, way: int
) -> None:
    """Our own headings; other spellings under empty rows and columns; all in capitals."""
    of, other = layout(name), spellings()["headings"]
    depth = max(len(each.heading) for each in of.columns)

    def spell(text: str) -> str:
        ways = [text, *other.get(text, ())]
        spelled: str = ways[min(way, len(ways) - 1)]
        return spelled.upper() if way > 1 else spelled

    rows: list[list[Any]] = [["BÁO CÁO KẾT QUẢ"], *([[None]] * way)]
    for level in range(depth):
        heads = [each.heading[level : level + 1] for each in of.columns]
        label = ["TT", "Đơn vị"] if not level else [None, None]
        rows.append([*[None] * way, *label, *(spell(head[0]) if head else None for head in heads)])
    rows.append([*[None] * way, "(1)", "(2)", *(each.number for each in of.columns)])
    for place, figure in enumerate(PUBLISHED, 1):
        said = counts(figure, name)
        cells = [f"{said[each.key]:,}" if each.key in said else None for each in of.columns]
        written = [cell and cell.replace(",", "." if way else "") for cell in cells]
        rows.append([*[None] * way, place, figure["id"], *written])
    read = read_report(sheet(tmp_path / "x.xlsx", rows), name)
    assert not read.absent
    assert not read.unknown
    lines = {row.name: row for row in read.rows}
    for figure in PUBLISHED:
        said = counts(figure, name)
        if said:
            told = {key: count for key, count in lines[figure["id"]].values.items() if count}
            assert told == {key: count for key, count in said.items() if count}
    broken = broken_identities(of, read.rows)
    assert {
        (each["name"], _whole(name, each["identity"]), each["sum"], each["said"]) for each in broken
    } == expected(name)
    assert len(broken) == len(expected(name)) > 3


def _whole(name: str, identity: str) -> str:
    number = identity.partition(" = ")[0]
    return next(
        each.key for each in layout(name).columns if layout(name).number(each.key) == number
    )
