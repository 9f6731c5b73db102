"""Who sees and does what here."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from branches.access import at_home_in_units_of, in_units_of
from brokerage.backoffice import four_eyes, navigation
from brokerage.backoffice.imports import register as register_importer
from brokerage.backoffice.tasks import Task, register_source
from brokerage.core import home_cards, retention, roles, scope
from brokerage.core.clock import business_date
from brokerage.core.reminders import silences
from brokerage.core.roles import Role
from brokerage.customers.own import own_rows
from brokerage.journal.subscriptions import subscribe
from brokerage.journal.timeline import register_kind
from content import events, files, home, leaving, own_data, reminding
from content.importing import TEXTS
from content.market_lists import LISTS
from content.models import RawItem, Reminder
from content.reminder_rules import reminder_rules_on
from content.retention import POLICIES
from content.states import Lapse, Outcome, RawStatus, Way
from content.use_cases.cool_off import silent
from content.use_cases.release_item import release
from holdings.events import FileTaken

DESK = (Role.HEAD_OFFICE, Role.OPERATIONS)
"""Who takes in, screens and writes."""
SIGNERS = (Role.HEAD_OFFICE, Role.ADVISER, Role.BRANCH_MANAGER)
"""Who may sign, where they hold the licence; the licence decides."""
OF_OUTLETS = (Role.ADVISER, Role.BRANCH_MANAGER)
FOLLOWS = "content.follow_reminder"
MODELS = ("Source", "RawItem", "Item", "Revision", "Correction", "Rating")


def declare() -> None:
    """Fill the registries of the foundation; called once when the app is ready."""
    for name in MODELS:
        scope.register_readers(f"content.{name}", *DESK, *sorted(roles.READERS))
        for role in (*DESK, *sorted(roles.READERS)):
            roles.allow(role, f"content.view_{name.lower()}")
    scope.register_readers("content.Topic", *DESK, *OF_OUTLETS, *sorted(roles.READERS))
    for role in DESK:
        roles.allow(role, "content.add_source", "content.change_source", "content.add_rawitem")
        roles.allow(role, "content.change_rawitem", "content.add_item", "content.change_item")
        roles.allow(
            role, "content.add_rating", "content.add_valuation", "content.add_closingprice"
        )
    roles.allow(Role.HEAD_OFFICE, "content.change_revision")
    for role in OF_OUTLETS:
        for name, path in (("Item", "unit"), ("Revision", "item__unit")):
            scope.register(f"content.{name}", role, in_units_of(role, path))
            roles.allow(role, f"content.view_{name.lower()}")
        roles.allow(role, "content.add_item", "content.change_item")
    for role in SIGNERS:
        roles.allow(role, "content.sign_item")
    for role in (Role.HEAD_OFFICE, Role.COMPLIANCE):
        roles.allow(role, "content.withdraw_item")
    for role in OF_OUTLETS:
        scope.register("content.Reminder", role, at_home_in_units_of(role, "customer__"))
        roles.allow(role, "content.view_reminder")
    roles.allow(Role.ADVISER, FOLLOWS)
    for role in sorted(roles.READERS):
        roles.allow(role, "content.view_reminder")
    for name in ("Read", "Follow", "Reminder", "PutOffReminder", "ReminderMute", "CoolingOff"):
        scope.register(f"content.{name}", Role.CUSTOMER, own_rows())
        scope.register_readers(f"content.{name}", *sorted(roles.READERS))
    four_eyes.on_approval("content.Revision", release)
    reminding.register()
    silences.register("content.cooling_off", silent)
    subscribe(FileTaken, "content.handlers.remind_again", name="content.remind_again")
    for each in (TEXTS, *LISTS):
        register_importer(each)
    register_source("content.texts", gettext_lazy("Texts that came in"), to_decide, waiting_rows)
    register_source(
        "content.reminders", gettext_lazy("Reminders to follow up"), to_follow, waiting_reminders
    )
    register_source(
        "content.leaving",
        gettext_lazy("Items whose licence ends"),
        leaving.tasks,
        leaving.rows,
    )
    home_cards.offers.register("content.insights", home.cards)
    home_cards.facts.register(home.FACT, home.has_items)
    navigation.items.register(
        "content.numbers",
        navigation.Item(
            section="insights",
            label=gettext_lazy("Numbers of the desk"),
            icon="chart",
            url_name="admin:content_numbers",
            shown=lambda request: roles.may(request.user, "content.view_rawitem"),
            order=60,
        ),
    )
    own_data.register()
    files.register()
    for policy in POLICIES:
        retention.register(policy)
    _label_events()


def to_decide(user: Any, at: datetime) -> Iterator[Task]:
    """Texts that wait for the desk, the most urgent first."""
    for rows in waiting_rows(user, at):
        for raw in rows.order_by("-rank")[:20]:
            yield Task(
                title=raw.title,
                detail=_("Risk {risk}, urgency {urgency}").format(
                    risk=raw.risk, urgency=raw.urgency
                ),
                url=reverse("admin:content_rawitem_change", args=[raw.ref]),
                action=_("Decide on it"),
                started_at=raw.arrived_at,
                due_at=raw.due_at,
            )


def waiting_rows(user: Any, at: datetime) -> list[Any]:
    """The texts behind `to_decide`; none for who decides none."""
    if not roles.may(user, "content.change_rawitem"):
        return []
    return [scope.visible(RawItem, user).filter(status=RawStatus.WAITING)]


def to_follow(user: Any, at: datetime) -> Iterator[Task]:
    """Reminders whose customers an adviser of their outlet should talk with.

    A branch manager, who may not do it, watches those that are overdue.
    """
    for rows in waiting_reminders(user, at):
        within = timedelta(days=reminder_rules_on(business_date(at)).follow_days)
        for reminder in rows.select_related("customer").order_by("made_at")[:20]:
            yield Task(
                title=_("{what}: {whom}").format(what=reminder, whom=reminder.customer.shown),
                detail=reminder.said,
                url=reverse("admin:content_reminder_change", args=[reminder.ref]),
                action=_("Follow up"),
                started_at=reminder.made_at,
                due_at=reminder.made_at + within,
                mine=roles.may(user, FOLLOWS),
            )


def waiting_reminders(user: Any, at: datetime) -> list[Any]:
    """The reminders behind `to_follow`; none for who neither follows nor watches any."""
    open_rows = Reminder.objects.for_a_person()
    if roles.may(user, FOLLOWS):
        return [scope.visible(open_rows, user)]
    if Role.BRANCH_MANAGER in roles.roles_of(user):
        within = timedelta(days=reminder_rules_on(business_date(at)).follow_days)
        return [scope.visible(open_rows.filter(made_at__lt=at - within), user)]
    return []


def _label_events() -> None:
    register_kind(
        events.TextTakenIn,
        gettext_lazy("Came in {way}; {marks} passages marked, urgency {urgency}"),
        icon="inbox",
        words={"way": Way},
    )
    register_kind(events.OriginalKept, gettext_lazy("The PDF is kept with it"), icon="file")
    register_kind(
        events.TextDecided,
        gettext_lazy("Text: {status}"),
        icon="check",
        words={"status": RawStatus},
    )
    register_kind(
        events.ReminderFollowed,
        gettext_lazy("Followed up: {outcome}"),
        icon="check",
        words={"outcome": Outcome},
    )
    register_kind(
        events.ReminderLapsed,
        gettext_lazy("A reminder that was put off is not said any more: {why}"),
        icon="clock",
        words={"why": Lapse},
    )
    register_kind(
        events.CoolingOffSet,
        gettext_lazy("You want no offers until {until}"),
        icon="clock",
        public=True,
        staff=gettext_lazy("The customer wants no offers until {until}"),
    )
    register_kind(
        events.CoolingOffEnded,
        gettext_lazy("You end the time without offers; it holds until {until}"),
        icon="clock",
        public=True,
        staff=gettext_lazy("The customer ends the time without offers; it holds until {until}"),
    )
    register_kind(events.ItemSigned, gettext_lazy("Version {number} signed"), icon="edit")
    register_kind(events.ReportAttached, gettext_lazy("A PDF was attached"), icon="file")
    register_kind(events.ReportDetached, gettext_lazy("The PDF was taken off"), icon="file")
    register_kind(events.ItemReleased, gettext_lazy("Version {number} released"), icon="check")
    register_kind(events.DraftDropped, gettext_lazy("The draft was dropped"), icon="x")
    register_kind(events.ItemWithdrawn, gettext_lazy("Withdrawn; its readers are told"), icon="x")
    register_kind(
        events.ReadersTold,
        gettext_lazy("Readers of a wrong version: {readers}, told: {told}"),
        icon="mail",
    )
