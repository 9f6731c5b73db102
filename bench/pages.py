"""Requests a second of portal pages, beside an empty Django view in the same run."""

from __future__ import annotations

from typing import Any

from bench.load import drive
from bench.portal import running_portal
from bench.session import customer_cookies

# the number of queries of a page is pinned in tests/baselines/queries.json
PAGES = {
    "empty view": ("/healthz", False),
    "home of a visitor": ("/", False),
    "home of a customer": ("/", True),
    "my data (4 queries)": ("/me/", True),
    "messages (5 queries)": ("/messages/", True),
}


def measure(*, seconds: float = 8.0) -> dict[str, Any]:
    """Drive each page for `seconds` with eight clients; returns figures by page."""
    figures: dict[str, Any] = {}
    with running_portal() as (address, _environment):
        cookies = customer_cookies(address)
        for name, (path, signed_in) in PAGES.items():
            headers = {"Accept-Language": "zh-CN"}
            if signed_in:
                headers["Cookie"] = cookies
            figures[name] = drive(address + path, headers=headers, seconds=seconds).as_dict()
    return figures
