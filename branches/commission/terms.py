"""The words of the commission grid."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Market(models.TextChoices):
    """Where a trade is made."""

    SH = "SH", _("Shanghai")
    SZ = "SZ", _("Shenzhen")
    BJ = "BJ", _("Beijing")
    HK = "HK", _("Hong Kong (Stock Connect)")
    NQ = "NQ", _("NEEQ")


class Product(models.TextChoices):
    """What is traded; each has fees of its own on each market."""

    STOCK = "stock", _("A shares")
    HONG_KONG = "hk", _("Hong Kong shares")
    NEEQ = "neeq", _("NEEQ shares")
    FUND = "fund", _("Exchange-traded funds")
    CONVERTIBLE = "convertible", _("Convertible bonds")
    OPTION = "option", _("Options")


class Business(models.TextChoices):
    """In which kind of account."""

    ORDINARY = "ordinary", pgettext_lazy("account", "Ordinary account")
    MARGIN = "margin", pgettext_lazy("account", "Margin account")


class Side(models.TextChoices):
    """Which way a trade goes."""

    BUY = "buy", _("Buy")
    SELL = "sell", _("Sell")


class Level(models.TextChoices):
    """Who may release a rate; the lower the rate, the higher the level."""

    OUTLET = "outlet", _("Outlet")
    BRANCH_COMPANY = "branch_company", _("Branch company")
    HEAD_OFFICE = "head_office", _("Head office")
