"""Mandates: what a desk prepares and concludes with a client that an outlet referred."""

from __future__ import annotations

from typing import Any, ClassVar, Self

import pgtrigger
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from branches.models import OrgUnit
from brokerage.core.four_eyes import Decision, FourEyed, FourEyedQuerySet, decided_rows_stay
from brokerage.core.models import Referenced
from brokerage.core.money import YUAN
from brokerage.core.states import Stateful, StateTable
from brokerage.customers.models import Customer
from brokerage.files.models import StoredFile
from products.mandate_states import (
    CLEARED,
    CONCLUDED,
    NEXT,
    STAGE_TRANSITIONS,
    UNDER_WAY,
    PaperKind,
    Stage,
)
from products.models.orders import of_a_branch_company
from products.models.products import Product
from products.models.referrals import Referral
from products.states import Desk
from suitability.models import MatchRecord

IS_UNDER_WAY = Q(status__in=[each.value for each in UNDER_WAY])


class MandateQuerySet(models.QuerySet["Mandate"]):
    def under_way(self) -> Self:
        """Neither completed nor lost."""
        return self.filter(IS_UNDER_WAY)


class Mandate(Referenced, Stateful):
    """What a desk concludes with the client of one referral. It belongs to a branch company.

    Life: opened → due diligence → drafting → internal review, by somebody else than the lead, or
    back to drafting → cleared → signed → completed with its net revenue, which is credited like
    that of any referral; or not concluded, with the reason. Each stage before the end has a lead,
    a next step and a clock. Where it is a product for a customer, it is signed on
    a matching decision. Who may see it: `products.mandates_access`.
    """

    TRANSITIONS: ClassVar[StateTable] = STAGE_TRANSITIONS

    referral = models.OneToOneField(
        Referral, models.PROTECT, related_name="mandate", verbose_name=_("referral")
    )
    desk = models.CharField(pgettext_lazy("product", "desk"), max_length=8, choices=Desk.choices)
    company = models.ForeignKey(
        OrgUnit, models.PROTECT, related_name="+", verbose_name=_("branch company")
    )
    customer = models.ForeignKey(
        Customer,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="mandates",
        verbose_name=_("customer"),
    )
    product = models.ForeignKey(
        Product,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="mandates",
        verbose_name=_("product"),
    )
    decision = models.ForeignKey(
        MatchRecord,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="mandates",
        verbose_name=_("matching decision"),
    )
    lead_ref = models.UUIDField(pgettext_lazy("mandate", "lead"))
    status = models.CharField(
        pgettext_lazy("mandate", "stage"),
        max_length=9,
        choices=Stage.choices,
        default=Stage.OPENED,
    )
    next_step = models.CharField(
        _("next step"),
        max_length=300,
        blank=True,
        help_text=_("Empty for what the stage asks for."),
    )
    due_at = models.DateTimeField(pgettext_lazy("mandate", "stage is due"), null=True, blank=True)
    percent = models.PositiveSmallIntegerField(
        _("how likely, in percent"), validators=[MaxValueValidator(100)]
    )
    expected = models.DecimalField(_("net revenue expected, in yuan"), **YUAN, default=0)
    rule_version = models.CharField(_("version of the rules"), max_length=100)
    note = models.CharField(_("last report"), max_length=500, blank=True)
    opened_at = models.DateTimeField(pgettext_lazy("mandate", "opened at"))
    reviewed_by_ref = models.UUIDField(
        pgettext_lazy("mandate", "reviewed by"), null=True, blank=True
    )
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True)

    objects: ClassVar[MandateQuerySet] = MandateQuerySet.as_manager()  # type: ignore[assignment]  # a manager has its methods

    class Meta:
        verbose_name = _("mandate")
        verbose_name_plural = _("mandates")
        permissions = [
            ("follow_mandate", _("Can open mandates and take them from stage to stage")),
            ("review_mandate", _("Can clear mandates for signing")),
        ]
        indexes = [
            models.Index(fields=["lead_ref"], condition=IS_UNDER_WAY, name="mandates_by_lead")
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=Stage.values, desk__in=Desk.values)
                & Q(percent__lte=100, expected__gte=0)
                & ~Q(rule_version=""),
                name="a_mandate_has_stage_desk_and_figures",
            ),
            models.CheckConstraint(
                condition=(IS_UNDER_WAY & Q(due_at__isnull=False, ended_at=None))
                | (~IS_UNDER_WAY & Q(due_at=None, ended_at__isnull=False, next_step="")),
                name="a_mandate_under_way_has_a_clock",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=[each.value for each in CLEARED])
                | Q(reviewed_by_ref__isnull=False),
                name="nothing_is_signed_before_it_was_reviewed",
            ),
            models.CheckConstraint(
                condition=Q(reviewed_by_ref=None) | ~Q(reviewed_by_ref=F("lead_ref")),
                name="who_leads_a_mandate_does_not_review_it",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=[each.value for each in CONCLUDED])
                | Q(customer=None)
                | Q(product=None)
                | Q(decision__isnull=False),
                name="a_product_is_mandated_on_a_match",
            ),
        ]
        triggers = [
            of_a_branch_company("a_mandate"),
            pgtrigger.Protect(name="mandates_are_kept", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return str(self.referral)

    @property
    def what_next(self) -> str:
        """The next step: as its lead set it, or what the stage asks for; empty after the end."""
        return self.next_step or str(NEXT.get(Stage(self.status), ""))


class MandatePaper(Referenced):
    """One paper of a mandate. A correction is another paper; none is changed."""

    mandate = models.ForeignKey(
        Mandate, models.PROTECT, related_name="papers", verbose_name=_("mandate")
    )
    kind = models.CharField(
        pgettext_lazy("mandate paper", "kind"), max_length=9, choices=PaperKind.choices
    )
    file = models.OneToOneField(
        StoredFile, models.PROTECT, related_name="+", verbose_name=_("file"), editable=False
    )
    added_at = models.DateTimeField(_("added at"))
    added_by_ref = models.UUIDField(_("added by"))

    objects: ClassVar[models.Manager[MandatePaper]] = models.Manager()

    class Meta:
        verbose_name = _("paper of a mandate")
        verbose_name_plural = _("papers of mandates")
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=PaperKind.values), name="a_mandate_paper_has_a_known_kind"
            )
        ]
        triggers = [
            pgtrigger.Protect(
                name="mandate_papers_stay", operation=pgtrigger.Update | pgtrigger.Delete
            )
        ]

    def __str__(self) -> str:
        return f"{self.mandate} {self.get_kind_display()}"


class Crossing(Referenced, FourEyed):
    """Somebody is let behind the wall of a mandate: asked for by its team, cleared by compliance.

    A decided row never changes, but that it can end (`left_at`).
    """

    mandate = models.ForeignKey(
        Mandate, models.PROTECT, related_name="crossings", verbose_name=_("mandate")
    )
    person_ref = models.UUIDField(pgettext_lazy("crossing", "who is let in"))
    reason = models.CharField(pgettext_lazy("crossing", "what for"), max_length=300)
    left_at = models.DateTimeField(
        pgettext_lazy("crossing", "until"), null=True, blank=True, editable=False
    )

    objects: ClassVar[Any] = FourEyedQuerySet["Crossing"].as_manager()

    class Meta(FourEyed.Meta):
        verbose_name = _("wall crossing")
        verbose_name_plural = _("wall crossings")
        indexes = [models.Index(fields=["person_ref"], name="crossings_of_a_person")]
        constraints = [
            *FourEyed.Meta.constraints,
            models.UniqueConstraint(
                fields=["mandate", "person_ref"],
                condition=~Q(decision=Decision.REJECTED) & Q(left_at=None),
                name="somebody_is_let_in_once",
                violation_error_message=_("This person is behind the wall already, or asked for."),
            ),
            models.CheckConstraint(
                condition=~Q(reason="") & (Q(left_at=None) | Q(decision=Decision.APPROVED)),
                name="a_crossing_says_what_for",
            ),
            models.CheckConstraint(
                condition=Q(checked_by_ref=None) | ~Q(checked_by_ref=F("person_ref")),
                name="nobody_lets_themselves_in",
            ),
        ]
        triggers = [decided_rows_stay(but_shorten="left_at")]

    def __str__(self) -> str:
        return str(self.mandate)
