"""The environment is parsed strictly: each mistake gets one clear sentence."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from brokerage.settings import env

ROOT = Path(__file__).resolve().parents[2]


def test_an_unknown_setting_is_named_with_those_that_exist():
    with pytest.raises(
        env.BadEnvironment, match=r"BROKERAGE_LOGLEVEL is no setting.*BROKERAGE_LOG_LEVEL"
    ):
        env.check_known({"BROKERAGE_LOGLEVEL": "INFO", "HOME": "/"})


@pytest.mark.parametrize("value", ["eight", "-1", "80.5", "99999999", "８０００", "0x50"])
def test_a_port_that_is_no_number_in_range_is_refused(monkeypatch, value):
    monkeypatch.setenv("PORT", value)
    with pytest.raises(env.BadEnvironment, match="PORT="):
        env.number("PORT", 8000, least=1, most=65_535)


def test_an_empty_variable_counts_as_unset(monkeypatch):
    monkeypatch.setenv("PORT", "")
    assert env.number("PORT", 8000) == 8000


def run_manage(*words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    clean = {
        name: value
        for name, value in os.environ.items()
        if name not in env.KNOWN and not name.startswith("DJANGO_")
    }
    return subprocess.run(
        [sys.executable, "manage.py", *words],
        cwd=ROOT,
        env={**clean, **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def test_production_without_a_database_says_what_to_set(tmp_path):
    done = run_manage(
        "check", DJANGO_SETTINGS_MODULE="brokerage.settings.prod", VAR_DIR=str(tmp_path)
    )
    assert done.returncode != 0
    assert "BROKERAGE_KEY_FILE" in done.stderr.strip().splitlines()[-1]


def test_a_wrong_database_url_is_one_sentence_without_the_password(tmp_path):
    done = subprocess.run(
        [sys.executable, "-m", "brokerage.launch"],
        cwd=ROOT,
        env={
            **os.environ,
            "VAR_DIR": str(tmp_path),
            "PORT": "18999",
            "DATABASE_URL": "postgres://me:geheim@127.0.0.1:1/none",
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert "DATABASE_URL does not answer" in done.stderr
    assert "geheim" not in done.stderr + done.stdout
    assert "Traceback" not in done.stderr


def test_a_foreign_kind_of_database_url_is_refused(tmp_path):
    done = run_manage("check", DATABASE_URL="mysql://root@127.0.0.1/x", VAR_DIR=str(tmp_path))
    assert done.returncode != 0
    assert "DATABASE_URL must be a postgres:// address." in done.stderr
