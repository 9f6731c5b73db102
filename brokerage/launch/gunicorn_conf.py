"""gunicorn: threads under a few processes (docs/operations.md, "Web")."""

from __future__ import annotations

import gc
import os
import sys
from pathlib import Path
from typing import Any

from brokerage.settings import env
from brokerage.settings.logging import LOGGING

bind = f"127.0.0.1:{env.number('PORT', 8000, least=1, most=65_535)}"
workers = env.number("BROKERAGE_WEB_WORKERS", 2, least=1, most=64)
threads = env.number("BROKERAGE_WEB_THREADS", 4, least=1, most=64)
worker_class = "brokerage.launch.web_worker.PatientWorker"
worker_tmp_dir = "/dev/shm" if Path("/dev/shm").is_dir() else None  # noqa: S108 - its folders are ours alone
# A slow leak never grows large; a new worker costs seconds of a core, so not one each busy minute.
max_requests, max_requests_jitter = 50_000, 5_000
graceful_timeout = 20
timeout = 60
keepalive = 5
limit_request_line = 4094
limit_request_field_size = 8190
logger_class = "brokerage.launch.web_worker.SilentAccess"  # the application logs each request
errorlog = "-"
loglevel = "warning"
logconfig_dict = {
    **LOGGING,
    "loggers": {"gunicorn.error": {"level": "WARNING", "propagate": True}},
}


def post_fork(server: Any, worker: Any) -> None:
    """Let each worker read this project anew: after HUP it must not run half of the old code."""
    for name in [name for name in sys.modules if name.partition(".")[0] == "brokerage"]:
        del sys.modules[name]


def post_worker_init(worker: Any) -> None:
    """It works in threads, which keep their connections for a moment; what is loaded stays.

    So the collector need not look through it again and again, which took 34 of the 610 ms that a
    worker spends on one journey of an opening.
    """
    from brokerage.core import pooled, threads_only

    threads_only.begin()
    pooled.keep_for_a_moment()
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 20, 20)


def child_exit(server: Any, worker: Any) -> None:
    """Forget the gauges of a worker that ended."""
    if os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        from prometheus_client import multiprocess

        multiprocess.mark_process_dead(worker.pid)
