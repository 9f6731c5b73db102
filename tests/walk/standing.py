"""The demonstration in a database of its own: built once in a run, copied for whoever walks."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import override_settings
from django.utils import translation

from brokerage.core import clock
from tests import database
from tests.conftest import MONDAY
from tests.kept import living_at
from tests.walk import demonstration


@dataclass(frozen=True)
class Demonstration:
    """What stands after the build.

    Attributes:
        name: of a database that nobody connects to.
        folder: with its files.
        said: what the build said.
        at: when it ended.
    """

    name: str
    folder: Path
    said: list[str]
    at: datetime

    @contextmanager
    def copied(self) -> Iterator[None]:
        """The whole process lives on that Monday, with a copy as its database."""
        mine = f"{self.name}_{os.getpid()}"
        database.copied(self.name, to=mine)
        try:
            with (
                database.used(mine),
                living_at(self.at),
                override_settings(VAR_DIR=self.folder),
            ):
                database.wait_for_no_disk()
                yield
        finally:
            with connection._nodb_cursor() as server:
                server.execute(f'DROP DATABASE "{mine}" (FORCE)')


def built(run: str, temporary: pytest.TempPathFactory) -> Demonstration:
    """The demonstration of a test run; the first of its processes builds it, which costs a minute.

    Args:
        run: names the run, alike in all its processes.
        temporary: gives the run's folder, of which xdist's workers have one part each.
    """
    base = temporary.getbasetemp()
    folder = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "demonstration"
    report = folder / "report.json"

    def make(name: str) -> None:
        folder.mkdir(exist_ok=True)
        with (
            database.used(name),
            living_at(MONDAY),
            override_settings(VAR_DIR=folder),
            translation.override("en"),
        ):
            database.wait_for_no_disk()
            call_command("createcachetable", verbosity=0)
            call_command("load_reference", verbosity=0)
            told = {"said": demonstration.build(MONDAY), "at": clock.now().isoformat()}
            report.write_text(json.dumps(told))

    name = database.made_once("tests_demonstration_", run[:16], make, template=database.template())
    told = json.loads(report.read_text())
    return Demonstration(name, folder, told["said"], datetime.fromisoformat(told["at"]))
