"""Shared by all tests: the database server, reference data, and one time to rely on."""

from __future__ import annotations

import gc
import os
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from django.utils import translation
from django.utils.translation import trans_real
from hypothesis import settings as hypothesis_settings

from tests import database
from tests.kept import living_at

pytest_plugins = ["tests.browser", "tests.order"]
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")  # the browser driver runs a loop

# Speed is measured in bench/: a busy machine must not fail a property.
hypothesis_settings.register_profile("untimed", deadline=None)
hypothesis_settings.load_profile("untimed")

MONDAY = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)  # 10:00 in Shanghai, a trading day


def pytest_configure(config: pytest.Config) -> None:
    """Start the embedded database before Django connects (unless DATABASE_URL is set)."""
    if hasattr(config, "workerinput"):  # pytest-xdist's workers find it running
        return
    from brokerage.core.catalogues import compile_catalogues
    from brokerage.launch.prepare import prepare

    compile_catalogues()  # they are not in the repository
    trans_real._translations.clear()  # type: ignore[attr-defined]  # Django read what was there before
    prepare(command="test")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Refuse to run where groups are silently scattered over the workers."""
    if not (hasattr(config, "workerinput") and config.getvalue("loadgroup")):
        return
    scattered = [each for each in items if each.get_closest_marker("xdist_group")]
    if any("@" not in each.nodeid.rpartition("]")[2] for each in scattered):
        raise pytest.UsageError("pytest-xdist does not group tests with this version of pytest.")


def pytest_collection_finish() -> None:
    """What stands now stays to the end: the collector need not look at it again and again."""
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    django_db_modify_db_settings_parallel_suffix: None, django_db_blocker: Any
) -> None:
    """Test databases are copies of one that is migrated once."""
    with django_db_blocker.unblock():
        database.use_template()


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> None:
    """Load what `make run` loads, once, and keep it for the tests with real transactions."""
    from django.core.management import call_command

    with django_db_blocker.unblock():
        database.wait_for_no_disk()
        call_command("load_reference", verbosity=0)
        database.keep_what_the_setup_left()


@pytest.fixture
def at() -> datetime:
    """Monday 2 March 2026, 10:00 in Shanghai."""
    return MONDAY


@pytest.fixture
def on_monday() -> Iterator[None]:
    """The whole process lives on that Monday."""
    with living_at(MONDAY):
        yield


@pytest.fixture(autouse=True)
def no_page_of_another_test() -> None:
    """Pages for everybody are kept in the process for a minute."""
    from brokerage.core import everybody

    everybody.forget()


@pytest.fixture(autouse=True)
def no_language_of_another_test() -> None:
    """A request, or a command, leaves its language in the thread; a test that cares names it."""
    translation.activate("en")
