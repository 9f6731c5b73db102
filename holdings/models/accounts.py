"""Accounts at the trading counter."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from brokerage.core.models import Referenced
from brokerage.customers.models import Customer
from holdings.states import AccountKind


class AccountQuerySet(models.QuerySet["Account"]):
    def of(self, customer: Customer) -> Self:
        """The accounts of one customer."""
        return self.filter(customer=customer)


class Account(Referenced):
    """A cash account as the counter keeps it, with the securities that lie beside the money.

    Life: made by the app that opened it, under the ref that the counter was told; never changed.
    The ref is the only number that files carry. Not for: the state of the opening, market
    accounts and the custody bank, which `accounts` keeps.
    """

    customer = models.ForeignKey(Customer, models.PROTECT, related_name="counter_accounts")
    kind = models.CharField(_("kind"), max_length=8, choices=AccountKind)
    opened_on = models.DateField(pgettext_lazy("account", "opened on"))

    objects = AccountQuerySet.as_manager()

    class Meta:
        verbose_name = _("counter account")
        verbose_name_plural = _("counter accounts")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(kind__in=AccountKind.values),
                name="a_counter_account_has_a_kind",
            ),
        ]
