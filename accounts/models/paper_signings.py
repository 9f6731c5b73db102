"""Agreements that a customer signed by hand."""

from __future__ import annotations

from typing import ClassVar, Self

import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.evidence.states import PackStatus
from accounts.models.application import Application
from accounts.models.releases import CaseRelease
from accounts.models.signing import Pack
from accounts.on_paper.states import (
    PAPER_TRANSITIONS,
    SCANS,
    PaperLook,
    PaperReason,
    PaperStatus,
)
from branches.models import OrgUnit
from brokerage.core.fields import EncryptedTextField
from brokerage.core.models import Referenced
from brokerage.core.states import Stateful, StateTable


class PaperSigningQuerySet(models.QuerySet["PaperSigning"]):
    def current(self) -> Self:
        """Not replaced by another print, of a pack that counts."""
        rows = self.exclude(status=PaperStatus.DROPPED)
        return rows.exclude(pack__status=PackStatus.SUPERSEDED)


class PaperSigning(Referenced, Stateful):
    """One print of a pack that is signed by hand, because no font of ours shows the name.

    Life: printed under a customer's release → scanned by whoever saw the customer sign →
    confirmed by a second person of the outlet, which signs the pack; or sent back, and scanned
    again. Another print drops the one before. `signer` and `declaration` are what the print says;
    where the customer corrects either, it is printed again.

    Not for: anybody whose name can be printed; they sign with a code.
    """

    TRANSITIONS: ClassVar[StateTable] = PAPER_TRANSITIONS

    application = models.ForeignKey(
        Application, models.PROTECT, related_name="papers", verbose_name=_("application")
    )
    pack = models.ForeignKey(
        Pack, models.PROTECT, related_name="papers", verbose_name=_("pack of agreements")
    )
    release = models.ForeignKey(
        CaseRelease, models.PROTECT, related_name="+", verbose_name=_("release to an outlet")
    )
    outlet = models.ForeignKey(OrgUnit, models.PROTECT, related_name="+", verbose_name=_("outlet"))
    status = models.CharField(
        _("status"), max_length=10, choices=PaperStatus, default=PaperStatus.PRINTED
    )
    reason = models.CharField(_("reason"), max_length=10, choices=PaperReason)
    helper = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="+",
        verbose_name=pgettext_lazy("on paper", "seen by"),
    )
    signer = EncryptedTextField(_("signer"))
    declaration = EncryptedTextField(_("tax declaration"), null=True, blank=True)
    printed_at = models.DateTimeField(_("printed at"))
    print_ref = models.UUIDField(_("print"), null=True, blank=True)
    print_sha256 = models.CharField(_("hash of the print"), max_length=64, blank=True)
    pages = ArrayField(models.UUIDField(), verbose_name=_("scanned pages"), default=list)
    looks = ArrayField(
        models.CharField(max_length=8, choices=PaperLook),
        verbose_name=pgettext_lazy("on paper", "what was looked at"),
        default=list,
    )
    scanned_at = models.DateTimeField(_("scanned at"), null=True, blank=True)
    second = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="+",
        verbose_name=_("second person"),
        null=True,
        blank=True,
    )
    confirmed_at = models.DateTimeField(_("confirmed at"), null=True, blank=True)
    lacks = models.CharField(
        pgettext_lazy("on paper", "does not agree"), max_length=8, choices=PaperLook, blank=True
    )

    objects = PaperSigningQuerySet.as_manager()

    class Meta:
        verbose_name = _("agreements on paper")
        verbose_name_plural = _("agreements on paper")
        constraints = [
            models.UniqueConstraint(
                fields=["pack"],
                condition=~Q(status=PaperStatus.DROPPED),
                name="one_print_of_a_pack_counts",
            ),
            models.CheckConstraint(
                condition=Q(print_ref=None, print_sha256="")
                | (Q(print_ref__isnull=False) & ~Q(print_sha256="")),
                name="a_print_has_its_hash",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=SCANS)
                | Q(
                    pages__len__gte=1,
                    looks__len__gte=1,
                    scanned_at__isnull=False,
                    print_ref__isnull=False,
                ),
                name="a_scan_follows_its_print_and_has_pages",
            ),
            models.CheckConstraint(
                condition=Q(
                    status=PaperStatus.CONFIRMED, second__isnull=False, confirmed_at__isnull=False
                )
                & ~Q(second=F("helper"))
                | (~Q(status=PaperStatus.CONFIRMED) & Q(second=None, confirmed_at=None)),
                name="another_person_confirms_what_was_signed_by_hand",
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="whoever_reviews_does_not_confirm_paper",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.UpdateOf("second_id"),
                condition=pgtrigger.Q(new__second__isnull=False),
                func=(
                    "IF EXISTS (SELECT 1 FROM accounts_application a "
                    "WHERE a.id = NEW.application_id AND NEW.second_id IN "
                    "(a.claimed_by_id, a.recommended_by_id, a.decided_by_id)) THEN "
                    "RAISE EXCEPTION 'whoever reviews an application does not help with it' "
                    "USING ERRCODE = 'integrity_constraint_violation'; END IF; RETURN NEW;"
                ),
            ),
            pgtrigger.Trigger(
                name="confirmed_paper_stays",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                condition=pgtrigger.AnyChange(exclude=["signer", "declaration"]),  # a new key
                func=(
                    "IF OLD.status = 'confirmed' THEN "
                    "RAISE EXCEPTION 'what two people confirmed stays as it is' "
                    "USING ERRCODE = 'integrity_constraint_violation'; END IF; RETURN NEW;"
                ),
            ),
        ]

    def __str__(self) -> str:
        return self.short_ref
