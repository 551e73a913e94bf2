"""Batches on disk between reading a file and entering it, so that memory stays bounded."""

from collections.abc import Iterator
from io import BytesIO
from typing import IO

import polars as pl


class Spill:
    """Frames one after another in a file without a name, which vanishes with its process."""

    def __init__(self, file: IO[bytes]) -> None:
        self.file = file
        self.sizes: list[int] = []

    def add(self, frame: pl.DataFrame) -> None:
        start = self.file.tell()
        frame.write_ipc_stream(self.file, compression="lz4")
        self.sizes.append(self.file.tell() - start)

    def frames(self) -> Iterator[pl.DataFrame]:
        start = 0
        for size in self.sizes:
            self.file.seek(start)
            yield pl.read_ipc_stream(BytesIO(self.file.read(size)))
            start += size
