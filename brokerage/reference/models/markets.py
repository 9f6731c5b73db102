"""Securities, custody banks and code lists."""

from __future__ import annotations

from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from brokerage.core.display.languages import reads_english
from brokerage.reference.origin import Origin


class Named(models.Model):
    """Has a Chinese and an English name."""

    name_zh = models.CharField(_("Chinese name"), max_length=60)
    name_en = models.CharField(_("English name"), max_length=120, blank=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.name_zh

    @property
    def name(self) -> str:
        """The name in the present language; Chinese where there is no English one."""
        english = reads_english()
        return self.name_en if english and self.name_en else self.name_zh


class Exchange(models.TextChoices):
    """Where a security is listed; Hong Kong is reached through Stock Connect."""

    SH = "SH", _("Shanghai")
    SZ = "SZ", _("Shenzhen")
    BJ = "BJ", _("Beijing")
    HK = "HK", _("Hong Kong")
    NQ = "NQ", _("NEEQ")


MAINLAND = (Exchange.SH, Exchange.SZ, Exchange.BJ)
OPTION_CODE = "[0-9]{8}"
CODES: dict[str, str] = {
    Exchange.SH: "[0-9]{6}(?:[0-9]{2})?",
    Exchange.SZ: "[0-9]{6}(?:[0-9]{2})?",
    Exchange.BJ: "[0-9]{6}",
    Exchange.HK: "[0-9]{5}",
    Exchange.NQ: "[0-9]{6}",
}
"""How a code of each market is written; eight digits are a contract of options."""


class InstrumentKind(models.TextChoices):
    """What a security is; OTHER is for what a counter lists and nobody here tells apart."""

    STOCK = "stock", _("Stock")
    HONG_KONG = "hk", _("Hong Kong stock")
    NEEQ = "neeq", _("NEEQ stock")
    FUND = "fund", _("Fund")
    REIT = "reit", _("Real estate fund")
    BOND = "bond", _("Bond")
    CONVERTIBLE = "conv", _("Convertible bond")
    OPTION = "option", _("Option contract")
    OTHER = "other", pgettext_lazy("security", "Other")


ANYWHERE = ("fund", "reit", "bond", "conv", "other")
"""Kinds that each market may list."""


def _code_of_its_market() -> Q:
    """The code is written as those of the market are."""
    fits = Q()
    for market, code in CODES.items():
        fits |= Q(market=market, code__regex=f"^{code}$")
    return fits


def _kind_of_its_market() -> Q:
    """What is traded in one place only is listed there; options have codes of their own."""
    contract = Q(code__regex=f"^{OPTION_CODE}$")
    return Q(contract, kind=InstrumentKind.OPTION) | ~contract & (
        Q(kind=InstrumentKind.STOCK, market__in=MAINLAND)
        | Q(kind=InstrumentKind.HONG_KONG, market=Exchange.HK)
        | Q(kind=InstrumentKind.NEEQ, market=Exchange.NQ)
        | Q(kind__in=ANYWHERE)
    )


class Instrument(Named):
    """A listed security. Market and code name it together; codes are used again.

    The present or last holder of a code is generation 0; earlier ones count up from 1, as in
    lists that append a digit (502000.SH and 5020001.SH).
    """

    market = models.CharField(_("market"), max_length=2, choices=Exchange)
    code = models.CharField(
        _("security code"), max_length=8, validators=[RegexValidator(r"\A[0-9]{5,8}\Z")]
    )
    generation = models.PositiveSmallIntegerField(_("earlier holder"), default=0)
    kind = models.CharField(_("kind"), max_length=6, choices=InstrumentKind)
    board = models.CharField(_("board"), max_length=20, blank=True)
    listed_on = models.DateField(_("listed on"), null=True, blank=True)
    is_delisted = models.BooleanField(_("delisted"), default=False)
    delisted_on = models.DateField(_("delisted on"), null=True, blank=True)
    matures_on = models.DateField(_("matures on"), null=True, blank=True)
    matures_source = models.CharField(
        _("source of the day of maturity"), max_length=40, blank=True, editable=False
    )
    source = models.CharField(_("source"), max_length=300)
    origin = models.CharField(_("origin"), max_length=7, choices=Origin)

    class Meta:
        verbose_name = _("security")
        verbose_name_plural = _("securities")
        ordering = ["market", "code", "generation"]
        constraints = [
            models.UniqueConstraint(
                fields=["market", "code", "generation"], name="one_holder_a_code_and_generation"
            ),
            models.UniqueConstraint(
                fields=["market", "code"],
                condition=Q(is_delisted=False),
                name="one_listed_holder_a_code",
            ),
            models.CheckConstraint(
                condition=Q(delisted_on__isnull=True) | Q(is_delisted=True),
                name="a_delisting_date_means_delisted",
            ),
            models.CheckConstraint(condition=_code_of_its_market(), name="a_code_fits_its_market"),
            models.CheckConstraint(condition=_kind_of_its_market(), name="a_kind_fits_its_market"),
        ]
        indexes = [models.Index(fields=["code"], name="instrument_by_code")]


class Completion(models.TextChoices):
    """Where a customer finishes the custody agreement of a bank."""

    HERE = "here", _("Here, online")
    BANK_APP = "bank_app", _("In the bank's app")
    COUNTER = "counter", _("At the bank's counter")


class CustodyBank(Named):
    """A bank that keeps customers' trading money (third-party custody)."""

    code = models.CharField(_("bank code"), max_length=8, unique=True)
    completion = models.CharField(_("is finished"), max_length=10, choices=Completion)
    position = models.PositiveSmallIntegerField(_("position"))
    is_offered = models.BooleanField(_("offered"), default=True)
    source = models.CharField(_("source"), max_length=300)
    origin = models.CharField(_("origin"), max_length=7, choices=Origin)

    class Meta:
        verbose_name = _("custody bank")
        verbose_name_plural = _("custody banks")
        ordering = ["position", "code"]


class CodeList(models.TextChoices):
    """Which list a code belongs to."""

    OCCUPATION = "occupation", _("Occupations")
    INDUSTRY = "industry", _("Industries")


class Code(Named):
    """An entry of a small national code list (occupations, industries)."""

    list = models.CharField(_("code list"), max_length=12, choices=CodeList)
    code = models.CharField(_("code in the list"), max_length=8)
    position = models.PositiveSmallIntegerField(_("position"))
    is_offered = models.BooleanField(_("offered"), default=True)
    source = models.CharField(_("source"), max_length=300)
    origin = models.CharField(_("origin"), max_length=7, choices=Origin)

    class Meta:
        verbose_name = _("list entry")
        verbose_name_plural = _("list entries")
        ordering = ["list", "position", "code"]
        constraints = [models.UniqueConstraint(fields=["list", "code"], name="one_code_a_list")]
