"""Who takes orders down at outlets, who sees them, and what the timeline tells."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from accounts.counter.access import opened_by_me
from accounts.counter.states import ReleaseEnd
from brokerage.backoffice import navigation
from brokerage.core import roles, scope
from brokerage.core.roles import Role
from brokerage.customers.own import own_rows
from brokerage.journal.timeline import register_kind
from products import counter_events as events
from products.counter_states import CounterStatus
from products.use_cases.counter_releasing import SELLERS

SELL = "products.add_counterorder"
PATHS = {"SaleRelease": "", "CounterOrder": "release__"}


def declare() -> None:
    """The customer sees their own, who sells what is open to them, and the readers everything."""
    for name, path in PATHS.items():
        label = f"products.{name}"
        scope.register(label, Role.CUSTOMER, own_rows(f"{path}customer__"))
        for role in SELLERS:
            scope.register(label, role, opened_by_me(path))
        scope.register_readers(label, *sorted(roles.READERS))
    for role in SELLERS:
        roles.allow(role, SELL)
    navigation.items.register(
        "products.counter",
        navigation.Item(
            section="products",
            label=_("Orders at the counter"),
            icon="key",
            url_name="admin:products_counters",
            shown=lambda request: roles.may(request.user, SELL),
            order=65,
        ),
    )
    _label_events()


def _label_events() -> None:
    labels = (
        (
            events.SaleOffered,
            _("You made a code to order something at an outlet"),
            _("The customer made a code to order something at an outlet"),
            "key",
        ),
        (
            events.SaleOpened,
            _("An outlet opened your purchase with your code"),
            _("Opened at an outlet with the customer's code"),
            "eye",
        ),
        (
            events.CounterOrderProposed,
            _("An outlet took an order down; it waits for your yes"),
            _("An order was taken down at an outlet; it waits for the customer"),
            "edit",
        ),
    )
    for event, label, staff, icon in labels:
        register_kind(event, label, icon=icon, public=True, staff=staff)
    register_kind(
        events.SaleClosed,
        _("An outlet can take nothing down any more: {ended_by}"),
        icon="lock",
        public=True,
        words={"ended_by": ReleaseEnd},
    )
    register_kind(
        events.CounterOrderEnded,
        _("Order taken down at an outlet: {status}"),
        icon="next",
        public=True,
        words={"status": CounterStatus},
    )
