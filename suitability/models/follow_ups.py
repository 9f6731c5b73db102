"""A call to a customer, by somebody who did not sell: after a high-risk sale, or in a sample."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar, Self

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from brokerage.core.fields import EncryptedTextField
from brokerage.core.models import Referenced
from brokerage.core.states import Stateful, StateTable
from brokerage.customers.models import Customer
from suitability.models.decisions import MatchRecord
from suitability.states import FOLLOW_UP_TRANSITIONS, FollowUpStatus

ANSWERED = Q(called_by__isnull=False, called_at__isnull=False) & ~Q(answers={})
UNDECIDED = Q(decided_by=None, decided_at=None, decision="")
DECIDED = Q(decided_by__isnull=False, decided_at__isnull=False) & ~Q(decision="")


class SaleFollowUpQuerySet(models.QuerySet["SaleFollowUp"]):
    def waiting(self) -> Self:
        """Still to be called."""
        return self.filter(status=FollowUpStatus.WAITING)

    def escalated(self) -> Self:
        """A concern, or somebody who could not be reached: with compliance."""
        return self.filter(status=FollowUpStatus.ESCALATED)


class SaleFollowUp(Referenced, Stateful):
    """One call on one sale that was drawn for it, or on a buyer of the yearly sample.

    Life: waiting → done without concern; or escalated, for an answer that raises a concern or
    after so many tries without an answer → closed by compliance with what was done. `sale_ref` is
    the ref of what the app above sold. `answers` hold yes or no by question; what the customer
    said besides stays in the encrypted note. A call of the yearly sample has `year` and the place
    that the draw gave its buyer (`rules/sampling.py`), with their last sale of that year.
    """

    TRANSITIONS: ClassVar[StateTable] = FOLLOW_UP_TRANSITIONS

    sale_ref = models.UUIDField(_("sale"))
    year = models.PositiveSmallIntegerField(_("sample of the year"), null=True)
    place_drawn = models.PositiveIntegerField(_("place in the draw"), null=True)
    drawn_of = models.PositiveIntegerField(_("buyers in the draw"), null=True)
    drawn_at = models.DateTimeField(_("drawn at"), null=True)
    record = models.ForeignKey(
        MatchRecord,
        models.PROTECT,
        related_name="follow_ups",
        verbose_name=_("matching decision"),
    )
    customer = models.ForeignKey(
        Customer, models.PROTECT, related_name="follow_ups", verbose_name=_("customer")
    )
    seller = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("sold by"),
    )
    status = models.CharField(
        _("status"), max_length=10, choices=FollowUpStatus, default=FollowUpStatus.WAITING
    )
    rule_version = models.CharField(_("version of the rules"), max_length=100)
    text = models.CharField(_("version of the questions"), max_length=100)
    sold_at = models.DateTimeField(_("sold at"))
    due_at = models.DateTimeField(_("due at"))
    tries = models.PositiveSmallIntegerField(_("tries without an answer"), default=0)
    tried_at = models.DateTimeField(_("last try at"), null=True)
    called_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("called by"),
    )
    called_at = models.DateTimeField(pgettext_lazy("follow-up", "called at"), null=True)
    answers = models.JSONField(_("answers"), default=dict)
    note = EncryptedTextField(_("note"), default="")
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("closed by"),
    )
    decided_at = models.DateTimeField(_("closed at"), null=True)
    decision = models.TextField(_("what was done"), blank=True)

    objects = SaleFollowUpQuerySet.as_manager()

    class Meta:
        verbose_name = pgettext_lazy("sale", "follow-up call")
        verbose_name_plural = pgettext_lazy("sale", "follow-up calls")
        permissions = [("close_salefollowup", "Can close a follow-up that raised a concern")]
        indexes = [
            models.Index(
                fields=["due_at"],
                condition=Q(status__in=[FollowUpStatus.WAITING, FollowUpStatus.ESCALATED]),
                name="sale_follow_ups_that_wait",
            )
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["sale_ref"],
                condition=Q(year=None),
                name="a_sale_is_followed_up_once",
            ),
            models.UniqueConstraint(
                fields=["customer", "year"],
                condition=Q(year__isnull=False),
                name="a_buyer_stands_once_in_the_sample_of_a_year",
            ),
            models.CheckConstraint(
                condition=Q(year=None, place_drawn=None, drawn_of=None, drawn_at=None)
                | (
                    Q(year__isnull=False, drawn_at__isnull=False)
                    & Q(place_drawn__isnull=False, drawn_of__isnull=False)
                    & Q(place_drawn__gte=1, drawn_of__gte=F("place_drawn"))
                ),
                name="a_sampled_buyer_has_a_place_in_the_draw",
            ),
            models.CheckConstraint(
                condition=Q(called_by=None) | Q(seller=None) | ~Q(called_by=F("seller")),
                name="no_seller_follows_up_their_own_sale",
            ),
            models.CheckConstraint(
                condition=(
                    Q(status=FollowUpStatus.WAITING, called_at=None, answers={}) & UNDECIDED
                )
                | (Q(status=FollowUpStatus.DONE) & ANSWERED & UNDECIDED)
                | (
                    Q(status=FollowUpStatus.ESCALATED)
                    & (ANSWERED | Q(tries__gt=0, answers={}))
                    & UNDECIDED
                )
                | (Q(status=FollowUpStatus.CLOSED) & DECIDED),
                name="a_follow_up_has_what_its_status_says",
            ),
            models.CheckConstraint(
                condition=Q(due_at__gt=F("sold_at")), name="a_follow_up_is_due_after_the_sale"
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="ended_follow_ups_stay",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__status__in=["done", "closed"]),
                func="""
                    IF to_jsonb(OLD) - 'note' IS DISTINCT FROM to_jsonb(NEW) - 'note' THEN
                        RAISE EXCEPTION 'an ended follow-up is never changed'
                            USING ERRCODE = 'integrity_constraint_violation';
                    END IF;
                    RETURN NEW;
                """,
            ),
            pgtrigger.Protect(name="follow_ups_are_kept", operation=pgtrigger.Delete),
        ]

    @property
    def started_at(self) -> datetime:
        """When its clock began: with the sale, or with the draw of the sample."""
        return self.drawn_at or self.sold_at
