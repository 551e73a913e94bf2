"""The worked examples of scoring.toml that are of whole rubrics: capped blocks, gates, vetoes."""

import tomllib
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tthc.domain.scoring.entered import Manual
from tthc.domain.scoring.policy import Empty, Outcome
from tthc.domain.scoring.rubric import Area, Criterion, Gates, Leaf, Rubric
from tthc.domain.scoring.total import total

FILE = Path(__file__).with_name("scoring.toml")
WHOLES = tomllib.loads(FILE.read_text(encoding="utf-8"), parse_float=Decimal)["whole"]
WIDE = Decimal(100)  # of what may lie beside, before it is capped


def leaf(code: str, most: Decimal, *, veto: bool = False) -> Leaf:
    return Leaf(
        *(code, code, most, "manual", Manual(most, -WIDE), {}),
        surveyed=False,
        evidence="văn bản",
        empty=Empty.NONE,
        measures=(),
        offends=False,
        source="",
        veto=veto,
    )


def rubric_of(example: dict[str, Any]) -> Rubric:
    mains = [Decimal(each) for each in example["main"]]
    criteria = [Criterion(f"{n}", "", most, (leaf(f"{n}", most),)) for n, most in enumerate(mains)]
    areas = [Area("I", "", sum(mains, Decimal(0)), tuple(criteria))]
    block = example.get("block", {"max": 0, "least": -WIDE})
    for code, veto in (("beside", False), ("veto", True)):
        only = (Criterion(code, "", WIDE, (leaf(code, Decimal(0) if veto else WIDE, veto=veto),)),)
        areas.append(Area(code, "", Decimal(block["max"]), only, Decimal(block["least"])))
    gates = example.get("gates")
    return Rubric(
        *("thu", 1, "Thử", "", sum(mains, Decimal(0)), ("communes",), ("year",), 2, tuple(areas)),
        digest="",
        gates=Gates(Decimal(gates["total"]), Decimal(gates["each_percent"]), "") if gates else None,
    )


def lines() -> Iterator[Any]:
    for example in WHOLES:
        for place, line in enumerate(example["sums"]):
            yield pytest.param(rubric_of(example), line, id=f"{example['shape']}-{place}")


@pytest.mark.parametrize(("rubric", "line"), list(lines()))
def test_a_worked_example(rubric: Rubric, line: dict[str, Any]) -> None:
    given = {f"{n}": each for n, each in enumerate(line["main"])}
    given |= {"beside": line.get("beside", 0), "veto": -1 if line.get("veto") else 0}
    most = {each.code: each.most for each in rubric.leaves()}
    outcomes = {
        code: Outcome(None if points == "-" else Decimal(points), most[code])
        for code, points in given.items()
    }
    found = total(rubric, outcomes)
    if "points" in line:
        assert found.points == Decimal(line["points"])
    if "passed" in line:
        assert found.passed is (None if line["passed"] == "?" else line["passed"])


def test_both_shapes_are_there() -> None:
    assert {each["shape"] for each in WHOLES} == {18, 19}
