"""What the house agreed on, held by a test."""

import re
import subprocess
from pathlib import Path

import pytest

from tthc.rules.definitions import definitions
from tthc.rules.sources import sources

ROOT = Path(__file__).resolve().parent.parent


def tracked(*patterns: str) -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", *patterns], cwd=ROOT, check=True, capture_output=True, text=True
    )
    return [ROOT / name for name in listed.stdout.splitlines() if (ROOT / name).exists()]


def test_the_lock_names_no_host_and_no_local_path() -> None:
    for file in tracked("requirements/*.txt"):
        text = file.read_text(encoding="utf-8")
        assert not re.search(r"^\s*(-i|-f|--(extra-)?index-url|--find-links)", text, re.MULTILINE)
        assert "://" not in text
        assert not re.search(r"^\s*[./]", text, re.MULTILINE)


def test_every_pin_has_its_hash() -> None:
    for file in tracked("requirements/*.txt"):
        for pin in re.split(r"\n(?=\S)", file.read_text(encoding="utf-8").strip()):
            assert "--hash=sha256:" in pin, pin.splitlines()[0]


def test_no_file_is_too_long() -> None:
    long = {
        str(file.relative_to(ROOT)): lines
        for file in tracked("*.py")
        if (lines := len(file.read_text(encoding="utf-8").splitlines())) > 400
    }
    assert not long


def test_no_work_is_left_for_later_in_the_code() -> None:
    left = re.compile(r"\b(TO" r"DO|FIX" r"ME|XX" r"X|HA" r"CK)\b")
    assert not [str(file) for file in tracked("*.py") if left.search(file.read_text("utf-8"))]


def test_only_the_clock_reads_the_clock() -> None:
    reading = re.compile(r"datetime\.now\(|utcnow\(|date\.today\(")
    found = [
        str(file.relative_to(ROOT))
        for file in tracked("tthc/*.py", "jobs/*.py")
        if reading.search(file.read_text(encoding="utf-8"))
    ]
    assert found == ["tthc/clock.py"]


@pytest.mark.parametrize("name", definitions())
def test_every_definition_has_a_known_source(name: str) -> None:
    assert definitions()[name].source in sources()


def test_the_environment_is_documented_in_one_place() -> None:
    text = (ROOT / "tthc/settings.py").read_text(encoding="utf-8")
    heading, _, code = text.partition('"""\n\nimport')
    for name in set(re.findall(r"TTHC_[A-Z_]+", code)):
        assert f"`{name}`" in heading, name
