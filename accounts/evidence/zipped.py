"""How evidence is written as one archive that checks itself, whatever it is evidence of."""

from __future__ import annotations

import hashlib
import json
import shutil
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

from cryptography.hazmat.primitives import serialization

from accounts.evidence import inspector
from accounts.evidence.chain import excerpt
from accounts.signing.authority import authority
from brokerage.files import api as files

SUFFIXES = {
    "video/webm": ".webm",
    "video/mp4": ".mp4",
    "image/jpeg": ".jpg",
    "image/png": ".png",
    "image/heic": ".heic",
    "image/webp": ".webp",
}


@dataclass(frozen=True, kw_only=True)
class Contents:
    """What goes into an archive.

    Attributes:
        readme: what each file of it is; `{ref}` stands for the reference.
        facts: of evidence.json.
        subject, ref: whose entries of the journal go with it.
        copies: refs of stored files by their name in the archive; each gets its suffix.
    """

    readme: str
    facts: dict[str, Any]
    subject: str
    ref: UUID
    copies: Mapping[str, UUID]


def write_zip(path: Path, contents: Contents) -> None:
    """Write a new file that only this account may read, with a manifest of what it holds."""
    with path.open("xb") as raw:
        path.chmod(0o600)
        with zipfile.ZipFile(raw, "w", zipfile.ZIP_DEFLATED) as archive:
            _fill(archive, contents)


def _fill(archive: zipfile.ZipFile, contents: Contents) -> None:
    manifest: dict[str, str] = {}

    def add(name: str, content: bytes) -> None:
        archive.writestr(name, content)
        manifest[name] = hashlib.sha256(content).hexdigest()

    add("README.txt", contents.readme.format(ref=contents.ref).encode())
    add("check.py", Path(inspector.__file__).read_bytes())
    add("evidence.json", _as_json(contents.facts))
    add("journal.json", _as_json(excerpt(contents.subject, contents.ref)))
    roots = (root.public_bytes(serialization.Encoding.PEM) for root in authority().roots())
    add("roots.pem", b"".join(roots))
    for name, ref in contents.copies.items():
        manifest |= _copy_file(archive, name, ref)
    archive.writestr("manifest.json", _as_json(manifest))


def _copy_file(archive: zipfile.ZipFile, name: str, ref: UUID) -> dict[str, str]:
    """Stream a stored file into the archive; returns its line of the manifest."""
    file = files.StoredFile.objects.get(ref=str(ref))
    suffix = SUFFIXES.get(file.content_type, "")
    try:
        with files.open_stream(file) as plain, archive.open(name + suffix, "w") as out:
            shutil.copyfileobj(plain, out)
    except (files.FileDamaged, ValueError):
        return {name + suffix: f"damaged, was {file.sha256}"}
    return {name + suffix: file.sha256}


def _as_json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, indent=1, default=str).encode()
