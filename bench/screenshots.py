"""`make screenshots`: the main pages as pictures in docs/screenshots, from a fresh demonstration.

It signs in as a person would, with the codes that the sandbox shows.
"""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path

import django
from playwright.sync_api import Browser, Page, sync_playwright

from bench.portal import running_portal
from brokerage.launch.browser import provide_browser
from brokerage.settings.env import BASE_DIR

TARGET = BASE_DIR / "docs" / "screenshots"
PHONE, DESK = (390, 844), (1280, 900)
Look = tuple[str, str, tuple[int, int]]  # language, appearance, window
CHINESE_PHONE: Look = ("zh-hans", "light", PHONE)


def main() -> None:
    """Make every picture."""
    TARGET.mkdir(parents=True, exist_ok=True)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "brokerage.settings.test")
    django.setup()  # only for the names of the demonstration's log-ins
    with running_portal() as (address, _environment), sync_playwright() as driver:
        browser = driver.chromium.launch(
            executable_path=provide_browser(), args=["--no-sandbox", "--disable-dev-shm-usage"]
        )
        _visitor(browser, address)
        _customer(browser, address)
        _desk(browser, address, "branch_manager", "09-manager-home", "/admin/")
        _desk(browser, address, "operations", "08-import", "/admin/backoffice/importrun/", row=1)
        browser.close()


def _visitor(browser: Browser, address: str) -> None:
    for name, path, look in (
        ("01-home", "/", ("zh-hans", "light", DESK)),
        ("02-home-phone-english-dark", "/", ("en", "dark", PHONE)),
        ("03-outlets", "/branches/", CHINESE_PHONE),
        ("11-outlets-wide", "/branches/", ("zh-hans", "light", DESK)),
        ("10-style-guide", "/style-guide/", ("en", "light", DESK)),
    ):
        page = _page(browser, address, look)
        page.goto(address + path)
        _save(page, name, whole=name == "01-home")


def _customer(browser: Browser, address: str) -> None:
    from brokerage.demo.logins import CUSTOMER_PHONE

    page = _page(browser, address, CHINESE_PHONE)
    page.goto(f"{address}/login/")
    page.locator("input[name=phone]").fill(CUSTOMER_PHONE)
    _submit(page)
    page.locator("input[name=code]").fill(_sandbox_code(browser, address))
    _submit(page)
    for name, path in (
        ("04-customer-home", "/"),
        ("05-application", "/open/"),
        ("06-my-visits", "/visits/"),
        ("07-my-data", "/me/"),
    ):
        page.goto(address + path)
        _save(page, name)


def _desk(
    browser: Browser, address: str, role: str, name: str, path: str, *, row: int | None = None
) -> None:
    """A page of the back office as `role` sees it; with `row`, the page of that row of a list."""
    from brokerage.demo.logins import PASSWORD, printed_staff

    page = _page(browser, address, ("zh-hans", "light", DESK))
    email = next(one["email"] for one in printed_staff() if one["role"] == role)
    page.goto(f"{address}/staff/login/")
    page.locator("input[name=login]").fill(email)
    page.locator("input[name=password]").fill(PASSWORD)
    _submit(page)
    page.locator("input[name=code]").fill(_second_factor(browser, address, email))
    _submit(page)
    page.goto(f"{address}{path}")
    if row is not None:
        page.locator("tbody th a").nth(row).click()
    _save(page, name)


def _page(browser: Browser, address: str, look: Look) -> Page:
    language, theme, (width, height) = look
    context = browser.new_context(viewport={"width": width, "height": height})
    context.add_cookies(
        [
            {"name": "language", "value": language, "url": address},
            {"name": "theme", "value": theme, "url": address},
        ]
    )
    return context.new_page()


def _submit(page: Page) -> None:
    page.locator("main form button:not([type=button])").first.click()


def _sandbox_code(browser: Browser, address: str) -> str:
    return _read(browser, f"{address}/sandbox/outbox/", r"\b(\d{6})\b")


def _second_factor(browser: Browser, address: str, email: str) -> str:
    return _read(browser, f"{address}/sandbox/second-factor/", re.escape(email) + r"\s+(\d{6})")


def _read(browser: Browser, address: str, pattern: str) -> str:
    page = browser.new_page()
    page.goto(address)
    text = page.locator("main").inner_text()
    page.close()
    found = re.search(pattern, text)
    if found is None:
        raise RuntimeError(f"{address} shows no code.")
    return found[1]


def _save(page: Page, name: str, *, whole: bool = False) -> None:
    path = Path(TARGET / f"{name}.png")
    page.screenshot(path=path, full_page=whole)
    sys.stdout.write(f"· {path.relative_to(BASE_DIR)}\n")


if __name__ == "__main__":
    main()
