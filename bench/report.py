"""The results as one table in docs/performance.md, between two marks, with what they hold for."""

from __future__ import annotations

import os
import platform
import re
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from brokerage.settings.env import BASE_DIR

PAGE = BASE_DIR / "docs" / "performance.md"
BEGIN, END = "<!-- measured: begin -->", "<!-- measured: end -->"
# part, row and figure to what is asked of it (issue texts); other figures have no aim
AIMS = {
    ("whole_journeys", "headline", "journeys_per_hour"): "≥ 28,800, aim 50,400",
    ("whole_journeys", "headline", "step_p95_ms"): "≤ 150",
    ("whole_journeys", "headline", "postgres_cpu_ratio"): "≤ 2",
    ("journeys_grown", "a hundred times as many", "cost_ratio"): "≤ 1.3",
    ("record_day", "1 worker", "hours_for_100000"): "≤ 14 without OCR, aim 8",
    ("pages", "messages (5 queries)", "per_second"): "≥ 80, aim 150",
    ("pages", "home of a visitor", "per_second"): "≥ 250",
    ("own_pages", "own_home", "queries"): "≤ 8",
    ("own_pages", "own_home", "ms_p50"): "≤ 25",
    ("own_pages", "own_shelf", "queries"): "≤ 8",
    ("own_pages", "own_shelf", "ms_p50"): "≤ 80",
    ("own_pages", "open_shelf", "per_second"): "≥ 250",
    ("campaigns", "preview of everybody", "seconds"): "≤ 10",
    ("journal", "8 writers", "entries_per_second"): "≥ 2,000",
    ("journal", "verification", "rows_per_second"): "≥ 20,000",
    ("partner_api", "create a link with idempotency", "per_second"): "≥ 85",
    ("partner_api", "create a lead with idempotency", "per_second"): "≥ 85",
    ("partner_api", "list of 50, first page", "per_second"): "≥ 110",
    ("partner_api", "list of 50, last page", "per_second"): "≥ 110",
    ("holdings", "import of positions", "seconds"): "≤ 120",
    ("holdings", "import of trades", "seconds"): "≤ 120",
    ("holdings", "averages", "seconds"): "≤ 60",
    ("holdings", "asset page", "ms_median"): "≤ 30",
    ("holdings", "asset page", "queries"): "≤ 6",
    ("journal", "8 writers", "sealed_after_seconds"): "keeps up",
    ("content", "night", "seconds"): "≤ 600 at 1,000,000",
}
for row in ("own_list", "own_list_by_time"):
    AIMS |= {("content", row, "ms_p50"): "≤ 40", ("content", row, "queries"): "≤ 6"}
for row in ("common_word", "one_of_ten", "one_of_a_thousand", "one_item"):
    AIMS["content", f"search_{row}", "ms_p50"] = "≤ 100"


def surroundings() -> dict[str, Any]:
    """What the figures hold for: machine, code, and what else ran."""
    return {
        "machine": f"{_processor()}, {os.cpu_count()} cores, {_memory()}",
        "system": f"{platform.system()} {platform.release()}, Python {platform.python_version()}",
        "commit": _git("rev-parse", "--short", "HEAD") + (" + changes" if _changed() else ""),
        "load_before": round(os.getloadavg()[0], 2) if hasattr(os, "getloadavg") else None,
    }


def write(results: Mapping[str, Any], page: Path = PAGE) -> None:
    """Replace what stands between the marks; blocks of parts that are not in `results` stay.

    Raises:
        ValueError: when the page has no marks.
    """
    before, mark, rest = page.read_text(encoding="utf-8").partition(BEGIN)
    old, end, after = rest.partition(END)
    if not (mark and end):
        raise ValueError(f"{page.name} lacks its marks {BEGIN} and {END}.")
    body = "\n".join([BEGIN, *_kept(old, results), *_lines(results), END])
    page.write_text(before + body + after, encoding="utf-8")


def _kept(old: str, results: Mapping[str, Any]) -> Iterator[str]:
    """The blocks of the page whose parts were not measured now and are in no file of results."""
    for block in re.split(r"\n(?=\*\*\w+\*\*, )", old)[1:]:
        if block[2:].partition("**")[0] not in results:
            yield "\n" + block.rstrip()


def _lines(results: Mapping[str, Any]) -> Iterator[str]:
    for part, measured in results.items():
        if not isinstance(measured, Mapping) or "rows" not in measured:
            continue
        around = measured["around"]
        yield ""
        yield f"**{part}**, {measured['measured_at']}, commit {around['commit']}"
        yield f"on {around['machine']}; {around['system']}; "
        command = f"python -m bench {part.removeprefix('whole_')}"
        yield f"load of the machine before: {around['load_before']} (`{command}`)"
        yield ""
        yield "| what | figure | value | asked |"
        yield "|---|---|---|---|"
        for row, figures in measured["rows"].items():
            for name, value in figures.items():
                if isinstance(value, Mapping):  # has rows of its own
                    continue
                aim = AIMS.get((part, row, name), "")
                yield f"| {row} | {name.replace('_', ' ')} | {_shown(value)} | {aim} |"
    yield ""


def _shown(value: Any) -> str:
    return f"{value:,}" if isinstance(value, int | float) else str(value)


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
        return next(line.split(":", 1)[1].strip() for line in lines if "model name" in line)
    except (OSError, StopIteration):
        return platform.processor() or platform.machine()


def _memory() -> str:
    try:
        pages = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (ValueError, OSError):
        return "memory unknown"
    return f"{pages / 2**30:.0f} GiB"


def _changed() -> bool:
    return bool(_git("status", "--porcelain", "--untracked-files=no"))


def _git(*arguments: str) -> str:
    try:
        done = subprocess.run(
            ["git", *arguments], cwd=BASE_DIR, capture_output=True, text=True, check=True
        )
    except (OSError, subprocess.CalledProcessError):
        return "unknown"
    return done.stdout.strip()
