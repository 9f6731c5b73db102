"""The commands of docs/operations.md back up a portal and restore it on an empty machine."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest

from brokerage.launch.postgres import Cluster
from brokerage.settings.env import BASE_DIR
from tests.faults.callers import until
from tests.faults.portal import Portal, portal, running  # noqa: F401 - fixtures

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("portal")]
STORE_A_FILE = """
import io
from django.utils import timezone
from brokerage.files import api as files
from brokerage.journal.actors import Actor
from tests.files.factories import OWNER, purpose
files.register(purpose())
files.store(upload=io.BytesIO(b"%PDF-1.4 one page"), purpose="tests.photo", owner_ref=OWNER,
            actor=Actor.system("tests"), at=timezone.now())
"""


def commands(heading: str) -> list[str]:
    """The shell blocks below a heading of docs/operations.md."""
    text = (BASE_DIR / "docs" / "operations.md").read_text()
    section = text.split(f"## {heading}\n", 1)[1].split("\n## ", 1)[0]
    return re.findall(r"```\n(.*?)```", section, flags=re.DOTALL)


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[Cluster]:
    """A second server, as on another machine."""
    cluster = Cluster(tmp_path / "pg", settings={"shared_buffers": "16MB"})
    cluster.ensure()
    yield cluster
    cluster.stop("immediate")


def shell(script: str, folder: Path, environment: dict[str, str]) -> str:
    """Run documented commands in `folder`; `manage.py` is that of this tree."""
    manage = f"{sys.executable} {BASE_DIR}/manage.py"
    done = subprocess.run(
        ["bash", "-euc", script.replace("manage.py", manage)],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_backup_and_restore(portal: Portal, empty: Cluster, tmp_path: Path) -> None:  # noqa: F811 - the fixture
    portal.manage("shell", "-v0", "-c", STORE_A_FILE)
    customer = portal.visitor().sign_up("13900000701")
    home = customer.begin()
    customer.send(f"{home}identity/", name="江映雪")
    unsealed = "SELECT count(*) > 0 FROM journal_seal"
    until(lambda: portal.ask(unsealed) == [(True,)], within=30, what="the journal is sealed")
    until((portal.folder / "anchors").exists, within=60, what="the first seal is anchored")
    backup, restore = commands("Backup and restore")
    path = f"{empty.programs}:{os.environ['PATH']}"
    shell(backup, tmp_path, portal.environment | {"PATH": path})

    var_dir = tmp_path / "var"
    var_dir.mkdir()
    shutil.copy(portal.folder / "keys.json", var_dir)
    shutil.copytree(portal.folder / "anchors", var_dir / "anchors", dirs_exist_ok=True)
    socket = str(empty.socket_dir)
    environment = portal.environment | {
        "PATH": path,
        "VAR_DIR": str(var_dir),
        "DATABASE_URL": f"postgres://postgres@{quote(socket, safe='')}/brokerage",
        "PGHOST": socket,
        "PGUSER": "postgres",
    }
    said = shell(restore, tmp_path, environment)
    assert re.search(r"\d+ entries in \d+ seals", said)
    assert "1 files read, 0 damaged" in said

    # what a restored journal is worth: a row that somebody changed on the way is named
    tamper = (
        "set session_replication_role = replica; update journal_entry set reason = 'changed' "
        "where id = (select min(id) from journal_entry)"
    )
    psql = ["psql", "-XAtq", "-d", "brokerage", "-c", tamper]
    subprocess.run(psql, env=environment, check=True)
    found = portal.manage("verify_journal", environment=environment, fails=True)
    assert found.returncode != 0
    assert "altered" in found.stdout + found.stderr
    damaged = next(path for path in (var_dir / "files").rglob("*") if path.is_file())
    damaged.write_bytes(damaged.read_bytes()[:-1] + b"x")
    found = portal.manage("verify_files", environment=environment, fails=True)
    assert found.returncode != 0
