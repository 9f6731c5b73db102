"""Who sees and does what here."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.entries import Source, sources
from accounts.events import (
    ApplicationApproved,
    ApplicationExpired,
    ApplicationRejected,
    ApplicationResubmitted,
    ApplicationReturned,
    ApplicationStarted,
    ApplicationSubmitted,
    ApplicationWithdrawn,
)
from branches import entry_codes
from branches.models import StaffAssignment
from branches.selectors import units_of
from branches.visits.events import (
    VisitCancelled,
    VisitConfirmed,
    VisitDone,
    VisitMissed,
    VisitMoved,
    VisitorArrived,
    VisitRehomed,
    VisitRelocated,
)
from branches.visits.states import AHEAD
from brokerage.backoffice import four_eyes, navigation
from brokerage.backoffice.admin.masks import masks
from brokerage.backoffice.tasks import register_source
from brokerage.core import clock, data_export, masking, retention, roles, scope
from brokerage.core.four_eyes import Decision
from brokerage.core.roles import Role
from brokerage.journal.subscriptions import subscribe
from brokerage.journal.timeline import register_kind
from partners import desk_events, entries, events, home, operator_events, own_data
from partners.models import Appointment, Operator
from partners.retention import (
    APPOINTMENTS,
    DELIVERIES,
    ENQUIRIES,
    LEADS,
    LOG_INS,
    OPERATORS,
    REMARKS,
)
from partners.states import (
    DisputeStatus,
    EnquiryStatus,
    LeadStatus,
    PartnerKind,
    PartnerStatus,
    RemarkKind,
    ScenarioStep,
    StatementStatus,
    WebhookStatus,
)
from partners.use_cases import contracts, institutions, materials, shelves

SEES = (Role.HEAD_OFFICE, *sorted(roles.READERS))
PATHS = {
    "partners.Partner": "",
    "partners.PartnerLicence": "partner__",
    "partners.Contract": "partner__",
    "partners.ApiClient": "partner__",
    "partners.EntryLink": "partner__",
    "partners.Campaign": "partner__",
    "partners.Lead": "partner__",
    "partners.WebhookEndpoint": "partner__",
    "partners.Statement": "partner__",
    "partners.Correction": "statement__partner__",
    "partners.Dispute": "partner__",
    "partners.Remark": "partner__",
    "partners.Material": "partner__",
    "partners.Shelf": "partner__",
    "partners.Appointment": "partner__",
    "partners.Enquiry": "partner__",
    "partners.ClientQuota": "api_client__partner__",
    "partners.Operator": "partner__",
}
"""From a row to its institution."""
FOLLOWED = (
    ApplicationStarted,
    ApplicationSubmitted,
    ApplicationResubmitted,
    ApplicationReturned,
    ApplicationApproved,
    ApplicationRejected,
    ApplicationWithdrawn,
    ApplicationExpired,
)
"""What happens to an application that its institution may hear of."""
VISITS_FOLLOWED = (
    VisitConfirmed,
    VisitMoved,
    VisitRehomed,
    VisitCancelled,
    VisitorArrived,
    VisitDone,
    VisitMissed,
)
"""What happens to a visit that its institution may hear of."""
TEXTED = (
    (events.AppointmentMade, "tell_booked"),
    (VisitMoved, "tell_changed"),
    (VisitRehomed, "tell_changed"),
    (VisitRelocated, "tell_changed"),
    (VisitCancelled, "tell_cancelled"),
)
"""What the person hears for whom a time was booked, and who sends it."""
SOURCE = Source(
    find=entries.find,
    name_of=entries.name_of,
    hears_stages=entries.hears_stages,
    said_of=entries.said_of,
)


UNTOLD = (
    "partners.Partner",
    "partners.PartnerLicence",
    "partners.Contract",
    "partners.ApiClient",
    "partners.Credential",
    "partners.EntryLink",
    "partners.Campaign",
    "partners.PartnerEvent",
    "partners.WebhookEndpoint",
    "partners.WebhookDelivery",
    "partners.WebhookAttempt",
    "partners.Statement",
    "partners.StatementLine",
    "partners.Correction",
    "partners.Dispute",
    "partners.Remark",
    "partners.Material",
    "partners.MaterialWithdrawal",
    "partners.Shelf",
    "partners.Enquiry",
    "partners.ClientQuota",
    "partners.Operator",
    "partners.ScenarioRun",
)
"""Tables that lead to a log-in, but to that of a member of staff or of an institution's person."""


def of_my_partners(path: str) -> scope.Policy:
    """Rows of the institutions that a partner manager looks after."""

    def policy(rows: QuerySet[Any], user: Any) -> QuerySet[Any]:
        return rows.filter(**{f"{path}manager": user})

    return policy


def of_my_institution(path: str) -> scope.Policy:
    """Rows of the one institution that an operator acts for, as long as they may."""

    def policy(rows: QuerySet[Any], user: Any) -> QuerySet[Any]:
        mine = Operator.objects.acting(clock.now()).filter(user=user)
        return rows.filter(**{f"{path}pk__in": mine.values("partner")})

    return policy


def released_to_me(rows: QuerySet[Any], user: Any) -> QuerySet[Any]:
    """Statements of an operator's institution, once they are released."""
    mine = of_my_institution("partner__")(rows, user)
    return mine.filter(status=StatementStatus.RELEASED)


def approved_for_me(rows: QuerySet[Any], user: Any) -> QuerySet[Any]:
    """Materials of an operator's institution that a second person of ours approved."""
    mine = of_my_institution("partner__")(rows, user)
    return mine.filter(decision=Decision.APPROVED)


def at_my_outlets(rows: QuerySet[Any], user: Any) -> QuerySet[Any]:
    """Leads that an outlet of a branch manager looks after or expects on a visit."""
    units = units_of(user, clock.today(), roles=[Role.BRANCH_MANAGER]).values("pk")
    expected = Appointment.objects.filter(visit__unit__in=units, visit__status__in=AHEAD)
    return rows.filter(Q(unit__in=units) | Q(pk__in=expected.values("lead")))


def people_of_my_units(rows: QuerySet[Any], user: Any) -> QuerySet[Any]:
    """Staff of a partner manager's units: a campaign may be bound to one of them."""
    units = units_of(user, clock.today(), roles=[Role.PARTNER_MANAGER])
    there = StaffAssignment.objects.filter(unit__in=units.values("pk"))
    return rows.filter(is_staff=True, pk__in=there.values("user"))


def declare() -> None:
    """Fill the registries of the foundation; called once when the app is ready."""
    sources.register("partners", SOURCE)
    entry_codes.institutions.register("partners", entries.living_name_of)
    entry_codes.institution_codes.register("partners", entries.leads_somewhere)
    entry_codes.institution_holds.register("partners", entries.hold)
    entry_codes.institution_choices.register("partners", entries.active)
    for label, path in PATHS.items():
        scope.register_readers(label, *SEES)
        scope.register(label, Role.PARTNER_MANAGER, of_my_partners(path))
        name = label.partition(".")[2].lower()
        for role in (Role.PARTNER_MANAGER, *SEES):
            roles.allow(role, f"partners.view_{name}")
    for role in (Role.PARTNER_MANAGER, Role.HEAD_OFFICE):
        roles.allow(role, "partners.add_partner", "partners.change_partner")
        roles.allow(role, "partners.add_partnerlicence", "partners.add_contract")
        roles.allow(role, "partners.add_material", "partners.withdraw_material")
        roles.allow(role, "partners.add_shelf")
    roles.allow(Role.HEAD_OFFICE, "partners.change_contract", "partners.hand_over_partner")
    roles.allow(Role.HEAD_OFFICE, "partners.change_material", "partners.change_clientquota")
    roles.allow(Role.HEAD_OFFICE, "partners.change_shelf", "partners.take_enquiry")
    roles.allow(Role.HEAD_OFFICE, "partners.change_partnerlicence")
    roles.allow(Role.PARTNER_MANAGER, "partners.add_clientquota")
    roles.allow(Role.PARTNER_MANAGER, "partners.manage_clients", "partners.add_apiclient")
    for role in (Role.PARTNER_MANAGER, Role.BRANCH_MANAGER):
        roles.allow(role, "partners.follow_lead")
    roles.allow(Role.PARTNER_MANAGER, "partners.add_campaign", "partners.change_campaign")
    roles.allow(Role.PARTNER_MANAGER, "backoffice.reveal_personal_data")
    for role in (Role.PARTNER_MANAGER, Role.HEAD_OFFICE):
        roles.allow(role, "partners.check_statement", "partners.answer_dispute")
        roles.allow(role, "partners.add_correction", "partners.answer_remark")
        roles.allow(role, "partners.follow_enquiry", "partners.throttle_client")
    roles.allow(Role.HEAD_OFFICE, "partners.release_statement")
    roles.allow(Role.PARTNER_MANAGER, "partners.manage_operators", "partners.add_operator")
    for label in ("ApiClient", "Campaign", "Remark", "WebhookEndpoint"):
        policy = of_my_institution("partner__")
        scope.register(f"partners.{label}", Role.PARTNER_OPERATOR, policy)
    scope.register("partners.Statement", Role.PARTNER_OPERATOR, released_to_me)
    scope.register("partners.Material", Role.PARTNER_OPERATOR, approved_for_me)
    scope.register("partners.Lead", Role.BRANCH_MANAGER, at_my_outlets)
    scope.register("users.User", Role.PARTNER_MANAGER, people_of_my_units)
    roles.allow(Role.BRANCH_MANAGER, "partners.view_lead")
    masks.register("partners.lead.name", masking.name)
    masks.register("partners.lead.phone", masking.phone)
    for visit_event in VISITS_FOLLOWED:
        name = visit_event.__name__.lower()
        subscribe(
            visit_event, "partners.handlers.follow_visit", name=f"partners.appointment.{name}"
        )
    for told, handler in TEXTED:
        name = told.__name__.lower()
        subscribe(told, f"partners.handlers.{handler}", name=f"partners.text.{name}")
    for event in FOLLOWED:
        subscribe(
            event, "partners.handlers.follow", name=f"partners.follow.{event.__name__.lower()}"
        )
    retention.register(LEADS)
    retention.register(DELIVERIES)
    retention.register(REMARKS)
    retention.register(APPOINTMENTS)
    retention.register(ENQUIRIES)
    retention.register(OPERATORS)
    retention.register(LOG_INS)
    own_data.register()
    four_eyes.on_approval("partners.Contract", contracts.approved)
    four_eyes.on_approval("partners.PartnerLicence", institutions.licence_approved)
    four_eyes.on_approval("partners.Material", materials.approved)
    four_eyes.on_approval("partners.Shelf", shelves.approved)
    register_source("partners.leads", _("Leads"), home.leads, home.probe_leads)
    register_source(
        "partners.ending", _("Contracts and licences that end"), home.ending, home.probe_ending
    )
    register_source(
        "partners.settling",
        _("Statements and remarks of institutions"),
        home.settling,
        home.probe_settling,
    )
    register_source(
        "partners.at_desks", _("Enquiries at the desks"), home.at_desks, home.probe_at_desks
    )
    navigation.items.register(
        "partners.health",
        navigation.Item(
            section="partners",
            label=_("Health of institutions"),
            icon="chart",
            url_name="admin:partners_partner_health",
            shown=lambda request: roles.may(request.user, "partners.view_partner"),
            order=53,
        ),
    )
    _declare_kinds()
    for label in UNTOLD:
        data_export.exempt(label, "about an institution and our own people, not about a customer")


def _declare_kinds() -> None:
    register_kind(
        events.PartnerEnlisted, _("Entered as {of_kind}"), words={"of_kind": PartnerKind}
    )
    register_kind(events.PartnerHandedOver, _("Has another manager"))
    register_kind(events.LicenceEntered, _("A licence was entered, valid until {until}"))
    register_kind(events.LicenceApproved, _("A licence was approved, valid until {until}"))
    register_kind(events.ContractProposed, _("Contract proposed"))
    register_kind(
        events.ContractApproved, _("Contract approved, from {valid_from} until {valid_to}")
    )
    register_kind(
        events.ContractEndedEarly, _("Contract ends early, without force from {valid_to}")
    )
    register_kind(
        events.LicenceEndedEarly, _("A licence ends early, without force from {valid_to}")
    )
    register_kind(events.CampaignMade, _("Campaign begun"))
    register_kind(events.CampaignEnded, _("Campaign ended"))
    register_kind(events.LeadReceived, _("Lead received"))
    register_kind(events.LeadMoved, _("Lead: {status}"), words={"status": LeadStatus})
    register_kind(events.WebhookAdded, _("Webhook endpoint added"))
    register_kind(events.WebhookChanged, _("Webhook endpoint has other settings"))
    register_kind(events.WebhookPinged, _("A test was sent to the webhook endpoint"))
    register_kind(events.WebhookSecretChanged, _("Webhook endpoint has a new secret"))
    register_kind(
        events.WebhookMoved, _("Webhook endpoint: {status}"), words={"status": WebhookStatus}
    )
    register_kind(events.WebhookReplayed, _("Events after number {after} are sent again"))
    register_kind(events.NetworksChanged, _("May call from other addresses"))
    register_kind(
        events.PartnerStatusChanged,
        _("The institution's status changed: {status}"),
        words={"status": PartnerStatus},
    )
    register_kind(events.SecretIssued, _("A client got a new secret"))
    register_kind(events.ClientResumed, _("A client may call again"))
    register_kind(events.ScopesChanged, _("A client may ask for other scopes"))
    register_kind(events.ClientSuspended, _("A client was suspended"))
    register_kind(events.EntryLinkMade, _("An entry link was made"))
    register_kind(events.StatementMade, _("Reckoned: {lines} lines"))
    register_kind(
        events.StatementMoved, _("Statement: {status}"), words={"status": StatementStatus}
    )
    register_kind(events.CorrectionEntered, _("A correction was entered"))
    register_kind(events.DisputeRaised, _("The institution disputes it"))
    register_kind(events.DisputeAnswered, _("Dispute: {status}"), words={"status": DisputeStatus})
    register_kind(events.RemarkMade, _("Received: {of_kind}"), words={"of_kind": RemarkKind})
    register_kind(events.RemarkAnswered, _("The institution got its answer"))
    register_kind(desk_events.EnquiryMade, _("Enquiry received"))
    register_kind(
        desk_events.EnquiryMoved, _("Enquiry: {status}"), words={"status": EnquiryStatus}
    )
    register_kind(desk_events.EnquiryTaken, _("Somebody of the desk goes on with it"))
    register_kind(events.AppointmentMade, _("An institution booked a time"))
    register_kind(events.AppointmentMoved, _("The institution asked for another time"))
    register_kind(events.AppointmentCancelled, _("The institution cancelled the appointment"))
    register_kind(events.PersonTexted, _("The person was told by SMS: {result}"))
    register_kind(events.QuotaProposed, _("Quota proposed: {per_minute} calls a minute"))
    register_kind(events.ClientThrottled, _("The brake on its calls was changed"))
    register_kind(desk_events.ShelfProposed, _("Another shelf proposed"))
    register_kind(desk_events.ShelfApproved, _("Displays other products, from {valid_from}"))
    register_kind(events.MaterialProposed, _("Material proposed, version {version}"))
    register_kind(events.MaterialApproved, _("Material approved, version {version}"))
    register_kind(events.MaterialWithdrawn, _("Material withdrawn"))
    register_kind(operator_events.OperatorInvited, _("Invited as operator"))
    register_kind(operator_events.OperatorJoined, _("Took up the invitation"))
    register_kind(operator_events.OperatorEnded, _("Acts for the institution no more"))
    register_kind(events.WebhookSecretShown, _("The signing secret was looked at"))
    register_kind(
        events.ScenarioPlayed, _("Played in the sandbox: {step}"), words={"step": ScenarioStep}
    )
