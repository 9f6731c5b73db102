"""A real browser. The fixtures are known everywhere through tests/conftest.py, and only there:
imported twice they would be two browsers, which the driver refuses in one process.

Every visit collects console messages, page errors, failed requests and policy violations, so that
a test only has to say `visit(url).problems == []`. axe's findings come with `visit(url).axe()`.
"""

from __future__ import annotations

import asyncio
import faulthandler
import tempfile
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from typing import Any

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import (
    Browser,
    BrowserContext,
    Locator,
    Page,
    Request,
    TimeoutError,
    sync_playwright,
)

from brokerage.launch.browser import provide_browser

# What no page needs. The first are the driver's own choice, which a second list would replace;
# the last cost two processes for each window: half of what it takes to open one.
TURNED_OFF = """
AvoidUnnecessaryBeforeUnloadCheckSync DestroyProfileOnBrowserClose HttpsUpgrades
HttpsFirstBalancedModeAutoEnable LensOverlay MediaRouter PaintHolding ThirdPartyStoragePartitioning
AvoidCorsURLLoaderRestartOnRedirect TcpPortRandomizationWin OptimizationHints
NetworkTimeServiceQuerying AimEnabled PreconnectToSearch
WebUIOmniboxPopup WebUIOmniboxAimPopup SpareRendererForSitePerProcess
"""
ARGUMENTS = [
    "--no-sandbox",  # tests may run as root
    f"--disable-features={','.join(TURNED_OFF.split())}",
    "--disable-dev-shm-usage",
    "--use-fake-device-for-media-stream",
    "--use-fake-ui-for-media-stream",
]

# axe would measure the colours of a message that is still fading in; what turns for ever stays.
STILL = """() => Promise.allSettled(
    document.getAnimations()
        .filter(one => Number.isFinite(one.effect.getComputedTiming().endTime))
        .map(one => one.finished)
).then(() => null)"""

# Only these are wanted: what passes fills tens of kilobytes for each page.
VIOLATIONS = "axe.run({resultTypes: ['violations']}).then(found => found.violations)"


@dataclass
class Visit:
    """One page in the browser, and what went wrong while it was open."""

    page: Page
    problems: list[str] = field(default_factory=list)
    brings_axe: bool = False

    def axe(self) -> list[str]:
        """What axe finds, one line each, with the element; of a message once it has faded in."""
        if not self.brings_axe:
            self.page.evaluate(AXE_SCRIPT)
        found = self.page.evaluate(f"({STILL})().then(() => {VIOLATIONS})")
        return [
            f"{rule['id']}: {node['html'][:160]} {node['failureSummary'][:160]}"
            for rule in found
            for node in rule["nodes"]
        ]

    def follow(self, target: Locator) -> None:
        """Press a link or button that leads to another page, and wait until that page is loaded.

        A click alone returns before the next page has come: what is read then may be the old one.
        """
        try:
            with self.page.expect_navigation(wait_until="load"):
                target.click()
        except TimeoutError as late:
            late.add_note(f"Still at {self.page.url}, while the threads do this:\n{_threads()}")
            raise

    def overflows(self) -> bool:
        """Whether the page is wider than the window."""
        script = "document.documentElement.scrollWidth > window.innerWidth"
        return bool(self.page.evaluate(script))


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium without a window; fails with a sentence where none can be had."""
    with sync_playwright() as driver:
        loop = asyncio._get_running_loop()
        running = driver.chromium.launch(executable_path=provide_browser(), args=ARGUMENTS)
        yield running
        asyncio._set_running_loop(loop)  # the last test may be one from which it was hidden
        running.close()


@contextmanager
def loop_hidden() -> Iterator[None]:
    """Hide the driver's event loop, which runs for good in this thread.

    Under it `asyncio.run` refuses and Django takes another connection than the one of the test.
    """
    loop = asyncio._get_running_loop()
    asyncio._set_running_loop(None)
    try:
        yield
    finally:
        if loop is not None:
            asyncio._set_running_loop(loop)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Function) -> Generator[None, object, object]:
    """Tests without a browser do not see its loop."""
    with nullcontext() if "browser" in item.fixturenames else loop_hidden():
        return (yield)


@pytest.fixture
def visit(browser: Browser) -> Iterator[Callable[..., Visit]]:
    """Open a page: `visit(url, width=390, cookies={"theme": "dark"}, scripts=True)`."""
    contexts: list[BrowserContext] = []

    def open_page(
        url: str, *, width: int = 390, cookies: dict[str, str] | None = None, scripts: bool = True
    ) -> Visit:
        context = browser.new_context(
            viewport={"width": width, "height": 844}, java_script_enabled=scripts, locale="zh-CN"
        )
        contexts.append(context)
        root = "/".join(url.split("/", 3)[:3])  # an address with a path would bind them to it
        jar: Any = [{"name": k, "value": v, "url": root} for k, v in (cookies or {}).items()]
        context.add_cookies(jar)
        visited = Visit(context.new_page())
        _listen(visited)
        visited.page.goto(url)
        return visited

    yield open_page
    for context in contexts:
        context.close()


def _listen(visited: Visit) -> None:
    page, problems = visited.page, visited.problems
    page.on("console", lambda said: problems.append(f"console: {said.text}"))
    page.on("pageerror", lambda error: problems.append(f"error: {error}"))
    page.on("requestfailed", lambda request: problems.extend(_failure(request)))


def _threads() -> str:
    """What each thread of this process does, the server's too."""
    with tempfile.TemporaryFile("w+") as file:
        faulthandler.dump_traceback(file=file, all_threads=True)
        file.seek(0)
        return file.read()


def _failure(request: Request) -> list[str]:
    """What a failed request says; one that the way to the next page cut off is no fault."""
    cut_off = request.failure == "net::ERR_ABORTED"
    return [] if cut_off else [f"failed: {request.url} {request.failure}"]
