"""Who opens cases at counters, what the timeline tells, and when a release ends by itself."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.counter import events
from accounts.counter.rules import HELPS
from accounts.counter.states import AT_COUNTER, ReleaseEnd, ReleaseStatus
from accounts.events import (
    ApplicationExpired,
    ApplicationResubmitted,
    ApplicationSubmitted,
    ApplicationWithdrawn,
)
from accounts.papers.events import OriginalSeen
from accounts.states import Step
from branches.models import OrgUnit
from branches.visits.desk.help import counters, finishable
from brokerage.core import clock, data_export, roles, scope
from brokerage.core.identifiers import Document
from brokerage.core.roles import Role
from brokerage.customers.own import own_rows
from brokerage.journal.subscriptions import subscribe
from brokerage.journal.timeline import register_kind

HELP = "accounts.help_at_counter"


def declare() -> None:
    """Fill the registries of the foundation; called once when the app is ready."""
    scope.register("accounts.CaseRelease", Role.CUSTOMER, own_rows("application__customer__"))
    for role in HELPS:
        scope.register("accounts.CaseRelease", role, opened_by_me())
        roles.allow(role, HELP)
    scope.register_readers("accounts.CaseRelease", *sorted(roles.READERS))
    scope.register("accounts.PermissionRelease", Role.CUSTOMER, own_rows("case__customer__"))
    for role in HELPS:
        scope.register("accounts.PermissionRelease", role, opened_by_me())
    scope.register_readers("accounts.PermissionRelease", *sorted(roles.READERS))
    for purpose in ("open_account", "finish_step"):
        counters.register(purpose, counter_of)
    finishable.register("accounts", AT_COUNTER)
    data_export.exempt(
        "accounts.CodeTries", "about our staff: wrong codes that they typed, of no customer"
    )
    _label_events()
    for event in (
        ApplicationSubmitted,
        ApplicationResubmitted,
        ApplicationWithdrawn,
        ApplicationExpired,
    ):
        verb = event.kind.rpartition("_")[2]
        subscribe(event, "accounts.handlers.end_release", name=f"accounts.end_release_{verb}")


def opened_by_me(path: str = "") -> scope.Policy:
    """A policy: what a customer opened to this person, as long as it is open.

    Args:
        path: from the rows to the release, such as `release__`; empty for releases themselves.
    """

    def opened(rows: QuerySet[Any], user: Any) -> QuerySet[Any]:
        given = {"helper": user, "status": ReleaseStatus.IN_USE, "until__gt": clock.now()}
        return rows.filter(**{f"{path}{name}": value for name, value in given.items()})

    return opened


def counter_of(outlet: OrgUnit) -> str:
    """The counter of an outlet: where a code is typed."""
    return reverse("admin:accounts_application_counter", args=[outlet.code])


def _label_events() -> None:
    register_kind(
        events.CaseOffered,
        _("You made a code for an outlet"),
        icon="key",
        public=True,
        staff=_("The customer made a code for an outlet"),
    )
    register_kind(
        events.CaseOpened,
        _("An outlet opened your application with your code"),
        icon="eye",
        public=True,
        staff=_("Opened at an outlet with the customer's code"),
    )
    register_kind(
        events.CaseClosed,
        _("An outlet's access ended: {ended_by}"),
        icon="lock",
        public=True,
        words={"ended_by": ReleaseEnd},
    )
    register_kind(
        events.StepDoneAtCounter,
        _("An outlet did a step with you: {step}"),
        icon="pin",
        public=True,
        staff=_("Done at an outlet: {step}"),
        words={"step": Step},
    )
    register_kind(
        events.StepConfirmed,
        _("You confirmed what the outlet entered: {step}"),
        icon="check",
        public=True,
        staff=_("The customer confirmed what staff entered: {step}"),
        words={"step": Step},
    )
    register_kind(
        OriginalSeen,
        _("An outlet looked at the original of your document: {paper}"),
        icon="eye",
        public=True,
        staff=_("The original was looked at: {paper}"),
        words={"paper": Document},
    )
    register_kind(
        events.PersonConfirmed,
        _("Somebody at an outlet confirmed in person that it is you"),
        icon="eye",
        public=True,
        staff=_("Somebody at the outlet confirmed in person who it is"),
    )
    register_kind(
        events.WrongReleaseCode, _("A wrong release code was typed ({wrong})"), icon="alert"
    )
