"""Where the web processes keep the figures that `/metrics` adds up."""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

MEMORY = Path("/dev/shm")  # noqa: S108 (its folders are ours alone)


@contextmanager
def figures_folder(var_dir: Path, *, memory: Path = MEMORY) -> Iterator[Path]:
    """An empty folder for as long as the portal runs; in memory where the system has such a place.

    The files are mapped into each web process. On a disk that fills up, writing to them would kill
    the process instead of raising an error, and nobody would get an answer any more.

    Args:
        var_dir: of this portal; two portals on one machine get folders of their own.
        memory: a folder that lies in memory.
    """
    tag = hashlib.sha256(str(var_dir.resolve()).encode()).hexdigest()[:12]
    folder = var_dir / "metrics"
    if os.access(memory, os.W_OK):
        folder = memory / f"brokerage-metrics-{os.getuid()}-{tag}"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(mode=0o700, parents=True)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
