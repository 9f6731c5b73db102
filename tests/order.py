"""The order of tests: slow ones first; what comes last is short, and the workers end together.

This plugin is asked before pytest-django's, whose sort is stable: tests with real transactions
stay behind all others, which may then rely on what the set-up left.
"""

from __future__ import annotations

import pytest


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the slow ones first."""
    items.sort(key=lambda each: each.get_closest_marker("slow") is None)
