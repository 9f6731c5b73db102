"""What is looked at before anything starts, each with one clear sentence."""

from __future__ import annotations

import errno
import fcntl
import shutil
import socket
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

from brokerage.launch.errors import LaunchError

LEAST_FREE_MB = 300


def check_folder(folder: Path) -> None:
    """Raises LaunchError when `folder` cannot be written or has fewer than 300 MB free."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
        free = shutil.disk_usage(folder).free // 1_000_000
    except OSError as error:
        if error.errno == errno.ENOSPC:
            free = 0
        else:
            raise LaunchError(
                f"{folder} cannot be written ({error.strerror}): give this account the right, "
                "or set VAR_DIR to another folder."
            ) from None
    if free < LEAST_FREE_MB:
        raise LaunchError(
            f"Only {free} MB are free under {folder}: free some space, or set VAR_DIR "
            "to a folder on another disk."
        )


def check_port(port: int, *, patience: float = 6.0) -> None:
    """Raises LaunchError when `port` stays in use for `patience` seconds.

    A portal that was killed gives its port back within that time.
    """
    until = time.monotonic() + patience
    while True:
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError as error:
                if error.errno == errno.EACCES:
                    raise LaunchError(
                        f"This account may not use port {port}: take one above 1023, "
                        "such as PORT=8001 make run."
                    ) from None
                if time.monotonic() > until:
                    raise LaunchError(
                        f"Port {port} is in use: stop what uses it, or take another one, "
                        f"such as PORT={port + 1} make run."
                    ) from None
            else:
                return
        time.sleep(0.3)


@contextmanager
def only_one(var_dir: Path) -> Iterator[None]:
    """Hold VAR_DIR for one portal; raises LaunchError when another one has it."""
    with (var_dir / "run.lock").open("w") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise LaunchError(
                f"A portal already runs on {var_dir}: stop it, or start a second one with "
                "another VAR_DIR and PORT."
            ) from None
        yield


def check_database(url: str) -> None:
    """Raises LaunchError when the database of DATABASE_URL does not answer within 5 seconds."""
    try:
        with psycopg.connect(url, connect_timeout=5) as connection:
            version = connection.info.server_version
    except (psycopg.Error, ValueError) as error:
        # the message of libpq may repeat the password
        kind = type(error).__name__
        raise LaunchError(
            f"The database of DATABASE_URL does not answer ({kind}): check host, port, name, "
            "user and password, or unset it to use the embedded one."
        ) from None
    if version < 150_000:
        raise LaunchError("DATABASE_URL leads to a PostgreSQL older than 15; take 15 or newer.")
