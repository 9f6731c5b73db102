"""Finds a Chromium for the browser tests, or installs Debian's; prints its path.

`python -m brokerage.launch.browser`; ends with one clear sentence where none can be had.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from brokerage.launch.errors import LaunchError

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def find_browser() -> str | None:
    """The path in BROWSER_PATH, else a Chromium on PATH, else None.

    Raises:
        LaunchError: when BROWSER_PATH names no program.
    """
    if given := os.environ.get("BROWSER_PATH"):
        if not os.access(given, os.X_OK) or Path(given).is_dir():
            raise LaunchError(f"BROWSER_PATH={given} is no program that can be started.")
        return given
    return next((path for name in NAMES if (path := shutil.which(name))), None)


def provide_browser() -> str:
    """The path of a Chromium; installs Debian's package where this account may.

    Raises:
        LaunchError: when none can be had.
    """
    if found := find_browser():
        return found
    if os.geteuid() == 0 and shutil.which("apt-get"):
        sys.stderr.write("· Installing Chromium for the browser tests\n")
        quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        for words in (["update", "-qq"], ["install", "-y", "-qq", "chromium", "fonts-noto-cjk"]):
            subprocess.run(["apt-get", *words], env=quiet, check=False, stdout=subprocess.DEVNULL)
        if found := find_browser():
            return found
    raise LaunchError(
        "The browser tests need Chromium: install it, or set BROWSER_PATH to one "
        "(on Debian as root: apt-get install chromium)."
    )


if __name__ == "__main__":
    try:
        sys.stdout.write(provide_browser() + "\n")
    except LaunchError as error:
        sys.exit(str(error))
