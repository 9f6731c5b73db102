"""`make run`: the whole portal on one machine, stopped by Ctrl-C.

Database, set-up, web, job workers, event worker; production starts the same processes under its
own service manager (docs/operations.md).
"""

from __future__ import annotations

import http.client
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from brokerage.launch import unchanged
from brokerage.launch.errors import LaunchError
from brokerage.launch.figures import figures_folder
from brokerage.launch.postgres import Cluster
from brokerage.launch.preflight import check_database, check_folder, check_port, only_one
from brokerage.launch.prepare import prepare
from brokerage.launch.supervisor import Service, Supervisor, die_with_parent
from brokerage.settings import env

MANAGE = [sys.executable, str(env.BASE_DIR / "manage.py")]


def main() -> None:
    """Start everything and stay until a signal comes."""
    started = time.monotonic()
    # All like Ctrl-C, also before the supervisor runs; a script that starts us in the background
    # has even Ctrl-C ignored.
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.default_int_handler)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "brokerage.settings.dev")
    os.chdir(env.BASE_DIR)
    env.check_known(os.environ)
    port, var_dir = env.number("PORT", 8000, least=1, most=65_535), env.var_dir()
    check_folder(var_dir)
    with only_one(var_dir), figures_folder(var_dir) as figures:
        check_port(port)
        if url := env.text("DATABASE_URL"):
            check_database(url)
        cluster = None if url else Cluster(var_dir / "pg")
        try:
            _prepare()
            _set_up(var_dir, cluster)
            Supervisor(
                services(port=port, figures=figures),
                log_dir=var_dir / "log",
                each_second=lambda: _keep_database(cluster),
            ).run(
                is_ready=lambda: _is_ready(port),
                announce=lambda: _announce(port, var_dir, started),
            )
        finally:
            sys.stdout.write("· Stopping\n")
            sys.stdout.flush()
            if cluster and cluster.is_up() and not cluster.is_used_by_others():
                cluster.stop()


def _prepare() -> None:
    sys.stdout.write("· Database … ")
    sys.stdout.flush()
    before = time.monotonic()
    prepare(command="run")
    sys.stdout.write(f"{time.monotonic() - before:.1f} s\n")
    sys.stdout.flush()


def _set_up(var_dir: Path, cluster: Cluster | None) -> None:
    """Schema, data, static files: in a process of its own, so that this one stays small."""
    if cluster and unchanged.is_unchanged(var_dir, cluster):
        sys.stdout.write("· Translations, static files, schema and data … up to date\n")
        sys.stdout.flush()
        return
    unchanged.forget(var_dir)
    done = subprocess.run(
        [sys.executable, "-m", "brokerage.launch.setup"],
        check=False,
        preexec_fn=die_with_parent,
    )
    if done.returncode:
        raise LaunchError("The portal was not started.")
    if cluster:
        unchanged.remember(var_dir, cluster)


def services(*, port: int, figures: Path) -> list[Service]:
    """The processes of one machine; bulk jobs have a worker of their own, so that nobody waits."""
    gunicorn = [sys.executable, "-m", "gunicorn", "-c", "python:brokerage.launch.gunicorn_conf"]
    worker = [*MANAGE, "procrastinate", "worker", "--shutdown-graceful-timeout", "15"]
    return [
        Service(
            "web",
            [*gunicorn, "brokerage.wsgi:application"],
            {"PROMETHEUS_MULTIPROC_DIR": str(figures), "PORT": str(port)},
        ),
        Service("events", [*MANAGE, "deliver_events"]),
        Service("jobs", [*worker, "-q", "interactive,periodic", "-c", "2"]),
        Service("reading", [*worker, "-q", "reading", "-c", "2"]),
        Service("bulk", [*worker, "-q", "bulk", "-c", "1"]),
    ]


def _keep_database(cluster: Cluster | None) -> None:
    """Start the embedded database again after it was killed; try on while it cannot start."""
    if cluster and not cluster.is_up():
        sys.stderr.write("! the database ended; starting it again\n")
        try:
            cluster.ensure()
        except LaunchError as error:
            sys.stderr.write(f"! {error}\n")


def _announce(port: int, var_dir: Path, started: float) -> None:
    from brokerage.demo.logins import LOGINS

    lines = [
        "",
        f"  Portal       http://localhost:{port}/",
        f"  Back office  http://localhost:{port}/admin/",
        f"  SMS sandbox  http://localhost:{port}/sandbox/outbox/   (codes arrive here)",
        "",
        *(f"  {login}" for login in LOGINS),
        f"  Partner API      /api/v1/, client id and secret in {var_dir}/demo-partner.json",
        "",
        f"  Started in {time.monotonic() - started:.1f} s. Logs: {var_dir}/log. Ctrl-C stops.",
        "",
    ]
    sys.stdout.write("\n".join(lines))
    sys.stdout.flush()


def _is_ready(port: int) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=2)
    try:
        connection.request("GET", "/readyz", headers={"Host": "localhost"})
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


if __name__ == "__main__":
    try:
        main()
    except (LaunchError, env.BadEnvironment) as error:
        sys.exit(str(error))
    except KeyboardInterrupt:
        sys.exit(130)
