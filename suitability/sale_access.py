"""Who sees and does what with double recordings and with calls after sales."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from branches.access import at_home_in_units_of
from brokerage.backoffice.tasks import register_source
from brokerage.core import roles, scope
from brokerage.core.roles import Role
from brokerage.journal.subscriptions import subscribe
from brokerage.journal.timeline import register_kind
from suitability import sale_events, sale_home

SEE_RECORDINGS = (Role.OPENING_OFFICER, Role.BRANCH_MANAGER, Role.REVIEWER)


def declare() -> None:
    """Fill the registries of the foundation; called once when the app is ready."""
    _declare_outlets()
    _declare_recordings()
    _declare_calls()
    _label_events()


def _declare_outlets() -> None:
    """Opening officers write down what customers of their outlets ask for; sellers never do."""
    for name in ("MatchRecord", "InsistCase", "Disclosure", "StatusRequest", "InvestorStatus"):
        policy = at_home_in_units_of(Role.OPENING_OFFICER, "customer__")
        scope.register(f"suitability.{name}", Role.OPENING_OFFICER, policy)
        roles.allow(Role.OPENING_OFFICER, f"suitability.view_{name.lower()}")
    roles.allow(Role.OPENING_OFFICER, "suitability.add_insistcase")


def _declare_recordings() -> None:
    for role in SEE_RECORDINGS:
        policy = at_home_in_units_of(role, "customer__")
        scope.register("suitability.DoubleRecording", role, policy)
        roles.allow(role, "suitability.view_doublerecording")
    scope.register_readers("suitability.DoubleRecording", *sorted(roles.READERS))
    for role in sorted(roles.READERS):
        roles.allow(role, "suitability.view_doublerecording")
    roles.allow(Role.OPENING_OFFICER, "suitability.add_doublerecording")
    roles.allow(Role.REVIEWER, "suitability.check_doublerecording")
    register_source(
        "suitability.recordings",
        _("Double recordings to be checked"),
        sale_home.recording_tasks,
        sale_home.recording_probe,
    )
    subscribe(
        sale_events.RecordingChecked,
        "suitability.handlers.tell_recorder",
        name="suitability.tell_recorder",
    )


def _declare_calls() -> None:
    """The call centre does not sell; compliance closes what raised a concern."""
    policy = at_home_in_units_of(Role.CALL_CENTRE, "customer__")
    scope.register("suitability.SaleFollowUp", Role.CALL_CENTRE, policy)
    scope.register_readers("suitability.SaleFollowUp", *sorted(roles.READERS))
    for role in sorted({Role.CALL_CENTRE, *roles.READERS}):
        roles.allow(role, "suitability.view_salefollowup")
    roles.allow(Role.CALL_CENTRE, "suitability.change_salefollowup")
    roles.allow(Role.COMPLIANCE, "suitability.close_salefollowup")
    register_source(
        "suitability.follow_ups",
        _("Calls after high-risk sales"),
        sale_home.call_tasks,
        sale_home.call_probe,
    )
    register_source(
        "suitability.concerns",
        _("Concerns from calls after sales"),
        sale_home.concern_tasks,
        sale_home.concern_probe,
    )


def _label_events() -> None:
    labels = (
        (
            sale_events.RecordingBegun,
            _("You agreed to a recording at the outlet"),
            _("The customer agreed to a double recording"),
            "camera",
        ),
        (sale_events.RecordingCompleted, _("The recording at the outlet is whole"), "", "check"),
        (
            sale_events.RecordingGivenUp,
            _("The recording at the outlet was given up"),
            "",
            "x",
        ),
    )
    for told, label, staff, icon in labels:
        register_kind(told, label, icon=icon, public=True, staff=staff)
    of_staff = (
        (sale_events.RecordingChapterKept, _("Chapter recorded: {chapter}"), "camera"),
        (sale_events.RecordingChapterReopened, _("Chapter recorded again: {chapter}"), "swap"),
        (sale_events.RecordingChecked, _("Quality of a double recording checked"), "check"),
        (sale_events.FollowUpPlanned, _("Sale drawn for a call"), "phone"),
        (sale_events.FollowUpMissed, _("Nobody answered the call"), "phone"),
        (sale_events.FollowUpCalled, _("Customer called after a sale"), "check"),
        (sale_events.FollowUpEscalated, _("Call after a sale passed on to compliance"), "alert"),
        (sale_events.FollowUpClosed, _("Compliance closed a call after a sale"), "check"),
    )
    for event, label, icon in of_staff:
        register_kind(event, label, icon=icon)
