"""Each icon that code or a template names is in the set; a missing one would leave a hole."""

from __future__ import annotations

import re

from brokerage.settings.env import BASE_DIR

NAMED = re.compile(r"""(?:\bicon\s*=\s*|{% icon )"([a-z-]+)\"""")
NO_SYMBOL = {"dot"}  # drawn by the style sheet


def test_every_icon_that_is_named_is_in_the_set():
    drawn = set(
        re.findall(r'id="i-([a-z-]+)"', (BASE_DIR / "static/portal/icons.svg").read_text())
    )
    apps = (path.parent for path in BASE_DIR.glob("*/apps.py"))
    files = [path for app in {*apps, BASE_DIR / "brokerage"} for path in app.rglob("*.py")]
    files += (BASE_DIR / "templates").rglob("*.html")
    named = {icon: path for path in files for icon in NAMED.findall(path.read_text())}

    assert len(named) > 30
    assert {icon: path for icon, path in named.items() if icon not in drawn | NO_SYMBOL} == {}
