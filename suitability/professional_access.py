"""Who sees and does what with applications as professional investors."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from brokerage.backoffice.imports import register as register_importer
from brokerage.backoffice.tasks import register_source
from brokerage.core import home_cards, roles, scope
from brokerage.core.roles import Role
from brokerage.customers.own import own_rows
from brokerage.journal.subscriptions import subscribe
from brokerage.journal.timeline import register_kind
from suitability import professional_events, professional_home
from suitability.imports.simulated import SIMULATED_TRADING_LIST

OFFICERS = (Role.COMPLIANCE, Role.REVIEWER)
"""Either may be the first or the second; the same person never is both."""


def declare() -> None:
    """Fill the registries of the foundation; called once when the app is ready."""
    readers = sorted({*OFFICERS, *roles.READERS})
    for name in ("StatusRequest", "InvestorStatus"):
        scope.register(f"suitability.{name}", Role.CUSTOMER, own_rows())
        scope.register_readers(f"suitability.{name}", *readers)
        for role in readers:
            roles.allow(role, f"suitability.view_{name.lower()}")
    for name in ("StatusProof", "KnowledgeTest"):
        scope.register(f"suitability.{name}", Role.CUSTOMER, own_rows("request__customer__"))
        scope.register_readers(f"suitability.{name}", *readers)
    for role in OFFICERS:
        roles.allow(role, "suitability.change_statusrequest")
    register_source(
        "suitability.status_requests",
        _("Applications as professional investors"),
        professional_home.tasks,
        professional_home.probe,
    )
    home_cards.sources.register("suitability.professional", professional_home.cards)
    home_cards.facts.register("suitability.status_came_back", professional_home.came_back)
    home_cards.facts.register("suitability.status_until", professional_home.status_until)
    register_importer(SIMULATED_TRADING_LIST)
    roles.allow(Role.OPERATIONS, "suitability.add_simulatedtrading")
    _label_events()
    for event in (
        professional_events.StatusGranted,
        professional_events.StatusRefused,
        professional_events.StatusReturned,
    ):
        subscribe(
            event,
            "suitability.handlers.tell_of_decision",
            name=f"{event.kind}.tell_customer",
        )
    for moved in (professional_events.StatusGranted, professional_events.StatusGivenUp):
        subscribe(
            moved,
            "suitability.handlers.tell_branch_of_status",
            name=f"{moved.kind}.tell_branch",
        )


def _label_events() -> None:
    labels = (
        (
            professional_events.StatusAsked,
            _("You began an application as a professional investor"),
            _("The customer began an application as a professional investor"),
            "edit",
        ),
        (
            professional_events.ProtectionsExplained,
            _("We showed you what you give up"),
            _("The customer was shown what they give up"),
            "doc",
        ),
        (
            professional_events.RiskAccepted,
            _("You accepted the risk of giving it up"),
            _("The customer accepted the risk of giving it up"),
            "check",
        ),
        (
            professional_events.ProofGiven,
            _("You gave a proof"),
            _("The customer gave a proof"),
            "file",
        ),
        (
            professional_events.ProofRemoved,
            _("You took a proof out"),
            _("The customer took a proof out"),
            "x",
        ),
        (
            professional_events.KnowledgeTested,
            _("You sent in the test of knowledge"),
            _("The customer sent in the test of knowledge"),
            "check",
        ),
        (
            professional_events.StatusSent,
            _("You sent the application to us"),
            _("The customer sent the application as a professional investor"),
            "check",
        ),
        (
            professional_events.StatusReturned,
            _("We sent the application back to be completed"),
            "",
            "swap",
        ),
        (
            professional_events.StatusGranted,
            _("You are a professional investor now"),
            _("The customer is a professional investor now"),
            "check",
        ),
        (professional_events.StatusRefused, _("We did not grant the application"), "", "x"),
        (
            professional_events.StatusWithdrawn,
            pgettext_lazy("professional investor", "You took the application back"),
            _("The customer took the application as a professional investor back"),
            "x",
        ),
        (
            professional_events.StatusGivenUp,
            _("You are an ordinary investor again"),
            _("The customer is an ordinary investor again"),
            "swap",
        ),
    )
    for event, label, staff, icon in labels:
        register_kind(event, label, icon=icon, public=True, staff=staff)
    register_kind(
        professional_events.StatusExamined,
        _("Application as a professional investor examined"),
        icon="list",
    )
    register_kind(
        professional_events.StatusLookedAtAgain,
        _("Application as a professional investor to be examined again"),
        icon="swap",
    )
    register_kind(
        professional_events.PracticeTaken,
        _("Certificate of simulated trading taken"),
        icon="chart",
    )
