"""Accounts at the trading counter."""

from __future__ import annotations

from datetime import date
from typing import ClassVar, Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from brokerage.core.models import Referenced
from brokerage.customers.models import Customer
from holdings.states import AccountKind


class AccountQuerySet(models.QuerySet["Account"]):
    def of(self, customer: Customer) -> Self:
        """The accounts of one customer."""
        return self.filter(customer=customer)

    def open_on(self, day: date) -> Self:
        """Accounts that were not closed before `day`."""
        return self.filter(Q(closed_on=None) | Q(closed_on__gte=day))


class Told(models.Model):
    """What a list of the counter says of an account.

    `told_by` names the newest list that said so (`importing.merging.source_of`), so that an older
    one that comes later changes nothing; it is empty where no list has named the account yet.
    """

    kind = models.CharField(_("kind"), max_length=8, choices=AccountKind)
    opened_on = models.DateField(pgettext_lazy("account", "opened on"))
    closed_on = models.DateField(pgettext_lazy("account", "closed on"), null=True, blank=True)
    told_by = models.CharField(_("told by"), max_length=40, blank=True, editable=False)

    class Meta:
        abstract = True


class Account(Referenced, Told):
    """A cash account as the counter keeps it, with the securities that lie beside the money.

    Life: made by the app that opened it, under the ref that the counter was told, or by the
    counter's list of accounts (margin accounts, and those of before this system); corrected only
    by a newer list. The ref is the only number that files carry. Not for: the state of the
    opening, market accounts and the custody bank, which `accounts` keeps.
    """

    customer = models.ForeignKey(Customer, models.PROTECT, related_name="counter_accounts")

    objects = AccountQuerySet.as_manager()

    class Meta:
        verbose_name = _("counter account")
        verbose_name_plural = _("counter accounts")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(kind__in=AccountKind.values),
                name="a_counter_account_has_a_kind",
            ),
            models.CheckConstraint(
                condition=Q(closed_on=None) | Q(closed_on__gte=F("opened_on")),
                name="a_counter_account_closes_after_it_opened",
            ),
        ]

    def __str__(self) -> str:
        return str(self.ref)


class UnknownAccount(Referenced, Told):
    """An account of the counter's list whose customer is not kept here.

    What files say of it is left out, so that it stops nobody else. Life: made by a list of
    accounts; gone once a list finds its customer, and then the files that left it out are taken
    again as long as the counter keeps them.
    """

    customer_ref = models.UUIDField(_("customer's reference"))

    objects: ClassVar[models.Manager[UnknownAccount]] = models.Manager()

    class Meta:
        verbose_name = _("unknown account of the counter")
        verbose_name_plural = _("unknown accounts of the counter")
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=AccountKind.values), name="an_unknown_account_has_a_kind"
            ),
        ]

    def __str__(self) -> str:
        return str(self.ref)
