"""The vectors, in this process; `tests/cli/test_conformance.py` runs them as a user would."""

from pathlib import Path

import pytest

from tthc.domain.errors import RuleError
from tthc.service.vectors import read_vectors, run_vectors

FILES = sorted((Path(__file__).parents[1] / "conformance").glob("*.json"))


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_every_vector_comes_out_as_expected(file: Path) -> None:
    assert [failure for failure in run_vectors(read_vectors(file)) if failure] == []


def test_a_due_vector_goes_through_the_promise_that_cases_use(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def refuse(*_given: object, **_facts: object) -> None:
        raise RuleError("thử")

    monkeypatch.setattr("tthc.service.vectors.promise", refuse)
    found = list(run_vectors(read_vectors(FILES[0])))
    assert {failure.got for failure in found if failure} == {"thử"}
    assert None not in found
