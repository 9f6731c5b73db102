"""System checks: each misconfiguration has an id, a sentence and a hint."""

from __future__ import annotations

import stat
from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register
from django.db import connections

from brokerage.core.keyring import test_keys

LEAST_SECRET = 50


@register(Tags.security, deploy=True)
def production_is_no_sandbox(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Production plays no outside party and runs on keys of its own."""
    found: list[CheckMessage] = []
    if settings.SANDBOX:
        found.append(
            Error(
                "Outside parties are played by sandboxes.",
                hint="Start production with DJANGO_SETTINGS_MODULE=brokerage.settings.prod.",
                id="core.E010",
            )
        )
    if settings.KEYS.data == test_keys().data or settings.KEYS.lookup == test_keys().lookup:
        found.append(
            Error(
                "Personal data would be sealed with the keys of the test run.",
                hint="Make a key file of your own (docs/operations.md, “Keys”).",
                id="core.E011",
            )
        )
    if len(settings.SECRET_KEY) < LEAST_SECRET:
        found.append(
            Error(
                f"BROKERAGE_SECRET_KEY is shorter than {LEAST_SECRET} characters.",
                hint='python -c "import secrets; print(secrets.token_urlsafe(50))"',
                id="core.E012",
            )
        )
    return found


@register(Tags.security)
def key_file_is_private(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Nobody but this account may read the key file."""
    try:
        mode = settings.KEY_FILE.stat().st_mode
    except OSError:
        return []  # settings have refused a missing file already; tests have none
    if mode & (stat.S_IRWXG | stat.S_IRWXO):
        return [
            Error(
                "Other accounts may read the key file.",
                hint=f"chmod 600 {settings.KEY_FILE}",
                id="core.E013",
            )
        ]
    return []


@register(Tags.database, deploy=True)
def runtime_role_is_restricted(
    app_configs: Any, databases: Sequence[str] | None = None, **kwargs: Any
) -> list[CheckMessage]:
    """The web and worker processes cannot change the schema or the journal.

    Asked only with `check --deploy --database default`.
    """
    if "default" not in (databases or []):
        return []
    with connections["default"].cursor() as cursor:
        cursor.execute(
            "select rolsuper or rolcreaterole or rolcreatedb or rolbypassrls,"
            " has_schema_privilege(current_user, 'public', 'CREATE')"
            " from pg_roles where rolname = current_user"
        )
        powerful, creates = cursor.fetchone() or (True, True)
    if powerful or creates:
        return [
            Warning(
                "The database role may create tables or roles.",
                hint="Run as a role made by manage.py grant_runtime_role (docs/operations.md).",
                id="core.W014",
            )
        ]
    return []
