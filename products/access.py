"""Who sees and does what on the product desk."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from branches.access import at_home_in_units_of, in_units_of
from branches.visits.about import subjects
from brokerage.backoffice import four_eyes, navigation
from brokerage.backoffice.imports import register
from brokerage.backoffice.overview import Part, parts
from brokerage.backoffice.tasks import register_source
from brokerage.core import home_cards, retention, roles, scope
from brokerage.core.roles import Role
from brokerage.customers.own import own_rows
from brokerage.journal.subscriptions import subscribe
from brokerage.journal.timeline import register_kind
from holdings.events import FileTaken
from products import (
    basket_access,
    board_access,
    books_access,
    campaigns_access,
    counter_access,
    dated,
    desk,
    events,
    files,
    home,
    leaving,
    mandates_access,
    orders_desk,
    overview,
    own_data,
    private_access,
    referrals_access,
    reminding,
    sampling,
)
from products.imports.lists import PRODUCT_LIST
from products.imports.values import DAILY_VALUES
from products.retention import POLICIES
from products.selectors import pages
from products.states import OrderStatus
from products.use_cases.listing import terms_approved
from products.use_cases.suspending import resumption_approved

DESK = ("Document", "Issuer", "Vetting", "Product", "Terms", "Suspension", "Resumption")
CONTROL = "products.see_control"
READERS = (Role.BRANCH_MANAGER, Role.ADVISER, Role.CALL_CENTRE, Role.HEAD_OFFICE)


PART = Part(label=_("Products and orders"), order=40, find=overview.facts)


def declare() -> None:
    """Fill the registries of the foundation; called once when the app is ready."""
    for name in DESK:
        scope.register_readers(f"products.{name}", *READERS, *sorted(roles.READERS))
        for role in (*READERS, *sorted(roles.READERS)):
            roles.allow(role, f"products.view_{name.lower()}")
    for name in ("issuer", "vetting", "product", "terms", "suspension", "dailyvalue", "document"):
        roles.allow(Role.HEAD_OFFICE, f"products.add_{name}")
    for name in ("vetting", "terms", "resumption"):
        roles.allow(Role.HEAD_OFFICE, f"products.change_{name}")
    roles.allow(Role.OPERATIONS, "products.add_dailyvalue")
    scope.register_readers("products.Product", Role.OPERATIONS)
    for importer in (PRODUCT_LIST, DAILY_VALUES):
        register(importer)
    roles.allow(Role.COMPLIANCE, "products.add_suspension", "products.change_resumption")
    files.register()
    reminding.register()
    sampling.register()
    for role in (Role.HEAD_OFFICE, *sorted(roles.READERS)):
        roles.allow(role, CONTROL)
    navigation.items.register(
        "products.control",
        navigation.Item(
            section="products",
            label=_("Control of products"),
            icon="shield",
            url_name="admin:products_control",
            shown=lambda request: roles.may(request.user, CONTROL),
            order=60,
        ),
    )
    subjects.register("product", pages.name_of)
    _declare_orders()
    _declare_offers()
    basket_access.declare()
    books_access.declare()
    referrals_access.declare()
    mandates_access.declare()
    board_access.declare()
    campaigns_access.declare()
    private_access.declare()
    counter_access.declare()
    four_eyes.on_approval("products.Terms", terms_approved)
    four_eyes.on_approval("products.Resumption", resumption_approved)
    _label_events()


def _declare_orders() -> None:
    """Own orders for the customer; for staff those that belong to their units."""
    for name in ("Order", "Holding"):
        scope.register(f"products.{name}", Role.CUSTOMER, own_rows())
    # the outlet stands under its branch company, whose manager sees all of its outlets
    by_unit = in_units_of(Role.BRANCH_MANAGER, "outlet")
    scope.register("products.Order", Role.BRANCH_MANAGER, by_unit)
    scope.register("products.Order", Role.ADVISER, at_home_in_units_of(Role.ADVISER, "customer__"))
    scope.register_readers("products.Order", Role.HEAD_OFFICE, *sorted(roles.READERS))
    for role in (Role.BRANCH_MANAGER, Role.ADVISER, Role.HEAD_OFFICE, *sorted(roles.READERS)):
        roles.allow(role, "products.view_order")
    for role in (Role.HEAD_OFFICE, Role.OPERATIONS):
        scope.register_readers("products.Mismatch", role)
        roles.allow(role, "products.view_mismatch", "products.change_mismatch")
    for role in sorted(roles.READERS):
        scope.register_readers("products.Mismatch", role)
        roles.allow(role, "products.view_mismatch")
    register_source(
        "products.mismatches",
        _("Confirmations that do not fit"),
        desk.mismatches,
        desk.probe_mismatches,
    )
    register_source(
        "products.unconfirmed",
        _("Orders without a confirmation"),
        orders_desk.unconfirmed,
        orders_desk.probe_unconfirmed,
    )
    register_source(
        "products.suspended",
        _("Suspended with money under way"),
        orders_desk.suspended,
        orders_desk.probe_suspended,
    )
    scope.register_readers("products.Order", Role.OPERATIONS)
    roles.allow(Role.OPERATIONS, "products.view_order")
    _subscribe_to_orders()
    home_cards.sources.register("products.orders", home.cards)
    parts.register("products", PART)
    home_cards.facts.register("products.open_orders", home.open_orders)
    own_data.register()
    leaving.register()
    dated.register()
    for policy in POLICIES:
        retention.register(policy)
    labels = (
        (
            events.OrderPlaced,
            _("You placed an order for a fund; it counts for {day}"),
            _("The customer placed an order for a fund; it counts for {day}"),
            "plus",
        ),
        (events.OrderPaid, _("The money of an order was taken"), "", "card"),
        (events.OrderUnpaid, _("An order ended: there was not enough money"), "", "x"),
        (
            events.OrderLapsed,
            _("An order ended: nobody answered about the money in time"),
            "",
            "x",
        ),
        (
            events.OrderPaidLate,
            _("The money of an order was taken late; it goes back"),
            "",
            "card",
        ),
        (events.OrderSent, _("An order went to the registrar"), "", "next"),
        (events.OrderRejected, _("The registrar rejected an order"), "", "x"),
        (events.OrderCancelled, _("An order was taken back"), "", "x"),
        (events.OrderRefunded, _("What was not invested was paid back"), "", "card"),
    )
    for event, label, staff, icon in labels:
        register_kind(event, label, icon=icon, public=True, staff=staff)
    register_kind(
        events.OrderConfirmed,
        _("The registrar answered an order: {status}"),
        icon="check",
        public=True,
        words={"status": OrderStatus},
    )


def _subscribe_to_orders() -> None:
    """Tell the customer how an order went; a purchase that is certain may be followed up."""
    told = (events.OrderConfirmed, events.OrderRejected, events.OrderUnpaid)
    for event in (*told, events.OrderLapsed, events.OrderPaidLate):
        verb = event.kind.partition(".")[2]
        subscribe(event, "products.handlers.tell_of_order", name=f"products.tell_{verb}")
    subscribe(
        events.ProductSuspended,
        "products.handlers.tell_who_waits_of",
        name="products.tell_who_waits",
    )
    subscribe(FileTaken, "products.handlers.count_commission_of", name="products.count_commission")
    subscribe(
        events.OrderConfirmed,
        "products.handlers.follow_up_order",
        name="products.follow_up_order",
    )


def _declare_offers() -> None:
    """Complaints are taken down where the customer is at home, or by the call centre."""
    for name in ("Offer", "Mute", "Complaint"):
        scope.register(f"products.{name}", Role.CUSTOMER, own_rows())
    for role in (Role.BRANCH_MANAGER, Role.ADVISER):
        scope.register("products.Complaint", role, at_home_in_units_of(role, "customer__"))
    everywhere = (Role.HEAD_OFFICE, Role.CALL_CENTRE, *sorted(roles.READERS))
    scope.register_readers("products.Complaint", *everywhere)
    for role in (Role.BRANCH_MANAGER, Role.ADVISER, *everywhere):
        roles.allow(role, "products.view_complaint")
    for role in (Role.ADVISER, Role.CALL_CENTRE):
        roles.allow(role, "products.add_complaint")
    for role in (Role.BRANCH_MANAGER, Role.HEAD_OFFICE):
        roles.allow(role, "products.add_complaint", "products.change_complaint")
    register_source("products.complaints", _("Complaints"), desk.complaints, desk.probe_complaints)
    subscribe(
        events.ComplaintAnswered,
        "products.handlers.tell_complainant",
        name="products.tell_complaint_answered",
    )
    labels = (
        (
            events.OfferMade,
            _("You asked for a suggestion of a product"),
            _("The customer asked for a suggestion of a product"),
            "eye",
        ),
        (
            events.OfferDeclined,
            _("You said that a suggestion is not for you"),
            _("The customer said that a suggestion is not for them"),
            "x",
        ),
        (
            events.FamilyMuted,
            _("You chose which families we suggest"),
            _("The customer chose which families we suggest"),
            "edit",
        ),
        (
            events.ComplaintReceived,
            _("We took down your complaint"),
            _("The customer's complaint was taken down"),
            "edit",
        ),
        (
            events.ComplaintAnswered,
            _("Your complaint was answered"),
            _("The customer's complaint was answered"),
            "check",
        ),
    )
    for event, label, staff, icon in labels:
        register_kind(event, label, icon=icon, public=True, staff=staff)


def _label_events() -> None:
    labels = (
        (events.IssuerNamed, _("Issuer registered"), "plus"),
        (events.VettingProposed, _("Vetting proposed"), "list"),
        (events.ProductListed, _("Product registered"), "box"),
        (events.TermsProposed, _("Terms of sale from {valid_from} proposed"), "list"),
        (events.ProductPublished, _("For sale from {valid_from}"), "check"),
        (events.ProductSuspended, _("Suspended: not sold from now on"), "pause"),
        (events.ProductResumed, _("Sold again"), "check"),
        (events.DocumentAdded, _("Document added, version {version}"), "file"),
        (events.MismatchFound, _("A confirmation does not fit"), "alert"),
        (events.MismatchSettled, _("Settled with the registrar"), "check"),
        (events.ValuesTaken, _("Daily values up to {last}: {days} days taken over"), "chart"),
    )
    for event, label, icon in labels:
        register_kind(event, label, icon=icon)
