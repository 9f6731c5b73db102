"""Whether a start finds everything as the last one left it; then the set-up need not even look.

The set-up loads Django to find out that nothing is due, which is half of a second start. What it
would look at is told by names, sizes and times of files, and by two answers of the database; a
restored, older or emptied database answers otherwise. Only for the embedded database: a shared
one is looked at in full.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

import psycopg

from brokerage.launch.postgres import Cluster
from brokerage.launch.setup import MARK, fingerprint
from brokerage.settings.env import BASE_DIR

NAME = "setup.mark"
QUESTIONS = (
    "SELECT count(*), max(applied)::text FROM django_migrations",
    # the mark that the set-up leaves when reference data and demonstration are loaded
    f"SELECT count(*), max(value) FROM cache WHERE cache_key = ':1:{MARK}'",  # noqa: S608 - a constant
)


def is_unchanged(var_dir: Path, cluster: Cluster) -> bool:
    """Whether the last set-up under `var_dir` ended well, and nothing changed since."""
    try:
        return (var_dir / NAME).read_text(encoding="utf-8") == _state(var_dir, cluster)
    except (OSError, psycopg.Error):
        return False


def remember(var_dir: Path, cluster: Cluster) -> None:
    """Note the present state, after a set-up that ended well."""
    (var_dir / NAME).write_text(_state(var_dir, cluster), encoding="utf-8")


def forget(var_dir: Path) -> None:
    """Take the note away before a set-up begins: one that fails is done again."""
    (var_dir / NAME).unlink(missing_ok=True)


def _state(var_dir: Path, cluster: Cluster) -> str:
    digest = hashlib.sha256(_code(var_dir).encode())
    with psycopg.connect(
        host=str(cluster.socket_dir),
        port=cluster.port,
        user="postgres",
        dbname="brokerage",
        connect_timeout=5,
    ) as connection:
        for question in QUESTIONS:
            digest.update(repr(connection.execute(question).fetchone()).encode())
    return digest.hexdigest()


def _code(var_dir: Path) -> str:
    apps = (BASE_DIR, BASE_DIR / "brokerage")
    roots = [path for app in apps for kind in _KINDS for path in app.glob(f"*/{kind}")]
    return fingerprint(
        [
            *sorted(roots),
            *(BASE_DIR / name for name in ("static", "locale", "requirements.txt")),
            *(BASE_DIR / "brokerage" / name for name in ("demo", "settings", "launch")),
            BASE_DIR / "brokerage/core/static_files.py",
            var_dir / "static/.fingerprint",
        ]
    )


_KINDS = ("migrations", "reference", "static", "models", "models.py")
