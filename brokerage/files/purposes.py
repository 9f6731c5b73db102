"""What files are for: each owning app registers its purposes, with limits and who may see them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from brokerage.core.registry import Registry

MEGABYTE = 1_000_000
IMAGES = frozenset({"image/jpeg", "image/png", "image/webp"})
VIDEOS = frozenset({"video/mp4", "video/webm"})
PDF = frozenset({"application/pdf"})


@dataclass(frozen=True)
class Limit:
    """A quota: how many bytes, how many files."""

    bytes: int
    files: int


@dataclass(frozen=True, kw_only=True)
class Purpose:
    """A reason to keep files.

    Attributes:
        key: "<app>.<what>", such as "accounts.identity_photo".
        label: for people, translated lazily.
        owner_type: "<app>.<model>" of what the files belong to.
        owners: refs of the owners whose files of this purpose `user` may see, as a query set of
            one column or a collection; the owning app answers from its own scope.
        may_send: whether a user may send files for an owner through the general addresses
            (docs/files.md); without it, only the owning app's own pages take them.
        types: content types, as found in the content.
        max_bytes: of one file.
        max_pixels: width times height of an image, looked at before it is decoded.
        max_side: longer side of the clean copy, pixels.
        keep_original: whether the sent image stays, sealed, beside its clean copy.
        retention_key: key of the dated rule that says how long the files are kept.
        kept_since: from an instant to the refs of the owners whose keeping began before it (end
            of the relationship, day of the decision …); without it, it begins with the receipt.
        per_owner: quota of this purpose for one owner.
        in_total: quota of this purpose altogether.
        inline: whether a browser may show it in the page; else it is offered as a download.
    """

    key: str
    label: Any
    owner_type: str
    owners: Callable[[Any], Iterable[UUID]]
    types: frozenset[str]
    max_bytes: int
    retention_key: str
    may_send: Callable[[Any, UUID], bool] | None = None
    kept_since: Callable[[datetime], Iterable[UUID]] | None = None
    max_pixels: int = 40_000_000
    max_side: int = 3_000
    keep_original: bool = False
    per_owner: Limit = Limit(100 * MEGABYTE, 50)
    in_total: Limit = Limit(1_000_000 * MEGABYTE, 10_000_000)
    inline: bool = True


purposes: Registry[Purpose] = Registry("files.purposes")
