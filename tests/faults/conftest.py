"""One portal of its own for all fault tests of a run."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.faults.portal import Portal


@pytest.fixture(scope="session")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Portal]:
    """A portal with web, events and jobs; made once (about 15 seconds)."""
    made = Portal(tmp_path_factory.mktemp("portal"))
    try:
        made.seed()
        made.start("web", "events", "jobs")
        yield made
    finally:
        made.stop()


@pytest.fixture
def portal(running: Portal) -> Portal:
    """The portal, with whatever the last test killed started again."""
    running.revive()
    return running
