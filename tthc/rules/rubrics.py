"""The rubrics that ship, as dated data: read once from `rubrics/`."""

from datetime import date
from functools import cache

from tthc.domain.catalog import in_force
from tthc.domain.errors import InputError, RulesFileError
from tthc.domain.scoring.rubric import Rubric
from tthc.rules.files import RULES, read_text, toml_files
from tthc.rules.rubric_reading import read_rubric


@cache
def rubrics() -> dict[str, Rubric]:
    """Every rubric by its id. Raises RulesFileError."""
    found: dict[str, Rubric] = {}
    for file in toml_files(RULES / "rubrics"):
        rubric = read_rubric(f"rubrics/{file.name}", read_text(file))
        if rubric.id in found:
            raise RulesFileError(f"rubrics/{file.name}: bộ tiêu chí “{rubric.id}” đã có.")
        found[rubric.id] = rubric
    return found


def rubric(name: str) -> Rubric:
    """A rubric by its id. Raises InputError naming those that exist."""
    if name not in rubrics():
        raise InputError(f"Không có bộ tiêu chí “{name}”; các bộ: {', '.join(rubrics())}.")
    return rubrics()[name]


def rubrics_on(day: date) -> list[Rubric]:
    """Those in force on a date."""
    return [one for one in rubrics().values() if in_force(one.valid_from, one.valid_to, day)]
