"""Words of the questions about a customer's money."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from brokerage.core.states import StateTable


class InquiryStatus(models.TextChoices):
    """Where the questions about the money stand, in words that the customer may read."""

    ASKED = "asked", pgettext_lazy("funds", "To be answered")
    ANSWERED = "answered", pgettext_lazy("funds", "Answered, with us")
    ACCEPTED = "accepted", pgettext_lazy("funds", "Done")


INQUIRY_TRANSITIONS = StateTable(
    {
        InquiryStatus.ASKED: [InquiryStatus.ANSWERED],
        InquiryStatus.ANSWERED: [InquiryStatus.ACCEPTED, InquiryStatus.ASKED],
        InquiryStatus.ACCEPTED: [],
    }
)
INQUIRY_OPEN = (InquiryStatus.ASKED, InquiryStatus.ANSWERED)


class FundSource(models.TextChoices):
    """Where the money comes from that goes into the account."""

    WAGE = "wage", _("Wage or salary")
    BUSINESS = "business", _("Income of an own business")
    SAVINGS = "savings", _("Savings")
    INVESTMENT = "investment", _("Gains of investments, interest or dividends")
    PROPERTY = "property", _("Sale or rent of a house")
    PENSION = "pension", _("Pension")
    FAMILY = "family", _("From the family: gift, marriage or inheritance")
    LOAN = "loan", _("A loan")
    OTHER = "other", _("Something else")


class WealthSource(models.TextChoices):
    """How somebody came to what they own altogether."""

    WORK = "work", _("Years of work")
    BUSINESS = "business", _("An own business, or shares in one")
    INVESTMENT = "investment", _("Investments")
    PROPERTY = "property", _("Houses or land")
    INHERITED = "inherited", _("Inherited, or given by the family")
    OTHER = "other", _("Something else")


class Aim(models.TextChoices):
    """What the account is for."""

    LONG = "long", _("To invest for the long term")
    TRADE = "trade", _("To trade often")
    RETIRE = "retire", _("For old age or the children")
    SUBSCRIBE = "subscribe", _("To subscribe to new shares")
    OTHER = "other", _("Something else")
