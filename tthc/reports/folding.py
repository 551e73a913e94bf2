"""Into how many lines text folds in a cell, for programs that fold it without making room."""

from collections.abc import Iterable

NARROW = 1.15  # letters of the face for each digit that a column's width counts


def fold(text: str, width: float) -> int:
    """Lines of a text in a column so many digits wide, broken at words and where it breaks."""
    return sum(_fold_line(line, width * NARROW) for line in text.split("\n"))


def max_fold(cells: Iterable[tuple[object, float]]) -> int:
    """The most lines of a row's cells, each with its width."""
    return max((fold(cell, width) for cell, width in cells if isinstance(cell, str)), default=1)


def _fold_line(line: str, width: float) -> int:
    lines, left = 1, width
    for word in line.split():
        if len(word) > left and left < width:
            lines, left = lines + 1, width
        left -= len(word) + 1
    return lines
