"""The papers that a file comes with: lines of words, and how many sets of them."""

from collections import Counter
from collections.abc import Iterable

from tthc.domain.errors import InputError
from tthc.domain.vietnamese import spoken

MOST_SETS = 99
USUAL = 2  # files that came with a paper: one file's line may name its person (ADR 131)
OFFERED = 12


def join_papers(*lines: str) -> str | None:
    """Each paper once, in the order told, as the receipt keeps them; None without any."""
    told: dict[str, str] = {}
    for line in filter(None, map(tidy, lines)):
        told.setdefault(spoken(line) or line, line)
    return "\n".join(told.values()) or None


def usual_papers(files: Iterable[str]) -> list[str]:
    """The papers that several files came with, most used first; `files`: the newest first, each
    the lines of one. A paper is spelled as it was last.
    """
    times, spelled = Counter[str](), dict[str, str]()
    for file in files:
        once = {spoken(line): line for line in map(tidy, file.splitlines()) if spoken(line)}
        times.update(once.keys())
        spelled = once | spelled
    return [spelled[each] for each, n in times.most_common() if n >= USUAL][:OFFERED]


def check_sets(sets: int | None) -> int | None:
    """How many sets of the papers. Raises InputError."""
    if sets is not None and not 1 <= sets <= MOST_SETS:
        raise InputError(f"Số bộ hồ sơ là một số từ 1 đến {MOST_SETS}.")
    return sets


def read_sets(text: str) -> int | None:
    """The same as typed; None where nothing was. Raises InputError."""
    typed = text.strip()
    if not typed:
        return None
    is_number = typed.isascii() and typed.isdecimal() and len(typed) <= len(str(MOST_SETS))
    return check_sets(int(typed) if is_number else 0)


def tidy(line: str) -> str:
    """Without blanks around and within that nobody meant."""
    return " ".join(line.split())
