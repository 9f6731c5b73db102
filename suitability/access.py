"""Who sees and does what here."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from branches.access import at_home_in_units_of
from brokerage.backoffice import four_eyes, navigation
from brokerage.backoffice.overview import Part, parts
from brokerage.backoffice.tasks import register_source
from brokerage.core import home_cards, retention, roles, scope
from brokerage.core.roles import Role
from brokerage.customers.own import own_rows
from brokerage.journal.subscriptions import subscribe
from brokerage.journal.timeline import register_kind
from suitability import events, files, home, overview, own_data, professional_access, sale_access
from suitability.retention import POLICIES
from suitability.states import CoachingStatus, JumpStatus
from suitability.use_cases.drafting import paper_approved
from suitability.use_cases.grading import grade_approved

PART = Part(label=_("Suitability"), order=30, find=overview.facts)


def declare() -> None:
    """Fill the registries of the foundation; called once when the app is ready."""
    scope.register("suitability.Assessment", Role.CUSTOMER, own_rows())
    scope.register_readers("suitability.Assessment", *sorted(roles.READERS))
    scope.register_readers("suitability.Questionnaire", Role.HEAD_OFFICE, *sorted(roles.READERS))
    for role in sorted(roles.READERS):
        roles.allow(role, "suitability.view_assessment", "suitability.view_questionnaire")
    roles.allow(Role.HEAD_OFFICE, "suitability.view_questionnaire")
    of_own_units = at_home_in_units_of(Role.BRANCH_MANAGER, "assessment__customer__")
    scope.register("suitability.JumpReview", Role.BRANCH_MANAGER, of_own_units)
    scope.register_readers("suitability.JumpReview", Role.HEAD_OFFICE, *sorted(roles.READERS))
    for role in (Role.BRANCH_MANAGER, Role.HEAD_OFFICE):
        roles.allow(role, "suitability.view_jumpreview", "suitability.change_jumpreview")
    for role in sorted(roles.READERS):
        roles.allow(role, "suitability.view_jumpreview")
    register_source("suitability.jumps", _("Risen classes"), home.tasks, home.probe)
    _declare_matching()
    _declare_papers()
    _declare_coaching()
    professional_access.declare()
    sale_access.declare()
    navigation.items.register(
        "suitability.self_check",
        navigation.Item(
            section="control",
            label=_("Self-check of suitability"),
            icon="chart",
            url_name="admin:suitability_self_check",
            shown=lambda request: roles.may(request.user, "suitability.view_questionnaire"),
            order=60,
        ),
    )
    own_data.register()
    files.register()
    home_cards.sources.register("suitability.renew", home.cards)
    parts.register("suitability", PART)
    home_cards.facts.register("suitability.result_ends", home.result_ends)
    for policy in POLICIES:
        retention.register(policy)
    _label_events()
    _label_insisting()
    _label_disclosures()
    _subscribe()


def _declare_papers() -> None:
    """Compliance writes the papers and signs them, each other's; nobody else does."""
    scope.register_readers("suitability.PaperDraft", *sorted(roles.READERS))
    for role in sorted(roles.READERS):
        roles.allow(role, "suitability.view_paperdraft")
    roles.allow(
        Role.COMPLIANCE,
        "suitability.add_paperdraft",
        "suitability.change_paperdraft",
        "suitability.change_questionnaire",
    )
    four_eyes.on_approval("suitability.Questionnaire", paper_approved)
    labels = (
        (events.PaperDrafted, _("Draft of a questionnaire begun"), "edit"),
        (events.PaperChanged, _("Draft of a questionnaire changed: {part}"), "edit"),
        (events.PaperDropped, _("Draft of a questionnaire given up"), "x"),
        (events.PaperProposed, _("Version of a questionnaire proposed"), "list"),
    )
    for event, label, icon in labels:
        register_kind(event, label, icon=icon)


def _declare_coaching() -> None:
    """Compliance alone: neither auditors nor head office could keep it from an outlet."""
    scope.register_readers("suitability.CoachingFlag", Role.COMPLIANCE)
    roles.allow(
        Role.COMPLIANCE, "suitability.view_coachingflag", "suitability.change_coachingflag"
    )
    register_source(
        "suitability.coaching", _("Signs of coaching"), home.coaching_tasks, home.coaching_probe
    )
    register_kind(events.CoachingFlagged, _("Signs of coaching found"), icon="alert")
    register_kind(
        events.CoachingDecided,
        _("Compliance looked at signs of coaching: {decision}"),
        icon="check",
        words={"decision": CoachingStatus},
    )
    subscribe(
        events.AssessmentSubmitted,
        "suitability.handlers.look_for_signs",
        name="suitability.look_for_signs",
    )


def _declare_matching() -> None:
    """Items are the whole firm's; a decision is seen by its customer and their branch."""
    everybody = sorted(roles.STAFF - {Role.ADMINISTRATOR, Role.PARTNER_MANAGER})
    for name in ("GradedItem", "ItemGrade"):
        scope.register_readers(f"suitability.{name}", *everybody)
        for role in everybody:
            roles.allow(role, f"suitability.view_{name.lower()}")
        roles.allow(Role.HEAD_OFFICE, f"suitability.add_{name.lower()}")
    roles.allow(Role.HEAD_OFFICE, "suitability.change_itemgrade")
    for name in ("MatchRecord", "InsistCase", "Disclosure"):
        scope.register(f"suitability.{name}", Role.CUSTOMER, own_rows())
    for role in (Role.BRANCH_MANAGER, Role.ADVISER):
        for name in ("MatchRecord", "InsistCase", "Disclosure"):
            scope.register(f"suitability.{name}", role, at_home_in_units_of(role, "customer__"))
            roles.allow(role, f"suitability.view_{name.lower()}")
    for name in ("MatchRecord", "InsistCase", "Disclosure"):
        scope.register_readers(f"suitability.{name}", *sorted(roles.READERS))
        for role in sorted(roles.READERS):
            roles.allow(role, f"suitability.view_{name.lower()}")
    four_eyes.on_approval("suitability.ItemGrade", grade_approved)


def _label_events() -> None:
    register_kind(
        events.AssessmentStarted,
        _("You opened the risk assessment"),
        icon="doc",
        public=True,
        staff=_("The customer opened the risk assessment"),
    )
    register_kind(
        events.AssessmentSubmitted,
        _("You finished the risk assessment"),
        icon="check",
        public=True,
        staff=_("The customer finished the risk assessment"),
    )
    register_kind(
        events.ClassConfirmed,
        _("You confirmed the result"),
        icon="check",
        public=True,
        staff=_("The customer confirmed the result"),
    )
    register_kind(events.ClassChanged, _("Another class counts now"), icon="swap", public=True)
    register_kind(events.JumpFlagged, _("A class rose shortly after a refusal"), icon="alert")
    register_kind(
        events.JumpDecided,
        _("A supervisor looked at a risen class: {decision}"),
        icon="check",
        words={"decision": JumpStatus},
    )
    register_kind(events.ItemNamed, _("Item to be graded added"), icon="box")
    register_kind(events.GradeProposed, _("Grade of risk proposed"), icon="list")
    register_kind(events.GradeChanged, _("Grade of risk set"), icon="check")
    register_kind(
        events.MatchDecided,
        _("We checked whether a product suits you"),
        icon="doc",
        public=True,
        staff=_("Checked whether a product suits the customer"),
    )


def _label_insisting() -> None:
    labels = (
        (
            events.InsistAsked,
            _("You asked for what does not suit you"),
            _("The customer asked for what does not suit them"),
            "edit",
        ),
        (
            events.InsistWarned,
            _("You got the special risk warning"),
            _("The customer got the special risk warning"),
            "alert",
        ),
        (
            events.InsistAcknowledged,
            _("You acknowledged the risk warning"),
            _("The customer acknowledged the risk warning"),
            "check",
        ),
        (
            events.InsistConfirmed,
            _("You confirmed your wish after the pause"),
            _("The customer confirmed the wish after the pause"),
            "check",
        ),
        (
            events.InsistWithdrawn,
            _("You gave up a wish that does not suit you"),
            _("The customer gave up a wish that does not suit them"),
            "x",
        ),
    )
    for event, label, staff, icon in labels:
        register_kind(event, label, icon=icon, public=True, staff=staff)


def _label_disclosures() -> None:
    labels = (
        (
            events.DisclosureShown,
            _("We told you what to know before you buy"),
            _("The customer was told what to know before buying"),
            "doc",
        ),
        (
            events.DisclosureRead,
            _("You acknowledged what to know before you buy"),
            _("The customer acknowledged what to know before buying"),
            "check",
        ),
        (
            events.RiskPointsShown,
            _("We told you the points of a high risk"),
            _("The customer was told the points of a high risk"),
            "alert",
        ),
        (
            events.RiskPointsAccepted,
            _("You acknowledged the points of a high risk"),
            _("The customer acknowledged the points of a high risk"),
            "check",
        ),
        (events.DisclosureDone, _("All is told before this sale"), "", "check"),
        (
            events.DisclosureGivenUp,
            _("You gave up a sale before it"),
            _("The customer gave up a sale before it"),
            "x",
        ),
    )
    for event, label, staff, icon in labels:
        register_kind(event, label, icon=icon, public=True, staff=staff)


def _subscribe() -> None:
    for told in ("customer", "branch"):
        subscribe(
            events.ClassChanged,
            f"suitability.handlers.tell_{told}",
            name=f"suitability.tell_{told}",
        )
