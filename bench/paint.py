"""The first page on a throttled phone: largest contentful paint, bytes, requests.

The profile is the "slow 4G" that page audits use: 150 ms round trip, 1.6 Mbit/s down, a processor
four times slower, 390 × 844 at three pixels a point. The cache is empty at the first visit.
"""

from __future__ import annotations

from statistics import median
from typing import Any

from playwright.sync_api import Browser, Playwright, sync_playwright

from bench.portal import running_portal
from brokerage.launch.browser import provide_browser

NETWORK = {
    "offline": False,
    "latency": 150,
    "downloadThroughput": 1_600_000 / 8,
    "uploadThroughput": 750_000 / 8,
}
SLOWER = 4
RUNS = 3
PAGES = {"visitor_home": "/", "sign_in": "/login/", "open_an_account": "/open/"}
WATCH = """() => {
  new PerformanceObserver(list => {
    for (const entry of list.getEntries()) window.largestPaint = entry.startTime;
  }).observe({type: 'largest-contentful-paint', buffered: true});
}"""


def measure() -> dict[str, Any]:
    """Figures by page: medians of three visits with an empty cache each.

    A visit before them starts the browser's own processes and is not counted. The last row is the
    home as the very first page of a browser that has just been started.
    """
    with running_portal() as (address, _environment), sync_playwright() as driver:
        browser = _start(driver)
        visit(browser, address + "/risk-notice/")
        found = {name: _median(browser, address + path) for name, path in PAGES.items()}
        browser.close()
        found["visitor_home, browser just started"] = _cold(driver, address + "/")
    return found


def _start(driver: Playwright) -> Browser:
    arguments = ["--no-sandbox", "--disable-dev-shm-usage"]
    return driver.chromium.launch(executable_path=provide_browser(), args=arguments)


def _cold(driver: Playwright, url: str) -> dict[str, Any]:
    visits = []
    for _run in range(RUNS):
        browser = _start(driver)
        visits.append(visit(browser, url))
        browser.close()
    return _medians(visits)


def _median(browser: Browser, url: str) -> dict[str, Any]:
    return _medians([visit(browser, url) for _run in range(RUNS)])


def _medians(visits: list[dict[str, float]]) -> dict[str, Any]:
    return {name: median(one[name] for one in visits) for name in visits[0]}


def visit(browser: Browser, url: str) -> dict[str, float]:
    """One visit: `lcp_ms`, `bytes` on the wire with headers, `requests`."""
    context = browser.new_context(
        viewport={"width": 390, "height": 844},
        device_scale_factor=3,
        is_mobile=True,
        has_touch=True,
        locale="zh-CN",
    )
    page = context.new_page()
    devtools = context.new_cdp_session(page)
    devtools.send("Network.enable")
    devtools.send("Network.emulateNetworkConditions", NETWORK)
    devtools.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    sizes: list[float] = []
    devtools.on("Network.loadingFinished", lambda said: sizes.append(said["encodedDataLength"]))
    page.add_init_script(f"({WATCH})()")
    page.goto(url, wait_until="networkidle")
    page.wait_for_function("window.largestPaint > 0")  # told after the paint, on a slow one late
    painted = page.evaluate("window.largestPaint")
    context.close()
    return {"lcp_ms": round(painted), "bytes": sum(sizes), "requests": len(sizes)}
