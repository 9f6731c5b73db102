"""What outlets bring to the product desks, and who is credited with what it earned."""

from __future__ import annotations

from typing import ClassVar, Self

import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from branches.models import OrgUnit
from brokerage.core.fields import EncryptedTextField
from brokerage.core.models import Referenced
from brokerage.core.money import YUAN
from brokerage.core.states import Stateful, StateTable
from brokerage.customers.models import Customer
from products.models.issuers import CREDIT_CODE
from products.models.orders import of_a_branch_company
from products.states import PURSUED, REFERRAL_TRANSITIONS, Desk, Need, ReferralStatus

IS_PURSUED = Q(status__in=[each.value for each in PURSUED])


CONFIRMED = """
    IF NOT EXISTS (SELECT 1 FROM products_winning
            WHERE referral_id = NEW.referral_id AND decision = 'approved')
        AND NOT EXISTS (SELECT 1 FROM products_creditsplit
            WHERE referral_id = NEW.referral_id) THEN
        RAISE EXCEPTION 'a credit needs a winning that a second person confirmed'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
"""
"""A split that takes the place of another one was confirmed by the dispute about it."""


class ReferralQuerySet(models.QuerySet["Referral"]):
    def pursued(self) -> Self:
        """Neither won nor given up."""
        return self.filter(IS_PURSUED)


class Referral(Referenced, Stateful):
    """An outlet brings a customer, or a local enterprise's project, to a product desk.

    Life: registered by the outlet → qualified by the branch company → tailored by the desk →
    reported back → won, with its net revenue, perhaps by a mandate that the desk prepares first
    (`Mandate`), or not pursued, with the reason. Each state before
    the end names the person whose turn it is and until when, by constraint; who registered does
    not qualify. It belongs to a branch company.
    """

    TRANSITIONS: ClassVar[StateTable] = REFERRAL_TRANSITIONS

    need = models.CharField(_("what is needed"), max_length=9, choices=Need.choices)
    desk = models.CharField(
        pgettext_lazy("product", "desk"), max_length=8, choices=Desk.choices, editable=False
    )
    customer = models.ForeignKey(
        Customer,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="referrals",
        verbose_name=_("customer"),
        help_text=_("Of the outlet; empty for an enterprise that is no customer."),
    )
    enterprise = models.CharField(_("enterprise"), max_length=120, blank=True)
    credit_code = models.CharField(
        _("unified social credit code"), max_length=18, blank=True, validators=[CREDIT_CODE]
    )
    contact = EncryptedTextField(_("whom to call"), blank=True)
    facts = models.CharField(pgettext_lazy("referral", "what it is about"), max_length=500)
    outlet = models.ForeignKey(
        OrgUnit, models.PROTECT, related_name="+", verbose_name=_("outlet that refers")
    )
    company = models.ForeignKey(
        OrgUnit,
        models.PROTECT,
        related_name="+",
        verbose_name=_("branch company"),
        editable=False,
    )
    status = models.CharField(
        _("status"),
        max_length=10,
        choices=ReferralStatus.choices,
        default=ReferralStatus.REGISTERED,
        editable=False,
    )
    note = models.CharField(_("last report"), max_length=500, blank=True, editable=False)
    next_by_ref = models.UUIDField(
        pgettext_lazy("referral", "whose turn it is"), null=True, blank=True, editable=False
    )
    next_due = models.DateTimeField(
        pgettext_lazy("referral", "until"), null=True, blank=True, editable=False
    )
    made_by_ref = models.UUIDField(_("registered by"), editable=False)
    made_at = models.DateTimeField(_("registered at"), editable=False)
    qualified_by_ref = models.UUIDField(_("qualified by"), null=True, blank=True, editable=False)
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True, editable=False)

    objects: ClassVar[ReferralQuerySet] = ReferralQuerySet.as_manager()  # type: ignore[assignment]  # a manager has its methods

    class Meta:
        verbose_name = _("referral")
        verbose_name_plural = _("referrals and projects")
        permissions = [("follow_referral", _("Can tailor, report and close referrals"))]
        indexes = [
            models.Index(fields=["next_by_ref"], condition=IS_PURSUED, name="referrals_by_turn")
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(customer__isnull=False, enterprise="", credit_code="")
                | (Q(customer=None) & ~Q(enterprise="") & ~Q(credit_code="")),
                name="a_referral_is_of_a_customer_or_an_enterprise",
                violation_error_message=_(
                    "Name a customer, or an enterprise with its credit code."
                ),
            ),
            models.CheckConstraint(
                condition=(
                    IS_PURSUED
                    & Q(next_by_ref__isnull=False, next_due__isnull=False, ended_at=None)
                )
                | (~IS_PURSUED & Q(next_by_ref=None, next_due=None, ended_at__isnull=False)),
                name="whose_turn_it_is_and_until_when",
            ),
            models.CheckConstraint(
                condition=Q(status__in=["registered", "declined"])
                | Q(qualified_by_ref__isnull=False),
                name="nothing_is_tailored_before_it_was_qualified",
            ),
            models.CheckConstraint(
                condition=Q(qualified_by_ref=None) | ~Q(qualified_by_ref=F("made_by_ref")),
                name="who_refers_does_not_qualify",
            ),
            models.CheckConstraint(
                condition=Q(
                    status__in=ReferralStatus.values, need__in=Need.values, desk__in=Desk.values
                )
                & ~Q(facts=""),
                name="a_referral_says_what_it_is_about",
            ),
        ]
        triggers = [
            of_a_branch_company("a_referral"),
            pgtrigger.Protect(name="referrals_are_kept", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return self.enterprise or (self.customer.shown if self.customer else str(self.ref))


class CreditSplit(Referenced):
    """Who is credited with what a won referral earned; the parts are the whole, by constraint.

    Never changed: where a dispute is upheld, another row takes its place.
    """

    referral = models.ForeignKey(
        Referral, models.PROTECT, related_name="splits", verbose_name=_("referral")
    )
    revenue = models.DecimalField(_("net revenue in yuan"), **YUAN)
    to_outlet = models.DecimalField(_("to the outlet"), **YUAN)
    to_company = models.DecimalField(_("to the branch company"), **YUAN)
    to_desk = models.DecimalField(_("to the desk"), **YUAN)
    rule_version = models.CharField(_("version of the rules"), max_length=100)
    made_at = models.DateTimeField(_("made at"))
    disputed_until = models.DateTimeField(_("can be disputed until"))
    replaced_at = models.DateTimeField(
        pgettext_lazy("credit", "replaced at"), null=True, blank=True
    )

    objects: ClassVar[models.Manager[CreditSplit]] = models.Manager()

    class Meta:
        verbose_name = _("credit for a referral")
        verbose_name_plural = _("credits for referrals")
        constraints = [
            models.UniqueConstraint(
                fields=["referral"],
                condition=Q(replaced_at=None),
                name="one_credit_counts_for_a_referral",
            ),
            models.CheckConstraint(
                condition=Q(
                    to_outlet__gte=0,
                    to_company__gte=0,
                    to_desk__gte=0,
                    revenue=F("to_outlet") + F("to_company") + F("to_desk"),
                )
                & ~Q(rule_version=""),
                name="the_parts_are_the_whole_revenue",
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="credits_are_kept", operation=pgtrigger.Delete),
            pgtrigger.Trigger(
                name="a_credit_has_its_second_person",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func=CONFIRMED,
            ),
        ]

    def __str__(self) -> str:
        return str(self.referral)


class CreditDispute(Referenced):
    """A side says that a credit is wrong; head office answers, by a clock.

    Life: raised → answered by somebody who neither raised it nor moved the referral. Another
    split is proposed by one such person and counts once a second one has confirmed it.
    """

    split = models.ForeignKey(
        CreditSplit, models.PROTECT, related_name="disputes", verbose_name=_("credit")
    )
    reason = models.CharField(pgettext_lazy("credit", "what is wrong"), max_length=500)
    raised_by_ref = models.UUIDField(_("disputed by"))
    raised_at = models.DateTimeField(_("disputed at"))
    due_at = models.DateTimeField(_("to be answered until"))
    upheld = models.BooleanField(_("upheld"), null=True, blank=True)
    answer = models.CharField(_("our answer"), max_length=500, blank=True)
    answered_by_ref = models.UUIDField(
        pgettext_lazy("credit", "answered by"), null=True, blank=True
    )
    answered_at = models.DateTimeField(_("answered at"), null=True, blank=True)
    to_outlet = models.DecimalField(
        pgettext_lazy("dispute", "proposed for the outlet"), **YUAN, null=True, blank=True
    )
    to_company = models.DecimalField(
        pgettext_lazy("dispute", "proposed for the branch company"), **YUAN, null=True, blank=True
    )
    proposal = models.CharField(
        pgettext_lazy("dispute", "why it is split anew"), max_length=500, blank=True
    )
    proposed_by_ref = models.UUIDField(
        pgettext_lazy("dispute", "proposed by"), null=True, blank=True
    )
    proposed_at = models.DateTimeField(
        pgettext_lazy("dispute", "proposed at"), null=True, blank=True
    )

    objects: ClassVar[models.Manager[CreditDispute]] = models.Manager()

    class Meta:
        verbose_name = _("dispute about a credit")
        verbose_name_plural = _("disputes about credits")
        constraints = [
            models.UniqueConstraint(
                fields=["split"],
                condition=Q(answered_at=None),
                name="one_open_dispute_of_a_credit",
            ),
            models.CheckConstraint(
                condition=Q(answered_at=None, answered_by_ref=None, upheld=None, answer="")
                | (
                    Q(answered_at__isnull=False, answered_by_ref__isnull=False)
                    & Q(upheld__isnull=False)
                    & ~Q(answer="")
                ),
                name="an_answered_dispute_says_how",
            ),
            models.CheckConstraint(
                condition=Q(answered_by_ref=None) | ~Q(answered_by_ref=F("raised_by_ref")),
                name="who_disputes_does_not_answer",
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="a_dispute_says_why"),
            models.CheckConstraint(
                condition=Q(
                    to_outlet=None,
                    to_company=None,
                    proposal="",
                    proposed_by_ref=None,
                    proposed_at=None,
                )
                | (
                    Q(to_outlet__gte=0, to_company__gte=0, proposed_by_ref__isnull=False)
                    & Q(proposed_at__isnull=False)
                    & ~Q(proposal="")
                    & ~Q(proposed_by_ref=F("raised_by_ref"))
                ),
                name="another_split_is_proposed_as_a_whole",
            ),
            models.CheckConstraint(
                condition=Q(proposed_by_ref=None)
                | Q(answered_by_ref=None)
                | ~Q(answered_by_ref=F("proposed_by_ref")),
                name="who_proposes_a_split_does_not_confirm_it",
            ),
        ]
        triggers = [pgtrigger.Protect(name="disputes_are_kept", operation=pgtrigger.Delete)]

    def __str__(self) -> str:
        return str(self.split)
