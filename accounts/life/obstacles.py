"""What keeps an account from being closed, and what its customer can do about each."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.banking.states import CHANGE_OPEN
from accounts.later_markets.states import WISH_OPEN
from accounts.life.states import RENEWAL_OPEN, Obstacle
from accounts.models import (
    Application,
    BankChange,
    CustodyLink,
    DocumentRenewal,
    MarketWish,
    PermissionApplication,
    WatchHit,
)
from accounts.permissions.states import BEFORE_SIGNATURE
from accounts.states import LinkStatus
from brokerage.core.display import formats
from brokerage.core.registry import Registry
from brokerage.customers.models import Customer
from holdings.selectors.leftovers import leftovers_of


@dataclass(frozen=True)
class Found:
    """One obstacle.

    Attributes:
        kind: which.
        what: figures, in the reader's language; may be empty.
        todo: what the customer does about it.
        url: where; empty where nothing has to be opened.
    """

    kind: Obstacle
    what: str
    todo: str
    url: str = ""

    @property
    def label(self) -> str:
        return str(self.kind.label)


Finder = Callable[[Customer], Iterable[Found]]
finders: Registry[Finder] = Registry("accounts.closing_obstacles")
"""What apps above know of: whatever needs the account to be sold, paid back or confirmed."""


def obstacles_of(application: Application) -> list[Found]:
    """Everything that is in the way of closing an account now; empty for nothing."""
    above = [found for find in finders for found in find(application.customer)]
    return [*in_holdings(application), *above, *_with_us(application)]


def in_holdings(application: Application) -> list[Found]:
    """What is left in an account, as of the last trading day that we know."""
    left = leftovers_of(application.customer)
    money = formats.money
    assets = reverse("holdings:assets")
    found = []
    if left.positions:
        todo = _("Sell them, or have them transferred to another firm.")
        found.append(Found(Obstacle.POSITIONS, str(left.positions), todo, assets))
    if left.cash:
        todo = _("Transfer it to your bank in the trading app.")
        found.append(Found(Obstacle.CASH, money(left.cash), todo, assets))
    if left.frozen:
        todo = _("Wait until the subscription or pledge ends, or cancel it in the trading app.")
        found.append(Found(Obstacle.FROZEN, money(left.frozen), todo, assets))
    if left.debt:
        todo = _("Repay it, and close the margin account first.")
        found.append(Found(Obstacle.DEBT, money(left.debt), todo, assets))
    if left.unsettled:
        todo = _("They settle on the next trading day; there is nothing for you to do.")
        found.append(Found(Obstacle.UNSETTLED, str(left.unsettled), todo))
    return found


def _with_us(application: Application) -> list[Found]:
    found = []
    others = Application.objects.of(application.customer).open().exclude(pk=application.pk)
    if other := others.first():
        todo = _("Finish it, or withdraw it.")
        found.append(Found(Obstacle.APPLICATION, "", todo, other.get_absolute_url()))
    permissions = PermissionApplication.objects.of(application.customer).open()
    if asked := permissions.order_by("pk").first():
        own = asked.status in BEFORE_SIGNATURE
        todo = (
            _("Finish it, or give it up.")
            if own
            else _("We decide on it first; close the account after that.")
        )
        found.append(Found(Obstacle.PERMISSION, "", todo, asked.get_absolute_url()))
    renewals = DocumentRenewal.objects.filter(application=application, status__in=RENEWAL_OPEN)
    if renewals.exclude(sent_at=None).exists():
        todo = _("Two of our people look at it; close the account after that.")
        url = reverse("accounts:renew", args=[application.ref])
        found.append(Found(Obstacle.RENEWAL, "", todo, url))
    links = CustodyLink.objects.filter(cash__application=application)
    if links.filter(status=LinkStatus.REQUESTED).exists():
        todo = _("The bank has not answered yet; we tell you as soon as it has.")
        found.append(Found(Obstacle.LINK, "", todo))
    if BankChange.objects.filter(application=application, status__in=CHANGE_OPEN).exists():
        todo = _("Wait for the bank, or take the change back.")
        url = reverse("accounts:bank", args=[application.ref])
        found.append(Found(Obstacle.BANK_CHANGE, "", todo, url))
    if MarketWish.objects.filter(application=application, status__in=WISH_OPEN).exists():
        todo = _("Wait for the depository, or take the wish back.")
        url = reverse("accounts:markets", args=[application.ref])
        found.append(Found(Obstacle.MARKET, "", todo, url))
    if WatchHit.objects.filter(customer=application.customer_id).freezing().exists():
        found.append(Found(Obstacle.OTHER, "", _("Ask our service.")))  # the words do not tell why
    return found
