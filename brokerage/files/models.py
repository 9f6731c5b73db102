"""Stored files and how much of them there is."""

from __future__ import annotations

import base64
from typing import ClassVar, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from brokerage.core.fields import EncryptedTextField
from brokerage.core.models import Referenced, Timestamped
from brokerage.core.states import Stateful, StateTable
from brokerage.files.states import TRANSITIONS, WITH_CONTENT, Status

DIGEST = r"^[0-9a-f]{64}$"


class StoredFileQuerySet(models.QuerySet["StoredFile"]):
    def with_content(self) -> Self:
        """Files whose bytes are in the storage."""
        return self.filter(status__in=WITH_CONTENT)

    def of(self, owner_type: str, owner_ref: object) -> Self:
        """Files of one owner."""
        return self.filter(owner_type=owner_type, owner_ref=owner_ref)


class StoredFile(Referenced, Timestamped, Stateful):
    """One file that somebody sent, or a clean copy that we made of it.

    It is received (encrypted on its way to the storage), then checked by its content in the
    worker. An image is shown only as a re-encoded copy without metadata, a row of its own that
    points to its `original`; the original stays sealed or is disposed of, as its purpose says.
    What fails the check is refused and its bytes removed. Disposal removes bytes and key and
    keeps the row as evidence. The sender's file name is never kept: it is personal, and useless.

    Not for: deciding who may see it (`Purpose.owners`), or what it proves (the owning app).
    """

    TRANSITIONS: ClassVar[StateTable] = TRANSITIONS

    purpose = models.CharField(_("purpose"), max_length=60, editable=False)
    owner_type = models.CharField(_("kind of owner"), max_length=60, editable=False)
    owner_ref = models.UUIDField(_("owner"), editable=False)
    status = models.CharField(
        _("status"), max_length=10, choices=Status, default=Status.RECEIVING, editable=False
    )
    original = models.ForeignKey(
        "self",
        verbose_name=_("original"),
        on_delete=models.PROTECT,
        related_name="copies",
        null=True,
        blank=True,
        editable=False,
    )
    name = models.CharField(
        _("name in the storage"), max_length=32, unique=True, null=True, blank=True, editable=False
    )
    key = EncryptedTextField(_("key"), null=True, blank=True)
    sha256 = models.CharField(_("SHA-256"), max_length=64, blank=True, editable=False)
    size = models.BigIntegerField(_("bytes"), editable=False)  # while receiving: reserved
    content_type = models.CharField(_("type"), max_length=40, editable=False)
    refusal = models.CharField(_("refused because"), max_length=40, blank=True, editable=False)
    stored_at = models.DateTimeField(_("received at"), null=True, blank=True, editable=False)
    checked_at = models.DateTimeField(
        _("content checked at"), null=True, blank=True, editable=False
    )
    disposed_at = models.DateTimeField(_("disposed of at"), null=True, blank=True, editable=False)

    objects = StoredFileQuerySet.as_manager()

    class Meta:
        verbose_name = _("file")
        verbose_name_plural = _("files")
        indexes = [
            models.Index(fields=["owner_type", "owner_ref"], name="files_by_owner"),
            models.Index(fields=["purpose", "created_at"], name="files_by_purpose"),
            models.Index(
                fields=["created_at"], condition=Q(status="receiving"), name="files_receiving"
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    status="receiving", name__isnull=True, key__isnull=True, stored_at__isnull=True
                )
                | Q(
                    status__in=["stored", "checked", "derived"],
                    name__isnull=False,
                    key__isnull=False,
                    stored_at__isnull=False,
                    sha256__regex=DIGEST,
                )
                | Q(
                    status__in=["refused", "disposed"],
                    name__isnull=True,
                    key__isnull=True,
                    stored_at__isnull=False,
                    sha256__regex=DIGEST,
                ),
                name="a_file_has_content_in_the_states_that_say_so",
            ),
            models.CheckConstraint(
                condition=Q(status="refused") & ~Q(refusal="") | ~Q(status="refused"),
                name="a_refused_file_says_why",
            ),
            models.CheckConstraint(
                condition=Q(status="disposed", disposed_at__isnull=False)
                | ~Q(status="disposed") & Q(disposed_at__isnull=True),
                name="a_disposed_file_says_when",
            ),
            models.CheckConstraint(
                condition=Q(original__isnull=True)
                | Q(status__in=["checked", "disposed"], content_type="image/jpeg"),
                name="a_clean_copy_is_a_checked_image",
            ),
            models.UniqueConstraint(
                fields=["original"],
                condition=~Q(status="disposed"),
                name="a_file_has_one_clean_copy",
            ),
            models.CheckConstraint(condition=Q(size__gte=0), name="a_file_has_a_size"),
        ]

    @property
    def key_bytes(self) -> bytes:
        """The key of this file's frames; only for files with content."""
        assert self.key
        return base64.b64decode(self.key or "")

    def shown(self) -> StoredFile | None:
        """What may be shown of it: itself once checked, the clean copy of an image, or None."""
        if self.status == Status.CHECKED:
            return self
        return self.copies.filter(status=Status.CHECKED).first()


class FilePart(Referenced, Timestamped):
    """One piece of a file that is sent in pieces, until they are put together.

    Pieces arrive in order, numbered from 0, and lie in the storage encrypted like files, each
    under a key of its own. Putting the file together, giving it up or the sweep removes them.

    Not for: evidence (the file in one piece is that).
    """

    file = models.ForeignKey(
        StoredFile, models.PROTECT, related_name="parts", verbose_name=_("file")
    )
    number = models.PositiveIntegerField(_("number"))
    name = models.CharField(_("name in the storage"), max_length=32, unique=True)
    key = EncryptedTextField(_("key"))
    sha256 = models.CharField(_("SHA-256"), max_length=64)
    size = models.BigIntegerField(_("bytes"))

    class Meta:
        verbose_name = _("piece of a file")
        verbose_name_plural = _("pieces of files")
        constraints = [
            models.UniqueConstraint(fields=["file", "number"], name="a_piece_arrives_once"),
            models.CheckConstraint(
                condition=Q(size__gt=0, sha256__regex=DIGEST), name="a_piece_has_content"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.file_id}/{self.number}"

    @property
    def key_bytes(self) -> bytes:
        """The key of this piece's frames."""
        return base64.b64decode(self.key or "")


class Usage(models.Model):
    """How much is stored in one place that has a quota; one row each, counted in the write.

    Not for: statistics (it is locked by every upload of its scope).
    """

    scope = models.CharField(max_length=10)
    place = models.CharField(max_length=180)
    bytes = models.BigIntegerField(default=0)
    files = models.BigIntegerField(default=0)

    class Meta:
        verbose_name = _("use of storage")
        verbose_name_plural = _("use of storage")
        constraints = [
            models.UniqueConstraint(fields=["scope", "place"], name="one_count_for_each_place"),
            models.CheckConstraint(
                condition=Q(bytes__gte=0, files__gte=0), name="usage_is_never_negative"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.scope} {self.place}"
