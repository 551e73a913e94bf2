"""A decision's annex, brought in by the owner and rolled back."""

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncConnection

from tests.annexes import DECIDED, Import
from tthc.intake.catalogue.decision import CatalogueReport, import_catalogue


@pytest.fixture
def bring(owner: AsyncConnection, tmp_path: Path) -> Import:
    async def bring(annex: str, content: str, **options: Any) -> CatalogueReport:
        file = tmp_path / "annex.csv"
        file.write_text(content, encoding="utf-8")
        given = {"decision": "12/QĐ-UBND", "decided_on": DECIDED, **options}
        return await import_catalogue(owner, annex, file, **given)

    return bring
