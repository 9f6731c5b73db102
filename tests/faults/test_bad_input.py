"""What a newcomer or an operator gets wrong: one clear sentence that says what to do."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.management import CommandError
from django.db import OperationalError

from brokerage.core.keyring import make_key_file
from brokerage.launch import setup
from brokerage.settings.env import BASE_DIR
from tests.faults.launching import START, environment, refused
from tests.faults.portal import Portal, clean_environment

slow = [pytest.mark.slow, pytest.mark.xdist_group("portal")]


@pytest.mark.slow
def test_an_unknown_setting(tmp_path: Path) -> None:
    said = refused(tmp_path, BROKERAGE_LOGLEVEL="INFO")
    assert said.startswith("BROKERAGE_LOGLEVEL is no setting of this system; known are ")
    assert len(said.splitlines()) == 1


@pytest.mark.slow
def test_a_port_in_use(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        said = refused(tmp_path, PORT=str(port))
    expected = f"Port {port} is in use: stop what uses it, or take another one, "
    assert said == f"{expected}such as PORT={port + 1} make run."


@pytest.mark.slow
@pytest.mark.parametrize("content", ["", "{}", '{"secret_key": 1}'])
def test_a_broken_key_file(tmp_path: Path, content: str) -> None:
    (tmp_path / "keys.json").write_text(content)
    assert "The key file" in manage(tmp_path, "check", settings="dev")


def manage(folder: Path, *words: str, settings: str, **more: str) -> str:
    """The last words of a management command that has to fail without a traceback."""
    done = subprocess.run(
        [sys.executable, "manage.py", *words],
        cwd=BASE_DIR,
        env=clean_environment()
        | {"VAR_DIR": str(folder), "DJANGO_SETTINGS_MODULE": f"brokerage.settings.{settings}"}
        | more,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode != 0
    assert "Traceback" not in done.stderr, done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
    return done.stderr.strip()


@pytest.mark.slow
def test_production_without_its_key_file(tmp_path: Path) -> None:
    said = manage(tmp_path, "check", settings="prod", DATABASE_URL="postgres://x@127.0.0.1:1/x")
    assert said.startswith(f"The key file {tmp_path}/keys.json is missing")
    assert "in production set BROKERAGE_KEY_FILE" in said


@pytest.mark.slow
def test_production_without_a_database(tmp_path: Path) -> None:
    make_key_file(tmp_path / "keys.json")
    said = manage(tmp_path, "check", settings="prod")
    assert said == "Production needs DATABASE_URL; the embedded server is for trying out."


@pytest.mark.slow
def test_a_folder_that_may_not_be_written(tmp_path: Path) -> None:
    folder = tmp_path / "read-only"
    folder.mkdir()
    folder.chmod(0o555)
    command, root = START, os.geteuid() == 0
    if root:  # root may write everywhere: start as somebody else
        for above in (tmp_path, *tmp_path.parents[:-2]):
            above.chmod(above.stat().st_mode | 0o111)
        command = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", *START]
    done = subprocess.run(
        command,
        cwd=BASE_DIR,
        env=environment(folder, 18_999) | {"PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    expected = f"{folder} cannot be written (Permission denied): give this account the right, "
    assert done.stderr.strip() == f"{expected}or set VAR_DIR to another folder."
    assert done.returncode == 1


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (
            OperationalError('could not extend file "base/5/1": No space left on device\nHINT: x'),
            "No space left on device. Free some space, then start again.",
        ),
        (OSError(28, "No space left on device", "/var/x"), "/var/x cannot be written: No space"),
        (CommandError("A shipped file is wrong."), "A shipped file is wrong."),
    ],
    ids=["database", "file", "command"],
)
def test_a_set_up_that_cannot_go_on(
    monkeypatch: pytest.MonkeyPatch, error: Exception, sentence: str
) -> None:
    def fail() -> None:
        raise error

    monkeypatch.setattr(setup, "main", fail)
    with pytest.raises(SystemExit, match=sentence.replace(".", r"\.")):
        setup.run()


class TestSchema:
    """The database has another release's schema."""

    pytestmark = slow

    def test_a_newer_one_is_refused(self, portal: Portal) -> None:
        with portal.connect() as connection:
            connection.execute(
                "INSERT INTO django_migrations (app, name, applied) "
                "VALUES ('accounts', '0999_from_the_future', now())"
            )
            try:
                done = portal.python("-m", "brokerage.launch.setup", fails=True)
            finally:
                connection.execute("DELETE FROM django_migrations WHERE name LIKE '0999%'")
        assert done.returncode == 1
        assert done.stderr.strip() == (
            "The database was migrated by a newer version of this software (it has "
            "accounts.0999_from_the_future): start that version, or restore a backup."
        )

    def test_an_older_one_is_not_ready(self, portal: Portal) -> None:
        code = (
            "from django.test import Client; answer = Client(headers={'Host': 'localhost'})"
            ".get('/readyz'); print(answer.status_code, answer.json()['detail'])"
        )
        with portal.connect() as connection:
            kept = connection.execute(
                "DELETE FROM django_migrations WHERE (app, name) IN (SELECT app, max(name) FROM "
                "django_migrations WHERE app = 'partners' GROUP BY app) RETURNING app, name"
            ).fetchall()
            try:
                said = portal.manage("shell", "-v0", "-c", code).stdout
            finally:
                connection.execute(
                    "INSERT INTO django_migrations (app, name, applied) VALUES (%s, %s, now())",
                    kept[0],
                )
        assert said.strip() == "503 Migrations are pending: run manage.py migrate."
