"""The part of `make lint` that asks Django: settings, migrations, translations.

Runs without a database; the production settings are checked with made-up secrets.
"""

from __future__ import annotations

import os
import secrets
import subprocess
import sys
import tempfile
from pathlib import Path

from brokerage.core.keyring import make_key_file
from brokerage.settings import env

UNREACHABLE = "postgres://nobody@127.0.0.1:1/none"


def main() -> int:
    """Run the checks one after the other; returns how many failed."""
    with tempfile.TemporaryDirectory() as folder:
        key_file = Path(folder) / "keys.json"
        make_key_file(key_file)
        production = {
            "DJANGO_SETTINGS_MODULE": "brokerage.settings.prod",
            "DATABASE_URL": UNREACHABLE,
            "VAR_DIR": folder,
            "BROKERAGE_KEY_FILE": str(key_file),
            "BROKERAGE_SECRET_KEY": secrets.token_urlsafe(50),
            "BROKERAGE_ALLOWED_HOSTS": "portal.example",
            "BROKERAGE_SMS_URL": "https://sms.example/",
            "BROKERAGE_SMS_TOKEN": "made-up",
            **{
                f"BROKERAGE_{name}_URL": f"https://{name.lower()}.example/v1"
                for name in env.COUNTERPARTIES
            },
            "BROKERAGE_MAIL_URL": "smtps://portal:made-up@mail.example:465/portal@portal.example",
        }
        testing = {"DJANGO_SETTINGS_MODULE": "brokerage.settings.test", "VAR_DIR": folder}
        failed = [
            _manage(production, "check", "--deploy", "--fail-level", "WARNING"),
            _manage(
                {**testing, "DATABASE_URL": UNREACHABLE},
                *("makemigrations", "--check", "--dry-run"),
            ),
            _manage(testing, "messages", "--check"),
        ]
    return sum(failed)


def _manage(environment: dict[str, str], *words: str) -> bool:
    done = subprocess.run(
        [sys.executable, "-W", "ignore::RuntimeWarning", "manage.py", *words],
        env={**os.environ, **environment},
        check=False,
    )
    return done.returncode != 0


if __name__ == "__main__":
    sys.exit(main())
