"""Run tests with one line of the domain changed: `python planted.py MODULE OLD NEW TEST...`.

The module is changed as it is read, so nothing is written and nothing else sees the bug.
"""

import sys
from importlib.machinery import SourceFileLoader
from typing import Any

import pytest


def plant(module: str, old: str, new: str) -> None:
    """Make `module` be read with the one occurrence of `old` replaced."""
    read = SourceFileLoader.get_data
    get_code = SourceFileLoader.get_code

    def changed(self: SourceFileLoader, path: str) -> bytes:
        text = read(self, path)
        if self.name != module or not path.endswith(".py"):
            return text
        assert text.count(old.encode()) == 1, f"{module}: {text.count(old.encode())} × {old!r}"
        return text.replace(old.encode(), new.encode())

    def fresh(self: SourceFileLoader, fullname: str) -> Any:
        if fullname != module:
            return get_code(self, fullname)
        path = self.get_filename(fullname)
        return self.source_to_code(self.get_data(path), path)  # never the compiled copy

    SourceFileLoader.get_data = changed  # type: ignore[assignment, method-assign]  # that is the planting
    SourceFileLoader.get_code = fresh  # type: ignore[assignment, method-assign]  # that is the planting


OPTIONS = ["-x", "-q", "--noconftest", "--assert=plain", "-p", "no:cacheprovider"]


class Quick:
    """Few examples, the same each time, and no effort to make a failure small."""

    def pytest_configure(self) -> None:
        from hypothesis import Phase, settings

        settings.register_profile(
            "planted",
            phases=[Phase.generate],
            max_examples=20,
            derandomize=True,
            database=None,
            deadline=None,
        )
        settings.load_profile("planted")


if __name__ == "__main__":
    plant(*sys.argv[1:4])
    sys.exit(pytest.main([*OPTIONS, *sys.argv[4:]], plugins=[Quick()]))
