"""What a scope lets be seen, as conditions on `cases`.

Row-level security says the same behind them; these are what indexes can use.
"""

from collections.abc import Sequence

from tthc.domain.access import Scope


def seen(scope: Scope, prefix: str = "c.") -> str:
    """The cases that are there for a reader: of one world and, of a unit's people, those that
    their units received, solve, or passed on.
    """
    world = f"{prefix}simulated = {str(scope.simulated).lower()}"
    if scope.unit_ids is None:
        return world
    units, listed = any_of(scope.unit_ids), _listed(scope.unit_ids)
    return (
        f"{world} AND ({prefix}receiving_unit_id = {units} OR {prefix}competent_unit_id = {units} "
        f"OR {prefix}id = ANY (ARRAY(SELECT passed_cases({listed}))))"
    )


def any_of(unit_ids: Sequence[int]) -> str:
    """What a column of units is compared with, by `=`."""
    return f"ANY ({_listed(unit_ids)})"


def _listed(unit_ids: Sequence[int]) -> str:
    return f"'{{{','.join(str(int(each)) for each in unit_ids)}}}'::integer[]"
