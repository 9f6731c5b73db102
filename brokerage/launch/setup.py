"""Brings the deployment up to date: translations, static files, schema, reference, demonstration.

`python -m brokerage.launch.setup`; a second run that finds nothing new does nothing. Started by
`make run` in a process of its own, so that the supervisor stays small.
"""

from __future__ import annotations

import hashlib
import os
import sys
import time
from collections.abc import Callable, Iterable
from pathlib import Path

from brokerage.launch.errors import LaunchError
from brokerage.settings.env import BASE_DIR, BadEnvironment

MARK = "setup:fingerprint"


def main() -> None:
    """Run each step that is due, with its time."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "brokerage.settings.dev")
    _step("Translations", _compile_catalogues)
    import django

    django.setup()
    _step("Static files", _collect_static)
    _step("Database schema", _migrate)
    _step("Reference data and demonstration", _load)


def _step(name: str, work: Callable[[], bool]) -> None:
    started = time.monotonic()
    sys.stdout.write(f"· {name} … ")
    sys.stdout.flush()
    done = work()
    spent = f"{time.monotonic() - started:.1f} s" if done else "up to date"
    sys.stdout.write(f"{spent}\n")
    sys.stdout.flush()


def _compile_catalogues() -> bool:
    from brokerage.core.catalogues import compile_catalogues

    return compile_catalogues() > 0


def _collect_static() -> bool:
    from django.conf import settings
    from django.core.management import call_command

    seen = fingerprint(
        [
            BASE_DIR / "static",
            *BASE_DIR.glob("*/static"),
            *BASE_DIR.glob("brokerage/*/static"),
            BASE_DIR / "brokerage/core/static_files.py",
            BASE_DIR / "requirements.txt",
        ]
    )
    mark = Path(settings.STATIC_ROOT) / ".fingerprint"
    if mark.exists() and mark.read_text() == seen:
        return False
    call_command("collectstatic", interactive=False, verbosity=0, clear=True)
    mark.write_text(seen)
    return True


def _migrate() -> bool:
    from django.core.management import call_command
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    unknown = set(executor.loader.applied_migrations) - set(executor.loader.disk_migrations)
    ours = {name for name in unknown if name[0] in executor.loader.migrated_apps}
    if ours:
        raise LaunchError(
            "The database was migrated by a newer version of this software "
            f"(it has {'.'.join(sorted(ours)[0])}): start that version, or restore a backup."
        )
    pending = bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))
    if pending:
        call_command("migrate", interactive=False, verbosity=0)
    call_command("createcachetable", verbosity=0)
    return pending


def _load() -> bool:
    from django.core.cache import cache
    from django.core.management import call_command

    from brokerage.demo.build import build_demo

    seen = fingerprint(
        [
            *BASE_DIR.glob("*/reference"),
            *BASE_DIR.glob("brokerage/*/reference"),
            BASE_DIR / "brokerage/demo",
        ]
    )
    if cache.get(MARK) == seen:
        return False
    call_command("load_reference", verbosity=0)
    call_command("load_texts", verbosity=0)
    build_demo(say=_say)
    cache.set(MARK, seen, timeout=None)
    return True


def _say(line: str) -> None:
    sys.stdout.write(f"\n    {line} … ")
    sys.stdout.flush()


def fingerprint(roots: Iterable[Path]) -> str:
    """A hash over names, sizes and times of the files below `roots`."""
    digest = hashlib.sha256()
    for root in roots:
        files = sorted(root.rglob("*")) if root.is_dir() else [root]
        for file in files:
            if file.is_file() and file.suffix != ".pyc":
                state = file.stat()
                digest.update(f"{file} {state.st_size} {state.st_mtime_ns}\n".encode())
    return digest.hexdigest()


def run() -> None:
    """Run the steps; what they cannot do ends as a sentence."""
    from django.core.management import CommandError
    from django.db import Error

    from brokerage.core.keyring import BadKeyFile

    try:
        main()
    except (LaunchError, BadEnvironment, BadKeyFile, CommandError) as error:
        sys.exit(f"\n{error}")
    except Error as error:
        said = str(error).partition("\n")[0]
        full = " Free some space, then start again." if "No space left" in said else ""
        sys.exit(f"\nThe database refused this step: {said}.{full}")
    except OSError as error:
        sys.exit(f"\n{error.filename or 'A file'} cannot be written: {error.strerror}.")
    except KeyboardInterrupt:
        sys.exit(130)


if __name__ == "__main__":
    run()
