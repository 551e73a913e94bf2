"""Reading the files of law that ship with the program."""

import tomllib
from collections.abc import Iterator
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any

from tthc.domain.errors import RulesFileError

RULES = files("tthc.rules")


def read_toml(file: Traversable) -> dict[str, Any]:
    """One file of law as a table; a file that is not TOML is refused by name."""
    return parse_toml(file.name, read_text(file))


def read_text(file: Traversable) -> str:
    """The text of a file of law. Raises RulesFileError."""
    try:
        return file.read_text(encoding="utf-8")
    except OSError:
        raise RulesFileError(f"Không có tệp quy tắc {file.name}: hãy kiểm tra tên.") from None
    except UnicodeDecodeError as problem:
        raise RulesFileError(f"Tệp quy tắc {file.name} không phải TOML hợp lệ: {problem}") from None


def parse_toml(name: str, text: str) -> dict[str, Any]:
    """A text of law as a table. Raises RulesFileError, which names the file."""
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as problem:
        raise RulesFileError(f"Tệp quy tắc {name} không phải TOML hợp lệ: {problem}") from None


def toml_files(folder: Traversable) -> Iterator[Traversable]:
    """The TOML files of a folder, by name."""
    found = [file for file in folder.iterdir() if file.name.endswith(".toml")]
    return iter(sorted(found, key=lambda file: file.name))
