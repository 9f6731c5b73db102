"""Requests a second of portal pages, beside an empty Django view in the same run."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

from bench.load import drive
from bench.portal import running_portal
from brokerage.settings.env import BASE_DIR

SIGN_IN = "from brokerage.demo.logins import session_for_bench; print(session_for_bench())"
PAGES = {
    "empty_view": ("/healthz", False),
    "anonymous_home": ("/", False),
    "signed_in_home": ("/", True),
    "signed_in_page": ("/me/", True),
    "messages": ("/messages/", True),
}


def measure(*, seconds: float = 8.0) -> dict[str, Any]:
    """Drive each page for `seconds` with eight clients; returns figures by page."""
    figures: dict[str, Any] = {}
    with running_portal() as (address, environment):
        cookie = subprocess.run(
            [sys.executable, "manage.py", "shell", "-v0", "-c", SIGN_IN],
            cwd=BASE_DIR,
            env=environment,
            check=True,
            capture_output=True,
            text=True,
        ).stdout.strip()
        for name, (path, signed_in) in PAGES.items():
            headers = {"Host": "localhost", "Accept-Language": "zh-CN"}
            if signed_in:
                headers["Cookie"] = f"sessionid={cookie}"
            figures[name] = drive(address + path, headers=headers, seconds=seconds).as_dict()
    return figures
