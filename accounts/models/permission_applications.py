"""Applications for trading permissions, with all that was decided on."""

from __future__ import annotations

from typing import Any, ClassVar, Self

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models.codes import SignedByCode, sealed_with_its_file
from accounts.models.permissions import TradingPermission
from accounts.models.signing import AgreementText
from accounts.permissions.states import (
    CASE_ENDED,
    CASE_OPEN,
    CASE_TRANSITIONS,
    OUTSIDE,
    SIGNED,
    CaseRefusal,
    CaseStatus,
    CaseVerdict,
    ReviewRoute,
)
from brokerage.core.fields import EncryptedTextField
from brokerage.core.models import Referenced
from brokerage.core.states import Stateful, StateTable
from brokerage.customers.models import Customer


class PermissionApplicationQuerySet(models.QuerySet["PermissionApplication"]):
    def of(self, customer: Customer) -> Self:
        """The applications of one customer."""
        return self.filter(customer=customer)

    def open(self) -> Self:
        """Neither granted nor ended otherwise."""
        return self.filter(status__in=CASE_OPEN)

    def due(self, at: Any) -> Self:
        """The depository is to be asked, and the pause after the last attempt is over."""
        return self.filter(status__in=OUTSIDE, asks_at__lte=at)

    def to_seal(self, before: Any) -> Self:
        """Signed before the instant `before`, and without the signed file."""
        return self.filter(signed_at__lte=before, sealed_at=None, signer__isnull=False)


class PermissionApplication(Referenced, Stateful, SignedByCode):
    """One way to one permission, with all that was decided on.

    Life: the depository is asked for the first trade (where experience counts) → knowledge test
    → risk disclosure → matching opinion → signature → review by rule or by two people → report
    to the exchange → granted; refused, withdrawn or expired on the way. `evidence_ref` is the
    average of assets that holdings froze on the day of the application; `first_trade` and
    `test_ref` are what counted for it, also where an earlier application brought it in. The
    worker makes the signed file of a signed application, whatever becomes of it; `seal_problem`
    says what it waits for.
    """

    TRANSITIONS: ClassVar[StateTable] = CASE_TRANSITIONS

    customer = models.ForeignKey(
        Customer,
        models.PROTECT,
        related_name="permission_applications",
        verbose_name=_("customer"),
    )
    permission = models.ForeignKey(
        TradingPermission,
        models.PROTECT,
        related_name="applications",
        verbose_name=_("trading permission"),
    )
    # Repeats permission.key, so that a constraint can allow one open application of a kind.
    key = models.CharField(_("trading permission"), max_length=40)
    status = models.CharField(_("status"), max_length=10, choices=CaseStatus)
    status_since = models.DateTimeField(_("in this status since"))
    rule_version = models.CharField(_("rule version"), max_length=100)
    applied_at = models.DateTimeField(_("applied at"))
    applied_on = models.DateField(_("business date"))
    evidence_ref = models.UUIDField(_("frozen average"), null=True, blank=True)
    carried = models.BooleanField(_("carried over from another broker"), default=False)

    first_trade = models.DateField(_("first trade"), null=True, blank=True)
    first_trade_asked_at = models.DateTimeField(_("first trade told at"), null=True, blank=True)
    test_ref = models.UUIDField(_("attempt that counts"), null=True, blank=True)
    asks_at = models.DateTimeField(_("depository asked again at"), null=True, blank=True)
    asked = models.PositiveSmallIntegerField(_("attempts"), default=0)
    last_problem = models.CharField(_("last problem"), max_length=40, blank=True)

    text = models.ForeignKey(
        AgreementText,
        models.PROTECT,
        related_name="+",
        verbose_name=_("risk disclosure"),
        null=True,
        blank=True,
    )
    text_opened_at = models.DateTimeField(_("opened at"), null=True, blank=True)
    text_read_at = models.DateTimeField(_("read at"), null=True, blank=True)
    opinion_ref = models.UUIDField(_("matching opinion"), null=True, blank=True)
    fingerprint = models.CharField(_("fingerprint"), max_length=64, blank=True)
    signed_at = models.DateTimeField(_("signed at"), null=True, blank=True)

    signer = EncryptedTextField(_("signer"), null=True, blank=True)
    certificate = models.TextField(_("certificate"), blank=True, editable=False)
    certificate_serial = models.CharField(_("certificate number"), max_length=50, blank=True)
    file_ref = models.UUIDField(_("file"), null=True, blank=True)
    file_sha256 = models.CharField(_("hash of the file"), max_length=64, blank=True)
    sealed_at = models.DateTimeField(_("sealed at"), null=True, blank=True)
    seal_problem = models.CharField(_("waits for"), max_length=60, blank=True)

    route = models.CharField(_("route"), max_length=4, choices=ReviewRoute, blank=True)
    route_rule = models.CharField(_("rule of the route"), max_length=100, blank=True)
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="+",
        verbose_name=pgettext_lazy("application", "proposed by"),
        null=True,
        blank=True,
    )
    verdict = models.CharField(_("proposal"), max_length=6, choices=CaseVerdict, blank=True)
    note = models.CharField(_("note for the file"), max_length=300, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="+",
        verbose_name=_("decided by"),
        null=True,
        blank=True,
    )
    refusal = models.CharField(_("reason"), max_length=10, choices=CaseRefusal, blank=True)
    report_number = models.CharField(_("number of the report"), max_length=40, blank=True)
    effective_on = models.DateField(_("counts from"), null=True, blank=True)
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True)

    objects = PermissionApplicationQuerySet.as_manager()

    class Meta:
        verbose_name = _("application for a trading permission")
        verbose_name_plural = _("applications for trading permissions")
        permissions = [
            ("review_permission", "Can propose a verdict on a trading permission"),
            ("decide_permission", "Can decide on a proposed trading permission"),
        ]
        indexes = [
            models.Index(fields=["status", "applied_at"], name="permission_cases_by_status"),
            models.Index(
                fields=["asks_at"],
                condition=Q(status__in=OUTSIDE),
                name="permission_cases_that_ask",
            ),
            models.Index(
                fields=["signed_at"],
                condition=Q(signed_at__isnull=False, sealed_at=None),
                name="permission_cases_to_seal",
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["customer", "key"],
                condition=Q(status__in=CASE_OPEN),
                name="one_open_application_for_a_permission",
            ),
            models.CheckConstraint(
                condition=Q(status__in=CaseStatus.values),
                name="a_permission_case_has_a_known_status",
            ),
            models.CheckConstraint(
                condition=Q(status__in=OUTSIDE, asks_at__isnull=False)
                | (~Q(status__in=OUTSIDE) & Q(asks_at=None)),
                name="a_case_that_waits_outside_asks_again",
            ),
            models.CheckConstraint(
                condition=Q(text_read_at=None)
                | Q(
                    text__isnull=False,
                    text_opened_at__isnull=False,
                    text_read_at__gte=F("text_opened_at"),
                ),
                name="a_disclosure_is_read_after_it_was_opened",
            ),
            models.CheckConstraint(
                condition=Q(signed_at=None)
                | (Q(text_read_at__isnull=False, opinion_ref__isnull=False) & ~Q(fingerprint="")),
                name="a_signature_covers_text_and_opinion",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=SIGNED)
                | (Q(signed_at__isnull=False) & ~Q(route="") & ~Q(route_rule="")),
                name="a_reviewed_case_was_signed",
            ),
            models.CheckConstraint(
                condition=Q(decided_by=None) | ~Q(decided_by=F("proposed_by")),
                name="nobody_decides_on_their_own_permission_proposal",
                violation_error_message=_("Another person has to decide."),
            ),
            models.CheckConstraint(
                condition=Q(proposed_by=None, verdict="")
                | (Q(proposed_by__isnull=False, route=ReviewRoute.HAND) & ~Q(verdict="")),
                name="a_permission_proposal_has_an_author",
            ),
            models.CheckConstraint(
                condition=Q(decided_by=None) | Q(proposed_by__isnull=False),
                name="a_permission_decision_follows_a_proposal",
            ),
            models.CheckConstraint(
                condition=~Q(
                    status__in=[CaseStatus.REPORTING, CaseStatus.GRANTED],
                    route=ReviewRoute.HAND,
                    decided_by=None,
                ),
                name="what_people_look_at_two_people_decide",
            ),
            models.CheckConstraint(
                condition=Q(status=CaseStatus.REFUSED) ^ Q(refusal=""),
                name="only_a_refused_case_has_a_reason",
            ),
            models.CheckConstraint(
                condition=(
                    Q(status=CaseStatus.GRANTED, effective_on__isnull=False) & ~Q(report_number="")
                )
                | (~Q(status=CaseStatus.GRANTED) & Q(effective_on=None)),
                name="a_granted_case_was_reported",
            ),
            models.CheckConstraint(
                condition=Q(status__in=CASE_ENDED, ended_at__isnull=False)
                | (~Q(status__in=CASE_ENDED) & Q(ended_at=None)),
                name="an_ended_permission_case_has_its_end",
            ),
            models.CheckConstraint(
                condition=sealed_with_its_file(signer__isnull=False),
                name="a_sealed_permission_case_has_its_file",
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="whoever_helped_does_not_grant",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                condition=pgtrigger.AnyChange("proposed_by", "decided_by"),
                func=(
                    "IF EXISTS (SELECT 1 FROM accounts_permissionrelease r "
                    "WHERE r.case_id = NEW.id AND r.helper_id IN "
                    "(NEW.proposed_by_id, NEW.decided_by_id)) THEN "
                    "RAISE EXCEPTION 'whoever helped with a permission does not review it' "
                    "USING ERRCODE = 'integrity_constraint_violation'; END IF; RETURN NEW;"
                ),
            )
        ]

    def get_absolute_url(self) -> str:
        return reverse("permissions:case", args=[self.ref])

    @property
    def is_open(self) -> bool:
        """Whether something is still to come."""
        return self.status in CASE_OPEN
