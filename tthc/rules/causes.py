"""The coded causes of lateness, as data: their list is not confirmed by any text seen."""

from functools import cache

from tthc.domain.errors import InputError
from tthc.rules.files import RULES, read_toml


@cache
def causes() -> dict[str, str]:
    """Code → name on screen."""
    return dict(read_toml(RULES / "causes.toml")["causes"])


def check_cause(code: str | None) -> str | None:
    """A code of the list, or none. Raises InputError naming those that exist."""
    if code is not None and code not in causes():
        raise InputError(
            f"Nguyên nhân “{code}” không có trong danh mục: hãy chọn {', '.join(causes())}."
        )
    return code
