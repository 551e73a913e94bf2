"""`make bench`: runs every module of this package that is called `bench_*`, or those named.

A bench module has `run() -> Iterable[str]`, which yields lines of Markdown as it measures.
"""

import os
import pkgutil
import platform
import sys
from importlib import import_module
from pathlib import Path


def machine() -> str:
    cpu = next(
        (
            line.partition(":")[2].strip()
            for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
            if line.startswith("model name")
        ),
        platform.processor(),
    )
    cores = os.cpu_count()
    return f"{cpu}, {cores} cores, Python {platform.python_version()}"


def main(names: list[str]) -> None:
    found = [module.name for module in pkgutil.iter_modules([str(Path(__file__).parent)])]
    chosen = [name for name in found if name.startswith("bench_")]
    if names:
        chosen = [name for name in chosen if name.removeprefix("bench_") in names]
    print(f"Machine: {machine()}\n")
    for name in chosen:
        print(f"## {name.removeprefix('bench_').replace('_', ' ')}\n", flush=True)
        for line in import_module(f"tests.bench.{name}").run():
            print(line, flush=True)
        print()


main(sys.argv[1:])
