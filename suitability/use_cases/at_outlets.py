"""Who may write down at an outlet what a customer is told and says there."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from branches.models import OrgUnit
from branches.selectors import units_of
from brokerage.core.roles import Role
from brokerage.customers.models import Customer
from brokerage.users.models import User

RECORDERS = (Role.OPENING_OFFICER,)
"""Roles that serve and record at their outlets: those of the side that does not sell."""


class NotAtOutlet(Exception):
    """This person does not serve the customer there; the message is translated."""


@dataclass(frozen=True, kw_only=True)
class Counter:
    """Where a customer is told something by whom: an outlet, and a member of its staff."""

    place: OrgUnit
    served_by: User

    def require(self, customer: Customer, on: date) -> None:
        """Refuse who does not work there as one who serves, and a person's own business.

        Raises:
            NotAtOutlet: with the reason.
        """
        units = units_of(self.served_by, on, roles=RECORDERS)
        if not units.filter(pk=self.place.pk).exists():
            raise NotAtOutlet(_("You do not serve customers at this outlet."))
        if customer.user_id == self.served_by.pk:
            raise NotAtOutlet(_("Nobody writes down their own wish."))
