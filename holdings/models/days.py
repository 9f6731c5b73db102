"""What the counter reports for the end of a trading day; one row a day, corrected in place."""

from __future__ import annotations

from decimal import Decimal

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from brokerage.core.money import QUANTITY, RATE, YUAN
from brokerage.reference.models import Instrument
from holdings.models.accounts import Account
from holdings.states import Currency, Side


class DayRow(models.Model):
    """A row of one account and day. Written in sets by `importing`, never one by one."""

    day = models.DateField(_("day"))
    account = models.ForeignKey(Account, models.PROTECT, verbose_name=_("account"))

    class Meta:
        abstract = True


class Priced(models.Model):
    """A price in the money of its market; every amount beside it is in yuan.

    `currency` is empty for yuan; else `rate` says how many yuan one unit of it was.
    """

    currency = models.CharField(
        _("currency"), max_length=3, choices=Currency, blank=True, default="", db_default=""
    )
    rate = models.DecimalField(_("exchange rate"), **RATE, null=True, blank=True)

    class Meta:
        abstract = True


FOREIGN_MONEY_HAS_A_RATE = Q(currency="", rate=None) | Q(
    currency__in=Currency.values, rate__isnull=False, rate__gt=0
)


class Position(Priced, DayRow):
    """Units of one security at the end of a day, valued in yuan by the counter."""

    instrument = models.ForeignKey(
        Instrument, models.PROTECT, verbose_name=_("security"), db_index=False, related_name="+"
    )
    quantity = models.DecimalField(pgettext_lazy("security", "units"), **QUANTITY)
    price = models.DecimalField(_("price"), **QUANTITY)
    value = models.DecimalField(pgettext_lazy("security", "value"), **YUAN)
    cost = models.DecimalField(_("cost"), **YUAN)

    class Meta:
        verbose_name = pgettext_lazy("security", "position")
        verbose_name_plural = pgettext_lazy("security", "positions")
        constraints = [
            models.UniqueConstraint(
                fields=["day", "account", "instrument"], name="one_position_a_day_and_security"
            ),
            models.CheckConstraint(
                condition=Q(quantity__gte=0, price__gte=0, value__gte=0, cost__gte=0),
                name="a_position_is_not_negative",
            ),
            models.CheckConstraint(
                condition=FOREIGN_MONEY_HAS_A_RATE, name="a_position_in_foreign_money_has_a_rate"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.instrument_id}"


class CashBalance(DayRow):
    """Money of an account at the end of a day; `frozen` is the part that is held."""

    amount = models.DecimalField(_("amount"), **YUAN)
    frozen = models.DecimalField(_("held"), **YUAN)

    class Meta:
        verbose_name = _("cash balance")
        verbose_name_plural = _("cash balances")
        constraints = [
            models.UniqueConstraint(fields=["day", "account"], name="one_cash_balance_a_day"),
            models.CheckConstraint(
                condition=Q(frozen__gte=0, frozen__lte=F("amount")),
                name="held_cash_is_part_of_the_cash",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.account_id}"


class MarginBalance(DayRow):
    """What a margin account owes: money, and the value of borrowed securities."""

    borrowed_cash = models.DecimalField(_("borrowed money"), **YUAN)
    borrowed_securities = models.DecimalField(_("borrowed securities"), **YUAN)

    class Meta:
        verbose_name = _("margin balance")
        verbose_name_plural = _("margin balances")
        constraints = [
            models.UniqueConstraint(fields=["day", "account"], name="one_margin_balance_a_day"),
            models.CheckConstraint(
                condition=Q(borrowed_cash__gte=0, borrowed_securities__gte=0),
                name="a_debt_is_not_negative",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.account_id}"


class Trade(Priced, DayRow):
    """One executed trade under the counter's number of the day."""

    number = models.CharField(_("trade number"), max_length=20)
    instrument = models.ForeignKey(
        Instrument, models.PROTECT, verbose_name=_("security"), db_index=False, related_name="+"
    )
    side = models.CharField(pgettext_lazy("trade", "side"), max_length=4, choices=Side)
    quantity = models.DecimalField(pgettext_lazy("security", "units"), **QUANTITY)
    price = models.DecimalField(_("price"), **QUANTITY)
    amount = models.DecimalField(_("amount"), **YUAN)
    fees = models.DecimalField(pgettext_lazy("trade", "fees"), **YUAN)

    class Meta:
        verbose_name = _("trade")
        verbose_name_plural = _("trades")
        constraints = [
            models.UniqueConstraint(fields=["day", "number"], name="a_trade_is_kept_once"),
            models.CheckConstraint(
                condition=Q(quantity__gt=0, price__gt=0, amount__gte=0, fees__gte=0),
                name="a_trade_moves_something",
            ),
            models.CheckConstraint(condition=Q(side__in=Side.values), name="a_trade_has_a_side"),
            models.CheckConstraint(
                condition=FOREIGN_MONEY_HAS_A_RATE, name="a_trade_in_foreign_money_has_a_rate"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.number}"

    @property
    def units(self) -> Decimal:
        """The quantity with the decimals that it has."""
        return self.quantity.normalize()

    @property
    def shown_price(self) -> Decimal:
        """The price with the decimals that it has, at least two."""
        places = max(2, -int(self.price.normalize().as_tuple().exponent))
        return self.price.quantize(Decimal(1).scaleb(-places))
