"""Agreements in versions, the pack that one customer read and signed, and its certificate."""

from __future__ import annotations

from typing import ClassVar, Self

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.evidence.states import PACK_TRANSITIONS, PackStatus
from accounts.models.application import Application
from accounts.models.codes import SignedByCode
from brokerage.core.fields import EncryptedTextField
from brokerage.core.models import Referenced
from brokerage.core.saving import KeptStatements
from brokerage.core.states import Stateful, StateTable


class AgreementText(models.Model):
    """One version of one agreement in one language; never changed, never removed."""

    key = models.CharField(_("agreement"), max_length=40)
    language = models.CharField(_("language"), max_length=10, choices=settings.LANGUAGES)
    version = models.PositiveIntegerField(_("version"))
    position = models.PositiveSmallIntegerField(_("position"))
    title = models.CharField(_("title"), max_length=120)
    body = models.TextField(pgettext_lazy("agreement", "text"))
    sha256 = models.CharField(max_length=64, editable=False)
    least_seconds = models.PositiveSmallIntegerField(_("shortest reading in seconds"))
    valid_from = models.DateTimeField(_("valid from"))

    class Meta:
        verbose_name = _("agreement text")
        verbose_name_plural = _("agreement texts")
        constraints = [
            models.UniqueConstraint(
                fields=["key", "language", "version"], name="one_agreement_text_of_each_version"
            ),
        ]
        triggers = [
            pgtrigger.Protect(
                name="agreement_texts_stay", operation=pgtrigger.Update | pgtrigger.Delete
            ),
        ]

    def __str__(self) -> str:
        return f"{self.key} {self.language} {self.version}"


class PackQuerySet(models.QuerySet["Pack"]):
    def current(self) -> Self:
        """Not replaced by a later pack."""
        return self.exclude(status=PackStatus.SUPERSEDED)


class Pack(Referenced, Stateful, SignedByCode):
    """The agreements of one application, as one thing that is read, signed and sealed.

    Life: presented → signed (the code that was sent for exactly this `fingerprint`) → sealed (one
    PDF with the signature of the customer's certificate). Other texts or another language make a
    new pack, as long as nothing is signed. A signed pack without a PDF waits for the identity
    check, or for the certificate authority; `problem` says for what. `declaration` is the tax
    self-certification as it stood when the customer signed (`accounts.signing.declaration`).
    Whose name no font shows signs by hand (`on_paper`, `accounts.on_paper`); the firm seals that.
    """

    TRANSITIONS: ClassVar[StateTable] = PACK_TRANSITIONS

    application = models.ForeignKey(
        Application, models.PROTECT, related_name="packs", verbose_name=_("application")
    )
    language = models.CharField(_("language"), max_length=10, choices=settings.LANGUAGES)
    fingerprint = models.CharField(_("fingerprint"), max_length=64)
    status = models.CharField(
        _("status"), max_length=10, choices=PackStatus, default=PackStatus.PRESENTED
    )
    presented_at = models.DateTimeField(_("presented at"))
    signer = EncryptedTextField(_("signer"), null=True, blank=True)
    signed_at = models.DateTimeField(_("signed at"), null=True, blank=True)
    declaration = EncryptedTextField(_("tax declaration"), null=True, blank=True)
    certificate = models.TextField(_("certificate"), blank=True, editable=False)
    certificate_serial = models.CharField(_("certificate number"), max_length=50, blank=True)
    file_ref = models.UUIDField(_("file"), null=True, blank=True)
    file_sha256 = models.CharField(_("hash of the file"), max_length=64, blank=True)
    sealed_at = models.DateTimeField(_("sealed at"), null=True, blank=True)
    problem = models.CharField(_("waits for"), max_length=60, blank=True)
    on_paper = models.BooleanField(_("signed by hand"), default=False, editable=False)

    objects = PackQuerySet.as_manager()

    class Meta:
        verbose_name = _("pack of agreements")
        verbose_name_plural = _("packs of agreements")
        constraints = [
            models.UniqueConstraint(
                fields=["application"],
                condition=~Q(status=PackStatus.SUPERSEDED),
                name="one_current_pack_of_an_application",
            ),
            models.CheckConstraint(
                condition=Q(status__in=[PackStatus.PRESENTED, PackStatus.SUPERSEDED])
                | Q(
                    status__in=[PackStatus.SIGNED, PackStatus.SEALED],
                    signed_at__isnull=False,
                    signer__isnull=False,
                ),
                name="a_signed_pack_has_its_signer",
            ),
            models.CheckConstraint(
                condition=~Q(status=PackStatus.SEALED)
                | (
                    Q(file_ref__isnull=False, sealed_at__isnull=False, problem="")
                    & ~Q(certificate_serial="")
                    & ~Q(file_sha256="")
                ),
                name="a_sealed_pack_has_its_file",
            ),
        ]


class PackDocument(KeptStatements):
    """One agreement of a pack, with when it was opened and when it had been read."""

    pack = models.ForeignKey(Pack, models.PROTECT, related_name="documents")
    text = models.ForeignKey(AgreementText, models.PROTECT, related_name="+")
    position = models.PositiveSmallIntegerField(_("position"))
    opened_at = models.DateTimeField(_("opened at"), null=True, blank=True)
    read_at = models.DateTimeField(_("read at"), null=True, blank=True)

    class Meta:
        verbose_name = _("agreement of a pack")
        verbose_name_plural = _("agreements of a pack")
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["pack", "text"], name="a_text_stands_once_in_a_pack"),
            models.CheckConstraint(
                condition=Q(read_at=None)
                | Q(opened_at__isnull=False, read_at__gte=F("opened_at")),
                name="reading_follows_opening",
            ),
        ]

    def __str__(self) -> str:
        return str(self.text)

    @property
    def seconds(self) -> int:
        """How long it was open before it counted as read; 0 where it was not read."""
        if self.opened_at is None or self.read_at is None:
            return 0
        return int((self.read_at - self.opened_at).total_seconds())
