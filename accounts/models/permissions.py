"""Trading permissions of customers, the applications for them, and the knowledge tests."""

from __future__ import annotations

from datetime import date
from typing import Any, ClassVar, Self

import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models.codes import SignedByCode
from accounts.models.signing import AgreementText
from accounts.permissions.states import (
    ATTEMPT_TRANSITIONS,
    CASE_ENDED,
    CASE_OPEN,
    CASE_TRANSITIONS,
    HELD,
    LOST,
    OUTSIDE,
    PERMISSION_TRANSITIONS,
    SIGNED,
    AttemptStatus,
    CaseRefusal,
    CaseStatus,
    CaseVerdict,
    Gap,
    Loss,
    PermissionStatus,
    ReviewRoute,
)
from brokerage.core.models import Referenced
from brokerage.core.states import Stateful, StateTable
from brokerage.customers.models import Customer


class TradingPermissionQuerySet(models.QuerySet["TradingPermission"]):
    def of(self, customer: Customer) -> Self:
        """The permissions of one customer."""
        return self.filter(customer=customer)

    def usable_on(self, day: date) -> Self:
        """Those with which a customer may buy on the business date `day`."""
        return self.filter(status=PermissionStatus.GRANTED, effective_on__lte=day)


class TradingPermission(Referenced, Stateful):
    """Where one customer stands with one permission; the row is made when they first ask.

    Life: conditions not met (with which, and from when) or met → applied for → granted from a
    trading day on → suspended by rule and granted again, or revoked (by the customer, or by two
    people of the firm). Suspended and revoked close buying only: selling and reducing stay open.

    Not for: the way there, which is an application; nor for orders.
    """

    TRANSITIONS: ClassVar[StateTable] = PERMISSION_TRANSITIONS

    customer = models.ForeignKey(
        Customer,
        models.PROTECT,
        related_name="trading_permissions",
        verbose_name=_("customer"),
    )
    key = models.CharField(_("trading permission"), max_length=40)
    status = models.CharField(
        _("status"),
        max_length=12,
        choices=PermissionStatus,
        default=PermissionStatus.ELIGIBLE,
    )
    status_since = models.DateTimeField(_("in this status since"))
    gaps = ArrayField(
        models.CharField(max_length=12, choices=Gap),
        verbose_name=_("what is missing"),
        default=list,
        blank=True,
    )
    earliest = models.DateField(_("at the earliest"), null=True, blank=True)
    effective_on = models.DateField(_("counts from"), null=True, blank=True)
    loss = models.CharField(_("reason"), max_length=5, choices=Loss, blank=True)
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="+",
        verbose_name=_("revocation proposed by"),
        null=True,
        blank=True,
    )
    note = models.CharField(_("note for the file"), max_length=300, blank=True)
    revoked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="+",
        verbose_name=_("revoked by"),
        null=True,
        blank=True,
    )

    objects = TradingPermissionQuerySet.as_manager()

    class Meta:
        verbose_name = _("trading permission")
        verbose_name_plural = _("trading permissions")
        indexes = [models.Index(fields=["key", "status"], name="permissions_by_status")]
        constraints = [
            models.UniqueConstraint(
                fields=["customer", "key"], name="one_row_of_a_trading_permission"
            ),
            models.CheckConstraint(
                condition=Q(status__in=PermissionStatus.values),
                name="a_trading_permission_has_a_known_status",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=HELD) | Q(effective_on__isnull=False),
                name="a_held_permission_has_its_first_day",
            ),
            models.CheckConstraint(
                condition=Q(status=PermissionStatus.NOT_ELIGIBLE, gaps__len__gte=1)
                | (~Q(status=PermissionStatus.NOT_ELIGIBLE) & Q(gaps=[], earliest=None)),
                name="unmet_conditions_are_named",
            ),
            models.CheckConstraint(
                condition=Q(status__in=LOST) ^ Q(loss=""),
                name="a_lost_permission_has_a_reason",
            ),
            models.CheckConstraint(
                condition=~Q(loss=Loss.FIRM)
                | Q(proposed_by__isnull=False, revoked_by__isnull=False),
                name="the_firm_revokes_by_two_people",
            ),
            models.CheckConstraint(
                condition=Q(revoked_by=None) | ~Q(revoked_by=F("proposed_by")),
                name="nobody_revokes_on_their_own_proposal",
                violation_error_message=_("Another person has to decide."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.key} {str(self.ref)[:8].upper()}"


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


class PermissionApplication(Referenced, Stateful, SignedByCode):
    """One way to one permission, with all that was decided on.

    Life: the depository is asked for the first trade (where experience counts) → knowledge test
    → risk disclosure → matching opinion → signature → review by rule or by two people → report
    to the exchange → granted; refused, withdrawn or expired on the way. `evidence_ref` is the
    average of assets that holdings froze on the day of the application.
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
        ]

    def __str__(self) -> str:
        return f"{self.key} {str(self.ref)[:8].upper()}"

    def get_absolute_url(self) -> str:
        return reverse("permissions:case", args=[self.ref])

    @property
    def is_open(self) -> bool:
        """Whether something is still to come."""
        return self.status in CASE_OPEN


class QuestionBank(models.Model):
    """One version of the questions of one test, in both languages; never changed or removed."""

    key = models.CharField(_("test"), max_length=40)
    version = models.PositiveIntegerField(_("version"))
    content = models.JSONField(_("questions"))
    sha256 = models.CharField(max_length=64, editable=False)
    valid_from = models.DateTimeField(_("valid from"))

    class Meta:
        verbose_name = _("bank of questions")
        verbose_name_plural = _("banks of questions")
        constraints = [
            models.UniqueConstraint(
                fields=["key", "version"], name="one_bank_of_questions_of_each_version"
            ),
        ]
        triggers = [
            pgtrigger.Protect(
                name="banks_of_questions_stay", operation=pgtrigger.Update | pgtrigger.Delete
            ),
        ]

    def __str__(self) -> str:
        return f"{self.key}@{self.version}"

    @property
    def right(self) -> dict[str, str]:
        """The right option of each question."""
        return {each["key"]: each["right"] for each in self.content}


class TestAttempt(Referenced, Stateful):
    """One attempt at a knowledge test: counted once, whatever is sent how often.

    `drawn` holds questions and options in the order shown, `answers` what was chosen. An attempt
    whose time is over lapses: answers that come later count for nothing.
    """

    __test__ = False  # it is no test of pytest's
    TRANSITIONS: ClassVar[StateTable] = ATTEMPT_TRANSITIONS

    application = models.ForeignKey(
        PermissionApplication,
        models.PROTECT,
        related_name="attempts",
        verbose_name=_("application for a trading permission"),
    )
    bank = models.ForeignKey(
        QuestionBank, models.PROTECT, related_name="+", verbose_name=_("bank of questions")
    )
    number = models.PositiveSmallIntegerField(_("attempt"))
    status = models.CharField(
        _("status"), max_length=6, choices=AttemptStatus, default=AttemptStatus.OPEN
    )
    drawn = models.JSONField(_("questions as shown"))
    answers = models.JSONField(_("answers"), default=dict, blank=True)
    mark = models.PositiveSmallIntegerField(_("pass mark"))
    score = models.PositiveSmallIntegerField(_("score"), null=True, blank=True)
    rule_version = models.CharField(_("rule version"), max_length=100)
    begun_at = models.DateTimeField(_("begun at"))
    until = models.DateTimeField(_("time until"))
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True)

    class Meta:
        verbose_name = _("attempt at a knowledge test")
        verbose_name_plural = _("attempts at knowledge tests")
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(
                fields=["application", "number"], name="attempts_of_a_case_are_counted"
            ),
            models.UniqueConstraint(
                fields=["application"],
                condition=Q(status=AttemptStatus.OPEN),
                name="one_open_attempt_of_a_case",
            ),
            models.CheckConstraint(
                condition=Q(until__gt=F("begun_at")), name="an_attempt_has_time"
            ),
            models.CheckConstraint(
                condition=Q(status=AttemptStatus.OPEN, ended_at=None, score=None)
                | Q(status=AttemptStatus.LAPSED, ended_at__isnull=False, score=None)
                | Q(
                    status=AttemptStatus.PASSED,
                    ended_at__isnull=False,
                    score__gte=F("mark"),
                    score__lte=100,
                )
                | Q(
                    status=AttemptStatus.FAILED,
                    ended_at__isnull=False,
                    score__lt=F("mark"),
                ),
                name="an_attempt_is_passed_by_its_mark",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.get_status_display()}"
