"""A worker knows every job: it imports them by itself, nobody else's page does it before."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest

from brokerage.settings.env import BASE_DIR

APPS = ("accounts", "branches", "brokerage", "content", "holdings", "partners", "products")
DECLARES = re.compile(r"^@(?:job|schedule)\(", re.MULTILINE)
LOADED = "import django, sys; django.setup(); print(*sys.modules)"


@pytest.mark.slow
def test_a_fresh_process_has_loaded_each_module_with_jobs() -> None:
    files = [path for app in (*APPS, "suitability") for path in (BASE_DIR / app).rglob("*.py")]
    modules = {
        ".".join(path.relative_to(BASE_DIR).with_suffix("").parts)
        for path in files
        if DECLARES.search(path.read_text())
    }
    done = subprocess.run(
        [sys.executable, "-c", LOADED], cwd=BASE_DIR, check=True, capture_output=True, text=True
    )
    assert len(modules) > 20
    assert modules - set(done.stdout.split()) == set()
