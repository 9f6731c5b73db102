"""What may not stand in the repository."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest
from django.core.management import call_command

ROOT = Path(__file__).resolve().parents[2]
# written in pieces, so that this file does not find itself
INDEX_HOSTS = ["pypi" + ".org", "python" + "hosted", "registry." + "npmjs", "deb." + "debian"]


def tracked_text() -> dict[str, str]:
    names = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split("\n")
    texts = {}
    for name in filter(None, names):
        path = ROOT / name
        if path.is_file() and path.stat().st_size < 5_000_000:
            try:
                texts[name] = path.read_text()
            except UnicodeDecodeError:
                continue
    return texts


def test_no_package_index_is_named():
    found = [
        (name, host)
        for name, text in tracked_text().items()
        for host in INDEX_HOSTS
        if host in text
    ]
    assert found == []


def test_every_locked_package_carries_hashes():
    for lock in ("requirements.txt", "requirements-dev.txt"):
        entries = re.split(r"\n(?=[a-z0-9])", (ROOT / lock).read_text().strip())
        assert len(entries) > 30
        assert [entry.split("\n")[0] for entry in entries if "--hash=sha256:" not in entry] == []


def test_every_dependency_has_a_reason_beside_it():
    lines = (ROOT / "pyproject.toml").read_text().split("[tool.uv]")[0].splitlines()
    wanting = [line for line in lines if line.startswith('  "') and "  # " not in line]
    assert wanting == []


@pytest.mark.django_db
def test_no_migration_is_pending():
    call_command("makemigrations", "--check", "--dry-run", verbosity=0)
