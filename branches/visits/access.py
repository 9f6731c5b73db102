"""Who sees and does what with visits, and what the rest of the house shows of them."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from branches.access import register_by_unit
from branches.place_events import HostingEnded
from branches.visits import events, figures, home, own_data
from branches.visits.retention import POLICIES
from branches.visits.states import WaitStatus
from branches.visits.use_cases.load_purposes import load_purposes
from brokerage.backoffice import navigation
from brokerage.backoffice.tasks import register_source
from brokerage.core import home_cards, retention, roles, scope
from brokerage.core.roles import READERS, Role
from brokerage.customers.own import own_rows
from brokerage.journal.events import Event
from brokerage.journal.subscriptions import subscribe
from brokerage.journal.timeline import register_kind
from brokerage.reference.use_cases.load_reference import loaders

AT_OUTLETS = (
    Role.BRANCH_MANAGER,
    Role.OPENING_OFFICER,
    Role.ADVISER,
    Role.CALL_CENTRE,
    Role.OPERATIONS,
    Role.HEAD_OFFICE,
)
SERVE = (Role.BRANCH_MANAGER, Role.OPENING_OFFICER, Role.ADVISER)
PLAN = (Role.BRANCH_MANAGER, Role.HEAD_OFFICE, Role.CALL_CENTRE)
MODELS = ("visit", "waitentry", "blockedtime")


def declare() -> None:
    """Fill the registries; called once when the app is ready."""
    figures.register()
    loaders.register("branches.visit_purposes", load_purposes)
    own_data.register()
    for policy in POLICIES:
        retention.register(policy)
    for label in ("branches.Visit", "branches.WaitEntry", "branches.BlockedTime"):
        register_by_unit(label, "unit", *AT_OUTLETS)
        scope.register_readers(label, *sorted(READERS))
    scope.register("branches.Visit", Role.CUSTOMER, own_rows())
    scope.register("branches.WaitEntry", Role.CUSTOMER, own_rows())
    for role in (*AT_OUTLETS, *sorted(READERS)):
        roles.allow(role, *(f"branches.view_{model}" for model in MODELS))
    for role in SERVE:
        roles.allow(role, "branches.serve_visit")
    for role in PLAN:
        roles.allow(role, "branches.plan_visit")
    for role in (Role.HEAD_OFFICE, *sorted(READERS)):
        scope.register_readers("branches.Purpose", role)
        roles.allow(role, "branches.view_purpose")
    roles.allow(Role.HEAD_OFFICE, "branches.add_purpose", "branches.change_purpose")
    home_cards.sources.register("branches.visits", home.cards)
    home_cards.facts.register("branches.has_visit", home.has_visit)
    register_source("branches.visits", _("Visits"), home.tasks, home.probe)
    navigation.items.register(
        "branches.queues",
        navigation.Item(
            section="today",
            label=_("Queues"),
            icon="users",
            url_name="admin:branches_visit_queues",
            shown=lambda request: roles.may(request.user, "branches.view_visit"),
            order=20,
        ),
    )
    navigation.items.register(
        "branches.missed",
        navigation.Item(
            section="visits",
            label=_("Who did not come"),
            icon="chart",
            url_name="admin:branches_visit_missed",
            shown=lambda request: roles.may(request.user, "branches.view_visit"),
            order=47,
        ),
    )
    _declare_kinds()
    _subscribe()


def _declare_kinds() -> None:
    """For the customer in the second person; for staff in the third."""
    for event, label, staff, icon in (
        (
            events.VisitBooked,
            _("You booked a visit"),
            _("The customer booked a visit"),
            "cal",
        ),
        (
            events.VisitConfirmed,
            _("You confirmed your visit"),
            _("The customer confirmed the visit"),
            "check",
        ),
        (events.VisitMoved, _("Your visit was moved"), _("The visit was moved"), "swap"),
        (
            events.VisitRehomed,
            _("Your visit takes place at another outlet"),
            _("The visit was moved to another outlet"),
            "swap",
        ),
        (
            events.VisitRelocated,
            _("Your outlet has another address by then"),
            _("The outlet has another address by then"),
            "pin",
        ),
        (
            events.VisitCancelled,
            _("Your visit was cancelled"),
            _("The visit was cancelled"),
            "x",
        ),
        (
            events.VisitorArrived,
            _("You arrived: ticket {ticket}"),
            _("Arrived: ticket {ticket}"),
            "pin",
        ),
        (events.VisitDone, _("Your visit is done"), _("The visit is done"), "check"),
        (
            events.VisitMissed,
            _("You did not come to a visit"),
            _("The customer did not come"),
            "x",
        ),
        (
            events.WaitJoined,
            _("You joined a wait-list"),
            _("The customer joined the wait-list"),
            "clock",
        ),
        (
            events.WaitOffered,
            _("A free time was offered to you"),
            _("A free time was offered"),
            "cal",
        ),
    ):
        register_kind(event, label, icon=icon, public=True, staff=staff)
    register_kind(events.VisitHandedOn, _("The visit is now the customer's own"), icon="user")
    register_kind(events.VisitHeld, _("A time is held"), icon="clock")
    register_kind(events.HoldExpired, _("The held time was not booked"), icon="x")
    register_kind(events.VisitorCalled, _("Called to counter {desk}"), icon="user")
    register_kind(events.VisitorPutBack, _("Waits again"), icon="swap")
    register_kind(events.VisitStarted, _("Serving began"), icon="user")
    register_kind(
        events.WaitEnded,
        _("The wait ended: {status}"),
        icon="x",
        words={"status": WaitStatus},
    )
    register_kind(events.TimeBlocked, _("Time blocked"), icon="pause")
    register_kind(events.TimeReleased, _("Blocked time released"), icon="check")


def _subscribe() -> None:
    told: tuple[tuple[type[Event], str], ...] = (
        (events.VisitBooked, "tell_booked"),
        (events.VisitMoved, "tell_moved"),
        (events.VisitRehomed, "tell_rehomed"),
        (events.VisitRelocated, "tell_relocated"),
        (events.VisitCancelled, "tell_cancelled"),
        (events.WaitOffered, "tell_offered"),
    )
    for event, handler in told:
        subscribe(event, f"branches.visits.handlers.{handler}", name=f"branches.visit_{handler}")
    subscribe(HostingEnded, "branches.visits.handlers.leave", name="branches.visit_leave_point")
    freed: tuple[tuple[type[Event], str], ...] = (
        (events.HoldExpired, "expired"),
        (events.VisitMissed, "missed"),
    )
    for event, name in freed:
        subscribe(event, "branches.visits.handlers.ask_wait_list", name=f"branches.refill_{name}")
