"""The folder of blocks beside a large map, written while its layers are read."""

from __future__ import annotations

import json
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Protocol, Self

from landtrack.output.map import encode

WAITING = 8
"""Files that may wait for their turn to be compressed and written."""


class Sink(Protocol):
    """Takes blocks by their names."""

    def __setitem__(self, name: str, data: bytes, /) -> None:
        """Take a block."""


class Folder:
    """Writes blocks as scripts; use it in a ``with`` statement, at whose end all are written.

    Numbered blocks have a file each, the others of a layer one for each of ``first``,
    ``columns`` and ``text``. The blocks of a layer come before those of the next.

    ``path``: An empty folder.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.pool = ThreadPoolExecutor(2)
        self.waiting: list[Future[None]] = []
        self.together: dict[str, dict[str, Future[bytes]]] = {}
        self.kind = ""

    def __enter__(self) -> Self:
        """Begin."""
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        """Write what is left, unless something went wrong."""
        try:
            if kind is None:
                self._write_together()
                for job in self.waiting:
                    job.result()
        finally:
            self.pool.shutdown(cancel_futures=True)

    def __setitem__(self, name: str, data: bytes) -> None:
        """Take a block."""
        kind, group, last = name.split("/")
        if kind != self.kind:  # layer follows layer: nothing more of the last one will come
            self._write_together()
            self.kind = kind
        if not last.isdigit():
            made = self.pool.submit(_compressed, name, data)
            self.together.setdefault(f"{kind}-{group}", {})[name] = made
            return
        while len(self.waiting) > WAITING:
            self.waiting.pop(0).result()
        self.waiting.append(self.pool.submit(self._alone, f"{kind}-{group}-{last}", name, data))

    def _write_together(self) -> None:
        """Write the files of several blocks each."""
        for file, blocks in self.together.items():
            self._write(file, {name: each.result() for name, each in blocks.items()})
        self.together.clear()

    def _alone(self, file: str, name: str, data: bytes) -> None:
        self._write(file, {name: _compressed(name, data)})

    def _write(self, file: str, blocks: dict[str, bytes]) -> None:
        """Write a script; in UTF-16, so that a letter holds fifteen bits."""
        with (self.path / f"{file}.js").open("xb") as out:  # never over another
            begin = "\ufefflandtrack.deliver({"
            for name, data in blocks.items():
                out.write(f'{begin}{json.dumps(name)}:"'.encode("utf-16-le"))
                out.writelines(encode.dense(data))
                begin = '",'
            out.write('"});\n'.encode("utf-16-le"))


def _compressed(name: str, data: bytes) -> bytes:
    return encode.compressed(data, repeats="/shapes/" not in name)
