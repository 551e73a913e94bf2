"""Every source that the packaged data cites is there, and says where it comes from."""

from pathlib import Path

import pytest

from tthc.domain.errors import RulesFileError
from tthc.rules import catalogue, sources


def test_packaged_facts_cite_known_sources() -> None:
    known = sources.sources()
    units = catalogue.units()
    cited = {unit.source for unit in units}
    cited |= {succession.source for succession in catalogue.successions(units)}
    cited |= {fact.source for fact in catalogue.online_levels()}
    cited |= {"procedures-published", "terms-published"}
    assert cited <= set(known)


def test_licence_of_the_units_is_named() -> None:
    for key in ("units-2025-03", "units-2026-04", "units-lineage-2025"):
        source = sources.sources()[key]
        assert source.note is not None
        assert "MIT" in source.note
        assert source.url is not None


@pytest.mark.parametrize(
    ("entry", "word"),
    [
        ('title = "x"', "thiếu 'confirmed'"),
        ("confirmed = true", "thiếu 'title'"),
        ('title = "x"\nconfirmed = true\nweb = "y"', "mục lạ: web"),
    ],
)
def test_incomplete_source_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, entry: str, word: str
) -> None:
    (tmp_path / "sources.toml").write_text(f"[law]\n{entry}\n", encoding="utf-8")
    monkeypatch.setattr(sources, "files", lambda _package: tmp_path)
    with pytest.raises(RulesFileError, match=word):
        sources.sources.__wrapped__()
