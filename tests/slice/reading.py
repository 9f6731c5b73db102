"""A customer reads the agreements in a browser."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

from django.db.models import F
from playwright.sync_api import Page, expect

from accounts.models import PackDocument

TEXTS = 7


def read_all(page: Page, have_read: str, look: Callable[[], object] = lambda: None) -> None:
    """Read each text for a minute, and come to the page with the signature.

    Args:
        have_read: what the button says.
        look: called at the first text and at the second, which comes in the answer to the first.
    """
    for number in range(1, TEXTS + 1):
        # the page's address may change before what it shows: the text itself says its number
        expect(page.locator("main .faint").first).to_contain_text(re.compile(rf"^\D*{number}\D"))
        if number <= 2:
            look()
        PackDocument.objects.update(opened_at=F("opened_at") - timedelta(minutes=1))
        page.get_by_role("button", name=have_read, exact=True).click()
    page.wait_for_url("**/agreements/")
