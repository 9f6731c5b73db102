"""Each migration of ours can be taken back and applied again; migrating blocks nobody long."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import connection

from brokerage.core.migrating import Executor
from brokerage.settings.env import BASE_DIR
from tests import database

pytestmark = [pytest.mark.slow]
SCRATCH = "scratch_migrations"


@pytest.fixture
def scratch(django_db_blocker) -> Iterator[None]:
    """A migrated database without rows in place of the test database."""
    usual = connection.settings_dict["NAME"]

    def use(name: str, *statements: str) -> None:
        connection.close()
        connection.settings_dict["NAME"] = name
        with connection.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)

    name = f"{SCRATCH}_{usual[-8:]}".lower()
    with django_db_blocker.unblock():
        migrated = database.template()
        use(
            "postgres",
            f"drop database if exists {name} (force)",
            f"create database {name} template {migrated}",
        )
        use(name)
        try:
            yield
        finally:
            use("postgres", f"drop database {name} (force)")
            connection.close()
            connection.settings_dict["NAME"] = usual


def ours() -> set[str]:
    """Labels of our apps that have migrations."""
    found = set()
    for config in apps.get_app_configs():
        folder = BASE_DIR / config.name.replace(".", "/") / "migrations"
        if folder.is_dir():
            found.add(config.label)
    return found


def tables() -> set[str]:
    return set(connection.introspection.table_names())


def test_every_migration_can_be_reversed_and_applied_again(scratch: None) -> None:
    before = tables()
    labels = ours()
    assert {"journal", "accounts", "partners"} <= labels
    executor = Executor(connection)
    executor.migrate([(label, None) for label in sorted(labels)])
    left = {table for table in tables() if table.split("_")[0] in labels}
    assert left == set()
    call_command("migrate", interactive=False, verbosity=0)
    assert tables() == before


def test_migrate_gives_up_rather_than_block(scratch: None) -> None:
    call_command("migrate", plan=True, verbosity=0)
    with connection.cursor() as cursor:
        cursor.execute("show lock_timeout")
        assert cursor.fetchone() == ("5s",)
        cursor.execute("show statement_timeout")
        assert cursor.fetchone() == ("0",)
