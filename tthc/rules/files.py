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
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise RulesFileError(f"Không có tệp quy tắc {file.name}: hãy kiểm tra tên.") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as problem:
        raise RulesFileError(f"Tệp quy tắc {file.name} không phải TOML hợp lệ: {problem}") from None


def toml_files(folder: Traversable) -> Iterator[Traversable]:
    """The TOML files of a folder, by name."""
    found = [file for file in folder.iterdir() if file.name.endswith(".toml")]
    return iter(sorted(found, key=lambda file: file.name))
