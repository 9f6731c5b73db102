"""What an approved application becomes: accounts, each a state of its own.

"Approved" is not "the depository opened", is not "the bank is linked", is not "may trade".
"""

from __future__ import annotations

from typing import ClassVar

import pgtrigger
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models.application import Application
from accounts.states import (
    CASH_TRANSITIONS,
    LINK_TRANSITIONS,
    MARKET_TRANSITIONS,
    ONE_CODE_TRANSITIONS,
    CashStatus,
    LinkStatus,
    MarketStatus,
    OneCodeStatus,
)
from brokerage.core import masking
from brokerage.core.fields import EncryptedTextField
from brokerage.core.models import Referenced
from brokerage.core.states import Stateful, StateTable
from brokerage.customers.models import Customer


class Numbered(Referenced, Stateful):
    """An account whose number is kept encrypted and shown masked."""

    number = EncryptedTextField(_("number"), null=True, blank=True)
    status_since = models.DateTimeField(_("in this status since"))

    class Meta:
        abstract = True

    @property
    def masked_number(self) -> str:
        """The number as anybody who may see the row sees it."""
        return masking.account(self.number)


class OneCodeAccount(Numbered):
    """The one account of a person at the depository, with whichever firm it was opened."""

    TRANSITIONS: ClassVar[StateTable] = ONE_CODE_TRANSITIONS

    customer = models.OneToOneField(Customer, models.PROTECT, related_name="one_code")
    status = models.CharField(
        _("status"), max_length=10, choices=OneCodeStatus, default=OneCodeStatus.REQUESTED
    )

    class Meta:
        verbose_name = _("one-code account")
        verbose_name_plural = _("one-code accounts")
        constraints = [
            models.CheckConstraint(
                condition=Q(status=OneCodeStatus.REQUESTED) | Q(number__isnull=False),
                name="an_opened_one_code_account_has_a_number",
            ),
        ]

    def __str__(self) -> str:
        return self.masked_number or self.short_ref


class CashAccount(Referenced, Stateful):
    """The customer's money with us; it may take deposits only once a bank is linked."""

    TRANSITIONS: ClassVar[StateTable] = CASH_TRANSITIONS

    customer = models.ForeignKey(Customer, models.PROTECT, related_name="cash_accounts")
    application = models.OneToOneField(
        Application, models.PROTECT, related_name="cash_account", verbose_name=_("application")
    )
    status = models.CharField(
        _("status"), max_length=10, choices=CashStatus, default=CashStatus.PREPARED
    )
    status_since = models.DateTimeField(_("in this status since"))

    class Meta:
        verbose_name = _("cash account")
        verbose_name_plural = _("cash accounts")


class MarketAccount(Numbered):
    """An account on one market. Opened, or refused with the depository's code."""

    TRANSITIONS: ClassVar[StateTable] = MARKET_TRANSITIONS

    application = models.ForeignKey(
        Application, models.PROTECT, related_name="market_accounts", verbose_name=_("application")
    )
    market = models.CharField(_("market"), max_length=8)
    status = models.CharField(
        _("status"), max_length=10, choices=MarketStatus, default=MarketStatus.REQUESTED
    )
    refusal = models.CharField(_("refused with"), max_length=40, blank=True)

    class Meta:
        verbose_name = _("market account")
        verbose_name_plural = _("market accounts")
        constraints = [
            models.UniqueConstraint(
                fields=["application", "market"], name="one_account_of_a_market_and_application"
            ),
            models.CheckConstraint(
                condition=Q(status=MarketStatus.REQUESTED, number__isnull=True, refusal="")
                | (Q(status=MarketStatus.REFUSED, number__isnull=True) & ~Q(refusal=""))
                | (
                    Q(number__isnull=False, refusal="")
                    & ~Q(status__in=[MarketStatus.REQUESTED, MarketStatus.REFUSED])
                ),
                name="a_market_account_has_a_number_or_a_refusal",
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="a_later_market_is_signed_for",
                operation=pgtrigger.Update,  # it is asked for before it is open
                when=pgtrigger.Before,
                condition=pgtrigger.Condition(
                    "NEW.status = 'open' AND OLD.status IS DISTINCT FROM 'open'"
                ),
                func=(
                    "IF EXISTS (SELECT 1 FROM accounts_application a"
                    " WHERE a.id = NEW.application_id AND a.status = 'active')"
                    " AND NOT EXISTS (SELECT 1 FROM accounts_marketwish w"
                    " WHERE w.application_id = NEW.application_id AND w.market = NEW.market"
                    " AND w.status = 'opening' AND w.signed_at IS NOT NULL)"
                    " THEN RAISE EXCEPTION 'nobody signed for this market'"
                    " USING ERRCODE = 'integrity_constraint_violation'; END IF; RETURN NEW;"
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.market} {self.masked_number}".strip()


class CustodyLink(Referenced, Stateful):
    """The tie between the cash account and a bank that keeps the money."""

    TRANSITIONS: ClassVar[StateTable] = LINK_TRANSITIONS

    cash = models.OneToOneField(CashAccount, models.PROTECT, related_name="link")
    bank = models.CharField(_("bank"), max_length=8)
    status = models.CharField(
        _("status"), max_length=10, choices=LinkStatus, default=LinkStatus.REQUESTED
    )
    status_since = models.DateTimeField(_("in this status since"))

    class Meta:
        verbose_name = _("custody link")
        verbose_name_plural = _("custody links")

    def __str__(self) -> str:
        return self.bank
