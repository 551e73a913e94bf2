"""What each figure means."""

from typing import Any

from litestar import get

from tthc.rules.definitions import definitions
from tthc.service.figure_rows import describe_definition


@get("/definitions", sync_to_thread=False)
def list_definitions() -> dict[str, Any]:
    """Every definition: formula, source, version, due basis, whose case it is."""
    return {"definitions": [describe_definition(each) for each in definitions().values()]}
