"""A definition changes by a new version only: what each version said is recorded."""

import hashlib
import json
import tomllib
from pathlib import Path

import pytest

from tthc.domain.errors import InputError
from tthc.rules.definitions import definition, definitions, variants

RECORD = Path(__file__).parent / "definitions.toml"
RECORDED: dict[str, dict[str, str]] = tomllib.loads(RECORD.read_text(encoding="utf-8"))


def digest(name: str) -> str:
    """Of all that a definition says under its own reading, its conditions written out."""
    asked = definitions()[name]
    said = [asked.title, asked.source, asked.formula, asked.axis, asked.basis, asked.policy]
    said += [asked.population, asked.counted, asked.needs or "", asked.days or "", asked.of]
    return hashlib.sha256(json.dumps(said, ensure_ascii=False).encode()).hexdigest()[:16]


@pytest.mark.parametrize("name", definitions())
def test_what_a_version_says_never_changes(name: str) -> None:
    version = str(definitions()[name].version)
    said = RECORDED.get(name, {}).get(version)
    assert said == digest(name), (
        f"{name} says something new: give it the next version in rules/definitions, "
        f'and record in {RECORD.name}, under ["{name}"]: {version} = "{digest(name)}"'
    )


def test_versions_count_from_one_and_the_last_is_the_one_in_force() -> None:
    for name, versions in RECORDED.items():
        assert sorted(map(int, versions)) == list(range(1, len(versions) + 1)), name
        if name in definitions():
            assert definitions()[name].version == len(versions)


def test_a_condition_that_is_altered_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    from dataclasses import replace

    asked = definition("on_time/resolved")
    changed = replace(asked, counted=asked.counted.replace(">=", ">"))
    monkeypatch.setitem(definitions(), asked.id, changed)
    with pytest.raises(AssertionError, match="next version"):
        test_what_a_version_says_never_changes(asked.id)


@pytest.mark.parametrize(
    ("name", "basis", "policy"),
    [
        ("on_time/resolved", "current", "exists"),
        ("on_time/due@promised", "promised", "exists"),
        ("letters/compliance@sent_by_due", "current", "sent_by_due"),
        ("letters/on_time@statutory@sent_by_return", "statutory", "sent_by_return"),
        ("letters/on_time", "current", "sent_by_due_minus_1_day"),
    ],
)
def test_a_name_may_carry_a_due_basis_and_a_policy(name: str, basis: str, policy: str) -> None:
    asked = definition(name)
    assert (asked.id, asked.basis, asked.policy) == (name, basis, policy)


@pytest.mark.parametrize(
    "name",
    [
        *("on_time/766@promised", "on_time/due@exists", "letters/compliance@exists@exists"),
        *("procedures/term_cut@current", "late_by_commitment_only@statutory", "on_time/all"),
    ],
)
def test_a_reading_that_a_definition_does_not_have_is_refused(name: str) -> None:
    with pytest.raises(InputError, match=r"không có cách tính|Không có định nghĩa"):
        definition(name)


def test_the_night_counts_every_basis_of_the_rates_and_every_policy_of_the_letters() -> None:
    counted = variants()
    assert counted.keys() > definitions().keys()
    assert {"on_time/due@promised", "on_time/received@statutory"} <= counted.keys()
    assert "letters/compliance@promised@sent_by_return" in counted
    assert "on_time/766@current" not in counted
