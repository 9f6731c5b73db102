"""The dated rule of the questions about a customer's money."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.utils.translation import gettext_lazy as _

from brokerage.reference.models import Rule
from brokerage.reference.periods import Period
from brokerage.reference.schemas import Schema, Type, table_of, whole

FUNDS = "accounts.source_of_funds"
SCHEMA = Schema(
    key=FUNDS,
    label=_("Questions about the money of customers at high risk"),
    type=Type.TABLE,
    check=table_of(whole("days", 1, 180), whole("ahead", 0, 180), whole("months", 1, 36)),
)


@dataclass(frozen=True)
class FundsTerms:
    """The rule on a day.

    Attributes:
        version: of the rule.
        days: within which the customer answers.
        ahead: days before the next look at a rating on which old answers are asked for anew.
        months: so long answers that somebody accepted count.
    """

    version: str
    days: int
    ahead: int
    months: int

    def due_on(self, on: date) -> date:
        """Until when somebody answers who is asked on `on`."""
        return on + timedelta(days=self.days)

    def counts_on(self, accepted_at: datetime, on: date) -> bool:
        """Whether answers that were accepted then still count on `on`."""
        return accepted_at.date() >= Period(months=self.months).before(on)


def funds_terms(on: date) -> FundsTerms:
    """The rule in force on the business date `on`."""
    rule = Rule.objects.in_force(FUNDS, on)
    return FundsTerms(version=rule.version, **rule.figure)
