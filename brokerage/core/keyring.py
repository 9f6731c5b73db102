"""The key ring: which keys seal personal data, find it, and sign sessions.

Needs no Django, because settings read it. The file is JSON:

    {"secret_key": "…", "current": "k2",
     "data": {"k1": "base64 of 32 bytes", "k2": "…"}, "lookup": "base64 of 32 bytes"}

`current` seals; every key in `data` opens (32 bytes: AES-256-GCM, 16 bytes: SM4-GCM). `lookup`
makes keyed hashes; those of `lookup_next` and of each of `lookup_before` are found as well, which
lets it change while the system runs (docs/key-rotation.md).
"""

from __future__ import annotations

import base64
import json
import os
import re
import secrets
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

KEY_BYTES = 32
SM4_KEY_BYTES = 16
KEY_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,31}")  # stands before the colon of a token


class BadKeyFile(Exception):
    """The key file is missing or malformed; the message says what to do, never a key."""

    says_nothing_personal = True  # so the log shows the message


@dataclass(frozen=True)
class KeyRing:
    """The keys of one deployment; its repr shows none of them."""

    secret_key: str = field(repr=False)
    current: str
    data: dict[str, bytes] = field(repr=False)
    lookup: bytes = field(repr=False)
    lookup_others: tuple[bytes, ...] = field(default=(), repr=False)

    def __post_init__(self) -> None:
        if self.current not in self.data:
            raise BadKeyFile(
                f"The key file names {self.current!r} as current but has no such key."
            )
        if any(not KEY_NAME.fullmatch(name) for name in self.data):
            raise BadKeyFile("A key's name has small letters, digits, _ and - only.")
        if any(len(key) not in (KEY_BYTES, SM4_KEY_BYTES) for key in self.data.values()):
            raise BadKeyFile("Every data key of the key file must have 32 bytes (SM4: 16).")
        if any(len(key) != KEY_BYTES for key in self.lookups):
            raise BadKeyFile("The look-up key of the key file must have 32 bytes.")
        if len({*self.data.values(), *self.lookups}) < len(self.data) + len(self.lookups):
            raise BadKeyFile("The key file holds one key twice; each needs its own.")

    @property
    def lookups(self) -> tuple[bytes, ...]:
        """Every look-up key whose hashes are found; the first one makes new ones."""
        return (self.lookup, *self.lookup_others)


def read_key_file(path: Path) -> KeyRing:
    """Read the key ring from `path`.

    Raises:
        BadKeyFile: when it is missing or malformed.
    """
    try:
        raw = json.loads(path.read_text())
        return KeyRing(
            secret_key=raw["secret_key"],
            current=raw["current"],
            data={name: base64.b64decode(key, validate=True) for name, key in raw["data"].items()},
            lookup=base64.b64decode(raw["lookup"], validate=True),
            lookup_others=tuple(
                base64.b64decode(key, validate=True)
                for key in [*_next_of(raw), *raw.get("lookup_before", [])]
            ),
        )
    except FileNotFoundError:
        raise BadKeyFile(
            f"The key file {path} is missing: `make run` makes one for trying out; "
            "in production set BROKERAGE_KEY_FILE (docs/operations.md)."
        ) from None
    except (OSError, ValueError, KeyError, AttributeError, TypeError) as error:
        raise BadKeyFile(f"The key file {path} cannot be read: {type(error).__name__}.") from None


def make_key_file(path: Path) -> None:
    """Make a key file with fresh keys at `path` (mode 0600) unless there is one."""
    if path.exists():
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    content = {
        "secret_key": secrets.token_urlsafe(50),
        "current": "k1",
        "data": {"k1": _fresh()},
        "lookup": _fresh(),
    }
    temporary = _write_beside(path, content)
    try:
        os.link(temporary, path)  # fails where another process was first: its keys win
    except FileExistsError:
        pass
    finally:
        temporary.unlink()


def add_key(path: Path, *, sm4: bool = False) -> str:
    """Add a fresh data key to the key file; nothing is sealed with it yet.

    Returns:
        Its name: k and the next free number.
    """
    content = json.loads(path.read_text())
    numbers = [int(name[1:]) for name in content["data"] if re.fullmatch(r"k\d+", name)]
    name = f"k{max(numbers, default=0) + 1}"
    content["data"][name] = _fresh(SM4_KEY_BYTES if sm4 else KEY_BYTES)
    _replace(path, content)
    return name


def use_key(path: Path, name: str) -> None:
    """Make `name` the key that seals; raises BadKeyFile where there is no such key."""
    content = json.loads(path.read_text())
    _replace(path, {**content, "current": name})


def add_lookup_key(path: Path) -> None:
    """Add a fresh look-up key: its hashes will be found, none is made with it yet.

    Raises:
        BadKeyFile: when one waits already.
    """
    content = json.loads(path.read_text())
    if _next_of(content):
        raise BadKeyFile("A look-up key waits to be used already: rotate_keys --use-lookup.")
    _replace(path, {**content, "lookup_next": _fresh()})


def use_lookup_key(path: Path) -> None:
    """Make hashes with the key that waits; those of the key before are found as ever.

    Raises:
        BadKeyFile: when none waits.
    """
    content = json.loads(path.read_text())
    if not _next_of(content):
        raise BadKeyFile("No look-up key waits to be used: rotate_keys --add-lookup.")
    before = [content["lookup"], *content.get("lookup_before", [])]
    fresh = content.pop("lookup_next")
    _replace(path, {**content, "lookup": fresh, "lookup_before": before})


def _next_of(content: dict[str, Any]) -> list[str]:
    return [content["lookup_next"]] if content.get("lookup_next") else []


def _replace(path: Path, content: dict[str, Any]) -> None:
    temporary = _write_beside(path, content)
    try:
        read_key_file(temporary)  # a file that would not be read is never put in place
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def _write_beside(path: Path, content: dict[str, Any]) -> Path:
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    with os.fdopen(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as out:
        json.dump(content, out, indent=1)
        out.flush()
        os.fsync(out.fileno())
    return temporary


def test_keys() -> KeyRing:
    """Fixed keys of the test run."""
    return KeyRing(
        secret_key="test-" + "0" * 50,
        current="t1",
        data={"t1": b"1" * KEY_BYTES},
        lookup=b"l" * KEY_BYTES,
    )


def _fresh(size: int = KEY_BYTES) -> str:
    return base64.b64encode(secrets.token_bytes(size)).decode()
