"""The process environment, parsed strictly: a misspelt or malformed variable stops the start.

Importing this module starts nothing and needs no Django.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple
from urllib.parse import unquote, urlsplit

BASE_DIR = Path(__file__).resolve().parents[2]

COUNTERPARTIES = {
    "IDENTITY": "the police identity check",
    "FACE": "the face comparison",
    "PHONE": "the mobile operators' check",
    "ENTERPRISES": "the registry of enterprises",
    "DEPOSITORY": "the securities depository",
    "BANK": "the custody banks",
    "COUNTER": "the trading counter",
    "CA": "the certificate authority",
    "PAYMENT": "the keeper of cash accounts",
    "REGISTRAR": "the registrar of funds",
}
"""Who is asked at an address of BROKERAGE_<name>_URL with BROKERAGE_<name>_TOKEN."""

KNOWN = {
    "DATABASE_URL": "postgres://… of the database; without it the embedded server is used",
    "PORT": "port of the web server, default 8000",
    "VAR_DIR": "folder of everything that the system writes, default var/",
    "PG_BINDIR": "folder of PostgreSQL's programs, for another version than the shipped one",
    "BROWSER_PATH": "Chromium for the browser tests",
    "BROKERAGE_SECRET_KEY": "Django's secret key (production)",
    "BROKERAGE_KEY_FILE": "JSON file with the key ring, default VAR_DIR/keys.json",
    "BROKERAGE_ALLOWED_HOSTS": "host names, comma-separated (production)",
    "BROKERAGE_PROXIES": "how many trusted proxies stand in front, default 0",
    "BROKERAGE_WEB_WORKERS": "web processes, default 2",
    "BROKERAGE_WEB_THREADS": "threads of each web process, default 4",
    "BROKERAGE_LOG_LEVEL": "DEBUG, INFO, WARNING or ERROR, default INFO",
    "BROKERAGE_METRICS_TOKEN": "bearer token for /metrics; without it only this machine may read",
    "BROKERAGE_ANCHOR_DIR": "folder outside the database for the journal's daily seals",
    "BROKERAGE_SCANNER": "host:port of a clamd that scans uploaded files (production)",
    "BROKERAGE_SMS_URL": "address of the SMS gateway (production)",
    "BROKERAGE_SMS_TOKEN": "its token (production)",
    **{
        f"BROKERAGE_{name}_{part}": f"{what} of {who} (production)"
        for name, who in COUNTERPARTIES.items()
        for part, what in (("URL", "address"), ("TOKEN", "token"))
    },
    "BROKERAGE_LOCAL_WEBHOOKS": "1: webhooks may go to receivers on this machine (sandbox)",
    "BROKERAGE_MAIL_URL": "smtp(s)://user:password@host:port/sender@domain (production)",
}


class BadEnvironment(Exception):
    """A variable is unknown or malformed; the message says which, and what to do."""

    says_nothing_personal = True  # so the log shows the message


def check_known(environ: Mapping[str, str]) -> None:
    """Refuse variables with our prefix that nothing reads.

    Raises:
        BadEnvironment: naming the variable and the nearest known names.
    """
    for name in environ:
        if name.startswith("BROKERAGE_") and name not in KNOWN:
            ours = ", ".join(known for known in KNOWN if known.startswith("BROKERAGE_"))
            raise BadEnvironment(f"{name} is no setting of this system; known are {ours}.")


def text(name: str, default: str = "") -> str:
    """A variable of KNOWN as text, stripped; `default` where it is unset or empty."""
    assert name in KNOWN, name
    return os.environ.get(name, "").strip() or default


def number(name: str, default: int, *, least: int = 0, most: int = 10_000) -> int:
    """A variable of KNOWN as a whole number in [least, most].

    Raises:
        BadEnvironment: when it is no such number.
    """
    raw = text(name, str(default))
    if not raw.isascii() or not raw.isdigit() or not least <= int(raw) <= most:
        raise BadEnvironment(f"{name}={raw!r} must be a whole number from {least} to {most}.")
    return int(raw)


def address(name: str) -> str:
    """A variable of KNOWN as host:port, empty where it is unset.

    Raises:
        BadEnvironment: when it is no such address.
    """
    raw = text(name)
    host, _, port = raw.rpartition(":")
    if raw and not (host and port.isascii() and port.isdigit() and 0 < int(port) < 65536):
        raise BadEnvironment(f"{name}={raw!r} must be host:port.")
    return raw


def names(name: str) -> list[str]:
    """A variable of KNOWN as a list split at commas, without empty parts."""
    return [part.strip() for part in text(name).split(",") if part.strip()]


def var_dir() -> Path:
    """The folder of everything that the system writes (VAR_DIR, default var/ in the project)."""
    return Path(text("VAR_DIR", str(BASE_DIR / "var"))).resolve()


def key_file() -> Path:
    """The JSON file with the key ring (see brokerage.core.keyring)."""
    return Path(text("BROKERAGE_KEY_FILE", str(var_dir() / "keys.json"))).resolve()


class MailServer(NamedTuple):
    """Where mail leaves; `tls` from the first byte (smtps), else `starttls`."""

    host: str
    port: int
    user: str
    password: str
    tls: bool
    starttls: bool
    sender: str


def mail_server(name: str) -> MailServer:
    """A variable of KNOWN as `smtp(s)://user:password@host:port/sender@domain`.

    Raises:
        BadEnvironment: when it is no such address; the message does not show it.
    """
    parts = urlsplit(text(name))
    try:
        port = parts.port
    except ValueError:
        port = -1
    sender = unquote(parts.path.strip("/"))
    if (
        parts.scheme not in ("smtp", "smtps")
        or not parts.hostname
        or port == -1
        or "@" not in sender
    ):
        raise BadEnvironment(f"{name} must read smtp(s)://user:password@host:port/sender@domain.")
    tls = parts.scheme == "smtps"
    return MailServer(
        host=parts.hostname,
        port=port or (465 if tls else 587),
        user=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
        tls=tls,
        starttls=not tls,
        sender=sender,
    )


def anchor_dir() -> Path:
    """The folder of the journal's anchors (BROKERAGE_ANCHOR_DIR, default VAR_DIR/anchors)."""
    return Path(text("BROKERAGE_ANCHOR_DIR", str(var_dir() / "anchors"))).resolve()
