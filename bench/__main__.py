"""`make bench`: measure, print a table, write bench/results/latest.json.

`python -m bench pages` or `python -m bench journal` measures one part.
"""

from __future__ import annotations

import importlib
import json
import os
import platform
import sys
from datetime import UTC, datetime
from pathlib import Path

PARTS = ("journal", "pages", "suitability")


def main() -> None:
    chosen = sys.argv[1:] or list(PARTS)
    results: dict[str, object] = {
        "measured_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "python": platform.python_version(),
        "cores": os.cpu_count(),
    }
    for part in chosen:
        results[part] = importlib.import_module(f"bench.{part}").measure()
    target = Path(__file__).parent / "results" / "latest.json"
    target.parent.mkdir(exist_ok=True)
    before = json.loads(target.read_text()) if target.exists() and sys.argv[1:] else {}
    target.write_text(json.dumps({**before, **results}, indent=1) + "\n")
    for part in chosen:
        print(f"\n{part}")
        for name, figures in results[part].items():  # type: ignore[attr-defined]
            print(f"  {name:24} {figures}")


if __name__ == "__main__":
    main()
