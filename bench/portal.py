"""A portal of its own for a measurement: scratch database, web processes as in `make run`."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from brokerage.launch.__main__ import _is_ready
from brokerage.launch.postgres import Cluster
from brokerage.launch.supervisor import die_with_parent
from brokerage.settings.env import BASE_DIR


def figures_from(module: str, *words: str, environment: Mapping[str, str]) -> Any:
    """What `python -m module words…` prints as JSON in its last line, run beside a portal.

    Args:
        environment: as `running_portal` yields it.
    """
    done = subprocess.run(
        [sys.executable, "-m", module, *words],
        cwd=BASE_DIR,
        env=environment,
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    )
    return json.loads(done.stdout.splitlines()[-1])


@contextmanager
def running_portal(
    *,
    setup: str = "brokerage.launch.setup",
    before_web: Callable[[Mapping[str, str]], None] | None = None,
    **extra: str,
) -> Iterator[tuple[str, dict[str, str]]]:
    """Yield the address of a fresh portal and the environment it runs in.

    Args:
        setup: module that fills the database; by default all of the demonstration.
        before_web: called with the environment when the data is loaded.
        extra: further variables of the environment.

    The environment that is yielded names the first web process in BENCH_WEB_PID.
    """
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        port = free_port()
        environment = {
            **os.environ,
            "VAR_DIR": folder,
            "PORT": str(port),
            "DJANGO_SETTINGS_MODULE": "brokerage.settings.dev",
            "BROKERAGE_LOG_LEVEL": "WARNING",
            "DATABASE_URL": "",
            **extra,
        }
        run = {"cwd": BASE_DIR, "env": environment, "check": True}
        subprocess.run([sys.executable, "manage.py", "migrate", "-v0"], **run)  # type: ignore[call-overload]
        subprocess.run([sys.executable, "-m", setup], **run)  # type: ignore[call-overload]
        if before_web:
            before_web(environment)
        web = subprocess.Popen(
            [
                *(sys.executable, "-m", "gunicorn", "-c", "python:brokerage.launch.gunicorn_conf"),
                "brokerage.wsgi:application",
            ],
            cwd=BASE_DIR,
            env=environment,
            preexec_fn=die_with_parent,
        )
        try:
            until = time.monotonic() + 180
            while not _is_ready(port):
                if time.monotonic() > until or web.poll() is not None:
                    raise RuntimeError("the portal did not start")
                time.sleep(0.1)
            yield f"http://127.0.0.1:{port}", environment | {"BENCH_WEB_PID": str(web.pid)}
        finally:
            web.terminate()
            web.wait()
            Cluster(Path(folder) / "pg").stop("immediate")


def free_port() -> int:
    """A port that nothing uses at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
