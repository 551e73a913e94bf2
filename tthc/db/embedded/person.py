"""Who runs the embedded server: PostgreSQL refuses to run as root."""

import os
import pwd
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tthc.domain.errors import SettingError


@dataclass(frozen=True)
class Person:
    uid: int
    gid: int

    @property
    def name(self) -> str:
        try:
            return pwd.getpwuid(self.uid).pw_name
        except KeyError:
            return str(self.uid)

    def process(self) -> dict[str, Any]:
        """What subprocess needs to run a program as this person, who inherits nothing else."""
        options: dict[str, Any] = {
            "cwd": "/",
            "env": {
                "LC_ALL": "C",
                "PATH": "/usr/bin:/bin",
            },  # messages in English
            "stdin": subprocess.DEVNULL,
        }
        if os.geteuid() == 0:
            options |= {"user": self.uid, "group": self.gid, "extra_groups": []}
        return options

    def run(
        self, program: Sequence[str | Path], *, pass_fds: Sequence[int] = ()
    ) -> subprocess.CompletedProcess[str]:
        """Run a program to its end; its two outputs come as one text."""
        return subprocess.run(  # noqa: S603  # a program that find.py chose
            program,
            pass_fds=pass_fds,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            check=False,
            **self.process(),
        )


def choose_person(data_dir: Path, cluster: Path) -> Person:
    """The owner of the data, if there are any; for root's own folder `postgres` or `nobody`.

    Raises SettingError where the data belong to somebody else.
    """
    if os.geteuid() != 0:
        if cluster.exists() and (owner := cluster.stat().st_uid) != os.geteuid():
            raise SettingError(
                f"Thư mục “{cluster}” thuộc về người dùng “{Person(owner, 0).name}”: "
                "hãy chạy bằng người dùng đó, hoặc đặt TTHC_DATA_DIR sang thư mục khác."
            )
        return Person(os.geteuid(), os.getegid())
    for folder in (cluster, data_dir):
        if folder.exists() and folder.stat().st_uid != 0:
            return Person(folder.stat().st_uid, folder.stat().st_gid)
    for name in ("postgres", "nobody"):
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return Person(entry.pw_uid, entry.pw_gid)
    raise SettingError(
        "PostgreSQL không chạy bằng root và máy này không có người dùng “postgres” hay “nobody”: "
        "hãy chạy bằng một người dùng thường."
    )
