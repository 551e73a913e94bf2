"""The heading of an official sheet: which rows it takes, and which column is which figure.

Cells merged across hold their text in the first; those merged down in the top one.
"""

from dataclasses import dataclass

from tthc.domain.errors import InputError
from tthc.rules.headings import find_column, is_row_heading
from tthc.rules.layouts import NAMES, layout

HIGHEST, DEEPEST = 30, 4  # titles above the heading, and its rows
FEWEST = 3  # figures without which a sheet is no report

Rows = list[list[str]]
Path = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Heading:
    """Where the figures stand: `columns` by place, `label` the place of the rows' names, `first`
    the row after the headings.
    """

    layout: str
    first: int
    label: int
    columns: dict[int, str]
    unknown: list[str]

    @property
    def absent(self) -> list[str]:
        """The columns of the layout that the sheet doesn't have."""
        have = set(self.columns.values())
        return [each.label for each in layout(self.layout).columns if each.key not in have]


def find_heading(rows: Rows, name: str | None, file: str) -> Heading:
    """The heading that names most columns, of the layout asked for or of any.

    Raises InputError where there is none, where two layouts fit as well, or where two columns of
    the sheet say that they are the same.
    """
    if name:
        layout(name)
    found: list[tuple[int, int, Heading]] = []
    for each in (name,) if name else NAMES:
        ways = (
            _heading(rows, each, top, depth)
            for top in range(min(HIGHEST, len(rows)))
            for depth in range(1, DEEPEST + 1)
            if top + depth <= len(rows)
        )
        best = max(
            (way for way in ways if way),
            key=lambda way: (len(way.columns), -way.first),
            default=None,
        )
        if best and len(best.columns) >= FEWEST:
            found.append((len(best.columns), -len(best.absent), best))
    if not found:
        raise InputError(
            f"Tệp {file} không có dòng tiêu đề nào của mẫu báo cáo đã biết ({', '.join(NAMES)}): "
            "hãy nêu --layout, hoặc sửa tiêu đề cột theo mẫu."
        )
    most = max(each[:2] for each in found)
    fitting = [heading for *rank, heading in found if tuple(rank) == most]
    if len(fitting) > 1:
        names = ", ".join(each.layout for each in fitting)
        raise InputError(f"Tệp {file} hợp với nhiều mẫu ({names}): hãy nêu --layout.")
    return _checked(fitting[0], file)


def paths(rows: Rows) -> list[Path]:
    """The headings over each column from the top down, merged cells filled."""
    width = max(map(len, rows))
    filled: list[list[str]] = []
    for level, row in enumerate(rows):
        cells = [cell.strip() for cell in row] + [""] * (width - len(row))
        for place in range(1, width):
            lower = any(place < len(each) and each[place].strip() for each in rows[level + 1 :])
            same = all(upper[place] == upper[place - 1] for upper in filled)
            if not cells[place] and lower and same:
                cells[place] = cells[place - 1]
        filled.append(cells)
    return [tuple(filter(None, (row[place] for row in filled))) for place in range(width)]


def _heading(rows: Rows, name: str, top: int, depth: int) -> Heading | None:
    found = paths(rows[top : top + depth])
    labels = [place for place, path in enumerate(found) if path and is_row_heading(path[-1])]
    if not labels:
        return None
    columns = {
        place: key for place, path in enumerate(found) if path and (key := find_column(name, path))
    }
    unknown = [
        " – ".join(path)
        for place, path in enumerate(found)
        if path and place not in columns and place > labels[0]
    ]
    return Heading(name, top + depth, labels[0], columns, unknown)


def _checked(heading: Heading, file: str) -> Heading:
    keys = list(heading.columns.values())
    for each in layout(heading.layout).columns:
        if keys.count(each.key) > 1:
            raise InputError(f"Tệp {file} có hai cột “{each.label}”: hãy bỏ bớt một.")
    return heading
