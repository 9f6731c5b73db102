"""`make bench`: measure, print, write bench/results/latest.json and docs/performance.md.

`python -m bench pages` or `python -m bench journal` measures one part and leaves the others'
figures as they were. `python -m bench journeys --seconds 30` takes options (bench/journeys.py).
"""

from __future__ import annotations

import importlib
import json
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bench import report

PARTS = (
    "journeys",
    "journeys_grown",
    "record_day",
    "journal",
    "pages",
    "own_pages",
    "paint",
    "lists",
    "rows",
    "suitability",
    "matching",
    "campaigns",
    "holdings",
    "partner_api",
    "content",
)
KEPT_AS = {"journeys": "whole_journeys"}  # "journeys" is how many, as others read it
TARGET = Path(__file__).parent / "results" / "latest.json"


def main() -> None:
    given = sys.argv[1:]
    begin = next((place for place, word in enumerate(given) if word.startswith("-")), len(given))
    names, options = given[:begin], given[begin:]
    chosen = names or list(PARTS)
    if unknown := set(chosen) - set(PARTS):
        sys.exit(f"No part {', '.join(sorted(unknown))}: choose of {', '.join(PARTS)}.")
    results = _before() if names else {}
    for part in chosen:
        around = report.surroundings()
        measure = importlib.import_module(f"bench.{part}").measure
        rows = measure(options) if part == "journeys" else measure()
        results[KEPT_AS.get(part, part)] = {
            "measured_at": datetime.now(UTC).isoformat(timespec="seconds"),
            "around": around,
            "rows": rows,
        }
        print(f"\n{part} (load before: {around['load_before']})")
        for name, figures in rows.items():
            shown = {key: value for key, value in figures.items() if key != "steps"}
            print(f"  {name:24} {shown}")
    whole = results.get(KEPT_AS["journeys"])
    results |= whole["rows"]["headline"] if whole else {}
    TARGET.parent.mkdir(exist_ok=True)
    TARGET.write_text(json.dumps(results, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    report.write(results)


def _before() -> dict[str, Any]:
    try:
        found: dict[str, Any] = json.loads(TARGET.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    kept = {KEPT_AS.get(part, part) for part in PARTS}
    return {part: rows for part, rows in found.items() if part in kept}


if __name__ == "__main__":
    main()
