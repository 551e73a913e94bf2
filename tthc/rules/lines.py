"""Where a key of a TOML text stands, so that a problem can name its line."""

import re

Path = tuple[str | int, ...]

_HEADER = re.compile(r"^\s*(\[\[?)\s*([\w.\-]+)\s*\]\]?\s*(#.*)?$")
_KEY = re.compile(r'^\s*(?:([\w\-]+)|"([^"]*)")\s*=\s*(.*)$')
_STRING = re.compile(r'"(?:[^"\\]|\\.)*"')


def key_lines(text: str) -> dict[Path, int]:
    """The line of every table and key by its path; of an array's tables too, one on each line.

    Reads what the TOML parser has accepted; keys are expected one on a line.
    """
    found: dict[Path, int] = {(): 1}
    sizes: dict[Path, int] = {}
    table: Path = ()
    inside: Path = ()
    depth = element = 0
    long_text = False
    for number, line in enumerate(text.splitlines(), 1):
        if long_text:
            long_text = '"""' not in line
        elif depth:
            if line.lstrip().startswith(("{", "[")):
                found[*inside, element] = number
                element += 1
            depth += _depth(line)
        elif header := _HEADER.match(line):
            table = _place(header[2].split("."), sizes, grows=header[1] == "[[")
            found[table] = number
        elif key := _KEY.match(line):
            inside = (*table, key[1] or key[2])
            found[inside] = number
            long_text = key[3].count('"""') == 1
            depth, element = (0 if long_text else _depth(key[3])), 0
    return found


def line_of(lines: dict[Path, int], path: Path) -> int:
    """The line of a key, or of what holds it where the key is missing."""
    while path not in lines:
        path = path[:-1]
    return lines[path]


def _place(parts: list[str], sizes: dict[Path, int], *, grows: bool) -> Path:
    place: Path = ()
    for at, part in enumerate(parts):
        place = (*place, part)
        if grows and at == len(parts) - 1:
            sizes[place] = sizes.get(place, 0) + 1
        if place in sizes:
            place = (*place, sizes[place] - 1)
    return place


def _depth(line: str) -> int:
    bare = _STRING.sub("", line).partition("#")[0]
    return sum(bare.count(sign) for sign in "[{") - sum(bare.count(sign) for sign in "]}")
