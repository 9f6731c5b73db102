"""Recordings in chapters, for any app: the abstract row, its states, the script, keep and reopen.

A script is a dated rule: a list of prompts. A recording shows them one after the other; each is
recorded, sent and redone alone, and keeps exactly what was shown with the hash of its file. The
apps own the tables, say who may record, and lock the rows.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from brokerage.core.models import Referenced
from brokerage.core.states import Stateful, StateTable
from brokerage.files.models import StoredFile
from brokerage.files.states import Status

DIGITS = 6
MOST_SECONDS = 120
LONGEST_TEXT = 280
KEEPING = ("status", "file_ref", "file_sha256", "kept_at", "attempts", "redo_reason")
"""What `keep` changes of a chapter."""


class UnableToRecord(Exception):
    """A chapter is refused; the message is translated and may be shown."""


class ChapterStatus(models.TextChoices):
    """Where a chapter stands."""

    MISSING = "missing", gettext_lazy("To be recorded")
    KEPT = "kept", gettext_lazy("Recorded")


CHAPTER_TRANSITIONS = StateTable(
    {
        ChapterStatus.MISSING: [ChapterStatus.KEPT],
        ChapterStatus.KEPT: [ChapterStatus.MISSING],
    }
)
KEPT_WITH_ITS_FILE = (
    Q(status=ChapterStatus.KEPT, file_ref__isnull=False, kept_at__isnull=False)
    & ~Q(file_sha256="")
) | Q(status=ChapterStatus.MISSING, file_ref=None, kept_at=None, file_sha256="")
"""The check constraint that each concrete model carries under a name of its own."""


class RecordedChapter(Referenced, Stateful):
    """One prompt and what was recorded for it; redone alone.

    `shown` is exactly what the screen said, with digits that are new for each attempt, so that an
    old video cannot be sent again.
    """

    TRANSITIONS: ClassVar[StateTable] = CHAPTER_TRANSITIONS

    key = models.CharField(gettext_lazy("chapter"), max_length=30)
    position = models.PositiveSmallIntegerField(gettext_lazy("position"))
    shown = models.CharField(gettext_lazy("what was shown"), max_length=300)
    digits = models.CharField(gettext_lazy("digits"), max_length=8, blank=True)
    least_seconds = models.PositiveSmallIntegerField(gettext_lazy("shortest in seconds"))
    most_seconds = models.PositiveSmallIntegerField(gettext_lazy("longest in seconds"))
    status = models.CharField(
        gettext_lazy("status"),
        max_length=8,
        choices=ChapterStatus,
        default=ChapterStatus.MISSING,
    )
    shown_at = models.DateTimeField(gettext_lazy("shown at"))
    file_ref = models.UUIDField(gettext_lazy("file"), null=True, blank=True, unique=True)
    file_sha256 = models.CharField(gettext_lazy("hash of the file"), max_length=64, blank=True)
    kept_at = models.DateTimeField(gettext_lazy("recorded at"), null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(gettext_lazy("attempts"), default=0)
    redo_reason = models.CharField(gettext_lazy("why again"), max_length=200, blank=True)

    class Meta:
        abstract = True
        ordering = ["position"]

    def __str__(self) -> str:
        return f"{self.key} {self.short_ref}"


def check_script(value: Any) -> None:
    """Refuse a script that is no list of whole prompts; raises ValueError.

    Args:
        value: prompts with key, digits (whether the text shows {digits}), least and most seconds,
            and the text in each language.
    """
    if not isinstance(value, list) or not value:
        raise ValueError("A script is a list of chapters.")
    keys = {"key", "digits", "least", "most", *(code for code, _name in settings.LANGUAGES)}
    for entry in value:
        if not isinstance(entry, dict) or set(entry) != keys:
            raise ValueError(f"A chapter has {sorted(keys)}.")
        if not 0 < entry["least"] < entry["most"] <= MOST_SECONDS:
            raise ValueError(f"A chapter lasts from least to most, at most {MOST_SECONDS} s.")
        texts = [entry[code] for code, _name in settings.LANGUAGES]
        if any(
            ("{digits}" in text) != entry["digits"] or len(text) > LONGEST_TEXT for text in texts
        ):
            raise ValueError("A chapter shows digits exactly where it says so.")
    if len({entry["key"] for entry in value}) < len(value):
        raise ValueError("Two chapters have one key.")


def values_of(
    entry: Mapping[str, Any], *, position: int, language: str, at: datetime
) -> dict[str, Any]:
    """The values of a new chapter from one prompt of a script.

    Args:
        entry: as `check_script` takes it.
        position: counted from 1.
        language: zh-hans or en.
        at: when it is shown.
    """
    digits = _fresh_digits() if entry["digits"] else ""
    return {
        "key": entry["key"],
        "position": position,
        "shown": str(entry[language]).replace("{digits}", _spaced(digits)),
        "digits": digits,
        "least_seconds": entry["least"],
        "most_seconds": entry["most"],
        "shown_at": at,
    }


def keep(
    row: RecordedChapter, *, file_ref: UUID, purpose: str, owner: UUID, at: datetime
) -> StoredFile | None:
    """Keep a file for a chapter, in memory; the caller holds the lock and saves.

    Args:
        row: locked.
        file_ref: of a recording that was received in full.
        purpose: for which recordings of this kind are stored.
        owner: ref of what the files belong to.
        at: now.

    Returns:
        The file; None where the chapter has this very file already.

    Raises:
        UnableToRecord: for a foreign, refused or used file, a recording that came too fast, or a
            chapter that is kept already.
    """
    if row.status == ChapterStatus.KEPT and row.file_ref == file_ref:
        return None
    _refuse_unless_missing(row)
    file = _unused(type(row), file_ref, purpose, owner)
    keep_received(row, file=file, at=at)
    return file


def keep_received(row: RecordedChapter, *, file: StoredFile, at: datetime) -> None:
    """As `keep`, with a file that no chapter has yet, because it is received just now."""
    _refuse_unless_missing(row)
    if (at - row.shown_at).total_seconds() < row.least_seconds:
        raise UnableToRecord(_("This was too short. Read the whole text aloud."))
    row.move_to(ChapterStatus.KEPT)
    row.file_ref, row.file_sha256, row.kept_at = file.ref, file.sha256, at
    row.attempts, row.redo_reason = row.attempts + 1, ""


def _refuse_unless_missing(row: RecordedChapter) -> None:
    if row.status == ChapterStatus.KEPT:
        raise UnableToRecord(_("This chapter is recorded. Press “Record again” first."))


def _unused(model: type[RecordedChapter], file_ref: UUID, purpose: str, owner: UUID) -> StoredFile:
    """A recording that was received in full and stands in no chapter; raises UnableToRecord."""
    file = StoredFile.objects.filter(ref=file_ref, purpose=purpose, owner_ref=owner).first()
    if file is None or file.status not in (Status.STORED, Status.CHECKED):
        raise UnableToRecord(_("We did not get this recording. Record it again."))
    if model._default_manager.filter(file_ref=file_ref).exists():
        raise UnableToRecord(_("This recording was used before. Record it again."))
    return file


def reopen(row: RecordedChapter, *, at: datetime, reason: str = "") -> StoredFile | None:
    """Open a kept chapter again with new digits, in memory; the caller holds the lock and saves.

    Args:
        row: locked.
        at: when it is shown anew.
        reason: sentence for who records it, where somebody else asks for it.

    Returns:
        Its file, which the caller disposes of; None where nothing was kept.
    """
    if row.status == ChapterStatus.MISSING:
        return None
    old = StoredFile.objects.get(ref=str(row.file_ref))
    row.move_to(ChapterStatus.MISSING)
    row.file_ref, row.file_sha256, row.kept_at = None, "", None
    row.shown_at, row.redo_reason = at, reason[:200]
    if row.digits:
        fresh = _fresh_digits()
        row.shown, row.digits = row.shown.replace(_spaced(row.digits), _spaced(fresh)), fresh
    return old


def _spaced(digits: str) -> str:
    return " ".join(digits)


def _fresh_digits() -> str:
    return "".join(str(secrets.randbelow(10)) for _place in range(DIGITS))
