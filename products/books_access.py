"""Who sees and does what with subscription books and bids."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from branches.access import at_home_in_units_of, in_units_of
from brokerage.backoffice import four_eyes
from brokerage.core import roles, scope
from brokerage.core.roles import Role
from brokerage.customers.own import own_rows
from brokerage.journal.subscriptions import subscribe
from brokerage.journal.timeline import register_kind
from products import book_events as events
from products.states import Allocation, BidStatus
from products.use_cases.bookkeeping import book_approved, closing_approved

NAMES = ("Book", "Closing", "Bid")
EVERYTHING = (Role.HEAD_OFFICE, *sorted(roles.READERS))


def declare() -> None:
    """A branch company's manager sees its books; the outlet's manager what its customers bid."""
    for name in NAMES:
        scope.register_readers(f"products.{name}", *EVERYTHING)
        for role in (Role.BRANCH_MANAGER, *EVERYTHING):
            roles.allow(role, f"products.view_{name.lower()}")
    roles.allow(Role.ADVISER, "products.view_bid")
    scope.register(
        "products.Book", Role.BRANCH_MANAGER, in_units_of(Role.BRANCH_MANAGER, "company")
    )
    by_book = in_units_of(Role.BRANCH_MANAGER, "book__company")
    scope.register("products.Closing", Role.BRANCH_MANAGER, by_book)
    either = in_units_of(Role.BRANCH_MANAGER, "outlet", "book__company")
    scope.register("products.Bid", Role.BRANCH_MANAGER, either)
    scope.register("products.Bid", Role.ADVISER, at_home_in_units_of(Role.ADVISER, "customer__"))
    scope.register("products.Bid", Role.CUSTOMER, own_rows())
    for role in (Role.BRANCH_MANAGER, Role.HEAD_OFFICE):
        roles.allow(role, "products.add_book", "products.add_closing")
    roles.allow(Role.HEAD_OFFICE, "products.change_book", "products.change_closing")
    four_eyes.on_approval("products.Book", book_approved)
    four_eyes.on_approval("products.Closing", closing_approved)
    told = (events.BidSharedOut, events.BidUnpaid, events.BidLapsed, events.BidPaidLate)
    for event in told:
        verb = event.kind.partition(".")[2]
        subscribe(event, "products.handlers.tell_of_bid", name=f"products.tell_{verb}")
    subscribe(
        events.BidSharedOut, "products.handlers.follow_up_bid", name="products.follow_up_bid"
    )
    _label_events()


def _label_events() -> None:
    labels = (
        (events.BookProposed, _("Subscription book proposed"), "list"),
        (events.ClosingAsked, _("Closing asked for"), "list"),
        (events.CallingOffAsked, _("Calling off asked for"), "list"),
        (events.CalledOff, _("Called off: all money goes back"), "x"),
        (events.ClosingApproved, _("Closing approved: it is shared out"), "check"),
    )
    for event, label, icon in labels:
        register_kind(event, label, icon=icon)
    register_kind(
        events.BookPublished,
        _("Published; shared out {allocation}, by {rule_version}"),
        icon="check",
        words={"allocation": Allocation},
    )
    public = (
        (events.BidPlaced, _("A bid was placed in a subscription book"), "plus"),
        (events.BidPaid, _("The money of a bid was taken"), "card"),
        (events.BidUnpaid, _("A bid ended: there was not enough money"), "x"),
        (events.BidLapsed, _("A bid ended: nobody answered about the money in time"), "x"),
        (events.BidPaidLate, _("The money of a bid was taken late; it goes back"), "card"),
        (events.BidWithdrawn, _("A bid was taken back"), "x"),
        (events.BidRefunded, _("What was not allotted was paid back"), "card"),
    )
    for told, label, icon in public:
        register_kind(told, label, icon=icon, public=True)
    register_kind(
        events.BidSharedOut,
        _("The book of a bid was shared out: {status}"),
        icon="check",
        public=True,
        words={"status": BidStatus},
    )
