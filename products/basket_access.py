"""A basket is its customer's alone; what the timeline tells of it."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from brokerage.core import roles, scope
from brokerage.core.roles import Role
from brokerage.customers.own import own_rows
from brokerage.journal.timeline import register_kind
from products import basket_events as events
from products.basket_states import BasketStatus

PATHS = {"Basket": "", "BasketItem": "basket__"}


def declare() -> None:
    """The customer sees their own, the readers everything; nobody at an outlet does."""
    for name, path in PATHS.items():
        scope.register(f"products.{name}", Role.CUSTOMER, own_rows(f"{path}customer__"))
        scope.register_readers(f"products.{name}", *sorted(roles.READERS))
    labels = (
        (
            events.PutInBasket,
            _("You put a fund in your basket"),
            _("The customer put a fund in the basket"),
            "plus",
        ),
        (
            events.BasketAmountChanged,
            _("You changed an amount in your basket"),
            _("The customer changed an amount in the basket"),
            "edit",
        ),
        (
            events.BasketItemAgreed,
            _("You looked at what had changed in your basket, and kept it"),
            _("The customer looked at what had changed in the basket, and kept it"),
            "check",
        ),
        (
            events.TakenOutOfBasket,
            _("You took a fund out of your basket"),
            _("The customer took a fund out of the basket"),
            "x",
        ),
        (
            events.OrderedFromBasket,
            _("A fund of your basket was ordered"),
            _("A fund of the basket was ordered"),
            "next",
        ),
    )
    for event, label, staff, icon in labels:
        register_kind(event, label, icon=icon, public=True, staff=staff)
    register_kind(
        events.BasketEnded,
        _("Basket of funds: {status}"),
        icon="box",
        public=True,
        words={"status": BasketStatus},
    )
