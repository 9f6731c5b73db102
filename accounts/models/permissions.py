"""Trading permissions of customers: where each one stands."""

from __future__ import annotations

from datetime import date
from typing import ClassVar, Self

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.permissions.states import (
    HELD,
    LOST,
    PERMISSION_TRANSITIONS,
    Gap,
    Loss,
    PermissionStatus,
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

    def to_look_at(self, day: date) -> Self:
        """Those whose conditions can be met from the business date `day` or before, by key."""
        lacks = self.filter(status=PermissionStatus.NOT_ELIGIBLE, earliest__lte=day)
        return lacks.order_by("pk")


class TradingPermission(Referenced, Stateful):
    """Where one customer stands with one permission; the row is made when they first ask.

    Life: conditions not met (with which, and from when) or met → applied for → refused though
    they are met, or granted from a trading day on → suspended by rule and granted again, or
    revoked (by the customer, by two people of the firm, or with a closed account). Suspended and
    revoked close buying only: selling and reducing stay open.

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
        indexes = [
            models.Index(fields=["key", "status"], name="permissions_by_status"),
            models.Index(
                fields=["earliest"],
                condition=Q(status=PermissionStatus.NOT_ELIGIBLE),
                name="permissions_to_look_at",
            ),
        ]
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

    def usable_on(self, day: date) -> bool:
        """Whether the customer may buy with it on the business date `day`."""
        granted = self.status == PermissionStatus.GRANTED
        return granted and self.effective_on is not None and self.effective_on <= day
