"""Kinds of institution, what a contract may let them do, and what it may pay."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from branches.visits.states import Status as VisitStatus
from brokerage.core.states import StateTable
from products.states import HIDDEN, Family


class PartnerKind(models.TextChoices):
    """What an institution is; dated rules say what each kind may do and be paid for."""

    BANK = "bank", _("Bank")
    PLATFORM = "platform", _("Internet platform")
    FUTURES = "futures", _("Futures company")
    ISSUER = "issuer", _("Product issuer")
    INSTITUTION = "institution", _("Institution")


class PartnerStatus(models.TextChoices):
    """Only an active partner's clients and links work."""

    ACTIVE = "active", _("Active")
    SUSPENDED = "suspended", _("Suspended")
    ENDED = "ended", _("Ended")


TRANSITIONS = StateTable(
    {
        PartnerStatus.ACTIVE: [PartnerStatus.SUSPENDED, PartnerStatus.ENDED],
        PartnerStatus.SUSPENDED: [PartnerStatus.ACTIVE, PartnerStatus.ENDED],
        PartnerStatus.ENDED: [],
    }
)


class Activity(models.TextChoices):
    """What a contract may permit; each opens its part of the API."""

    DISPLAY = "display", _("Display our material")
    LINKS = "links", _("Send customers by link")
    CAMPAIGNS = "campaigns", _("Run campaigns with codes")
    LEADS = "leads", _("Send leads with the customer's consent")
    STAGES = "stages", _("Hear where an application stands, while the customer agrees")


class FeeBasis(models.TextChoices):
    """What an institution is paid for. The last three are named only to be refused."""

    NONE = "none", _("No fee")
    FIXED = "fixed", _("Fixed fee")
    DISPLAY = "display", _("Display of advertising")
    TECHNICAL = "technical", _("Technical service")
    COMMISSION_SHARE = "commission_share", _("Share of commission")
    PER_ACCOUNT = "per_account", _("For each account opened or funded")
    TURNOVER = "turnover", _("By turnover or assets")


LAWFUL = (FeeBasis.NONE, FeeBasis.FIXED, FeeBasis.DISPLAY, FeeBasis.TECHNICAL)


DISPLAYABLE = tuple(each for each in Family if each not in HIDDEN)
"""Families of products that an institution may display at all."""


class ApiScope(models.TextChoices):
    """What a client may ask for; the contract in force decides which of them it gets."""

    APPLICATIONS_READ = "applications:read", _("Read the stage of applications")
    ENTRIES_WRITE = "entries:write", _("Make entry links")
    OUTLETS_READ = "outlets:read", _("Read outlets, services and free times")
    CAMPAIGNS_WRITE = "campaigns:write", _("Make and end campaigns, read their counts")
    LEADS_WRITE = "leads:write", _("Send leads and read them")
    EVENTS_READ = "events:read", _("Read what changed")
    WEBHOOKS_WRITE = "webhooks:write", _("Keep webhook endpoints")
    STATEMENTS_WRITE = "statements:write", _("Read statements and dispute them")
    REMARKS_WRITE = "remarks:write", _("Suggest, complain and read the answers")
    SHELF_READ = "shelf:read", _("Read the products that may be displayed")
    APPOINTMENTS_WRITE = "appointments:write", _("Book visits for leads that agreed to it")
    ENQUIRIES_WRITE = "enquiries:write", _("Introduce the institution to our desks")
    MATERIALS_READ = "materials:read", _("Read the approved materials")


EVERYBODY = (
    ApiScope.OUTLETS_READ,
    ApiScope.EVENTS_READ,
    ApiScope.WEBHOOKS_WRITE,
    ApiScope.STATEMENTS_WRITE,
    ApiScope.REMARKS_WRITE,
    ApiScope.ENQUIRIES_WRITE,
    ApiScope.MATERIALS_READ,
)
"""Scopes that any contract opens: nothing in them is about a customer."""

AFTER_THE_END = frozenset([ApiScope.STATEMENTS_WRITE])
"""What a token may hold when no contract is in force any more; it opens the statements only."""

SCOPES: dict[str, tuple[ApiScope, ...]] = {
    Activity.DISPLAY: (ApiScope.SHELF_READ,),
    Activity.LINKS: (ApiScope.ENTRIES_WRITE,),
    Activity.STAGES: (ApiScope.APPLICATIONS_READ,),
    Activity.CAMPAIGNS: (ApiScope.CAMPAIGNS_WRITE,),
    Activity.LEADS: (ApiScope.LEADS_WRITE, ApiScope.APPOINTMENTS_WRITE),
}
"""An appointment is made for a lead: whoever may send no leads books for nobody."""


def scopes_of(activities: Iterable[str]) -> frozenset[str]:
    """The scopes that a contract with these activities opens."""
    return frozenset([*EVERYBODY, *(one for each in activities for one in SCOPES.get(each, ()))])


class LeadStatus(models.TextChoices):
    """Where a lead stands with us."""

    RECEIVED = "received", _("New")
    CONTACTED = "contacted", _("Contacted")
    BEGUN = "begun", _("Application begun")
    WON = "won", pgettext_lazy("lead", "Approved")
    CLOSED = "closed", pgettext_lazy("lead", "Closed")
    LAPSED = "lapsed", _("Lapsed")


class LeadEnd(models.TextChoices):
    """Why we closed a lead: a class, never a story about a person."""

    NOT_REACHED = "not_reached", _("Not reached")
    NOT_INTERESTED = "not_interested", _("Not interested")
    NOT_NOW = "not_now", _("Not now")
    NO_CONSENT = "no_consent", _("Did not agree to be recommended")
    NO_ACCOUNT = "no_account", _("Began, and no account came of it")


SAID_BY_STAFF = tuple(end for end in LeadEnd if end != LeadEnd.NO_ACCOUNT)
"""Reasons that a person gives; the other one is found out by the nightly run."""


WAITING_LEADS = (LeadStatus.RECEIVED, LeadStatus.CONTACTED)
OPEN_LEADS = (*WAITING_LEADS, LeadStatus.BEGUN)
LEAD_TRANSITIONS = StateTable(
    {
        LeadStatus.RECEIVED: [
            LeadStatus.CONTACTED,
            LeadStatus.BEGUN,
            LeadStatus.CLOSED,
            LeadStatus.LAPSED,
        ],
        LeadStatus.CONTACTED: [LeadStatus.BEGUN, LeadStatus.CLOSED, LeadStatus.LAPSED],
        LeadStatus.BEGUN: [LeadStatus.WON, LeadStatus.CLOSED, LeadStatus.LAPSED],
        LeadStatus.WON: [],
        LeadStatus.CLOSED: [],
        LeadStatus.LAPSED: [],
    }
)


class EventKind(models.TextChoices):
    """What an institution is told of; each but a test names an object that it can read."""

    LEAD_CREATED = "lead.created", _("Lead received")
    APPLICATION_CHANGED = "application.changed", _("Application has another stage")
    CAMPAIGN_CREATED = "campaign.created", _("Campaign made")
    CAMPAIGN_ENDED = "campaign.ended", _("Campaign ended")
    WEBHOOK_DISABLED = "webhook.disabled", _("Webhook disabled")
    STATEMENT_RELEASED = "statement.released", _("Statement released")
    DISPUTE_ANSWERED = "dispute.answered", _("Dispute answered")
    REMARK_ANSWERED = "remark.answered", _("Remark answered")
    APPOINTMENT_CHANGED = "appointment.changed", _("Appointment has another stage")
    ENQUIRY_CHANGED = "enquiry.changed", _("Enquiry has another stage")
    MATERIAL_RELEASED = "material.released", _("Material approved")
    MATERIAL_WITHDRAWN = "material.withdrawn", _("Material withdrawn")
    WEBHOOK_PING = "webhook.ping", _("Test of an endpoint")


CHANGES = tuple(each for each in EventKind if each != EventKind.WEBHOOK_PING)
"""What an endpoint may choose to hear of; a test goes to the one endpoint that asked for it."""


class WebhookStatus(models.TextChoices):
    """Only an active endpoint is told anything."""

    ACTIVE = "active", pgettext_lazy("webhook", "Active")
    PAUSED = "paused", pgettext_lazy("webhook", "Paused")
    DISABLED = "disabled", _("Disabled")
    REMOVED = "removed", _("Removed")


WEBHOOK_TRANSITIONS = StateTable(
    {
        WebhookStatus.ACTIVE: [
            WebhookStatus.PAUSED,
            WebhookStatus.DISABLED,
            WebhookStatus.REMOVED,
        ],
        WebhookStatus.PAUSED: [
            WebhookStatus.ACTIVE,
            WebhookStatus.DISABLED,
            WebhookStatus.REMOVED,
        ],
        WebhookStatus.DISABLED: [WebhookStatus.ACTIVE, WebhookStatus.REMOVED],
        WebhookStatus.REMOVED: [],
    }
)


class DeliveryState(models.TextChoices):
    """Where an event is on its way to an endpoint."""

    PENDING = "pending", _("On its way")
    DELIVERED = "delivered", _("Delivered")
    GIVEN_UP = "given_up", _("Given up")


class StatementStatus(models.TextChoices):
    """Where a monthly statement stands; the institution sees it once it is released."""

    MADE = "made", pgettext_lazy("statement", "Made")
    CHECKED = "checked", pgettext_lazy("statement", "Checked")
    RELEASED = "released", pgettext_lazy("statement", "Released")


STATEMENT_TRANSITIONS = StateTable(
    {
        StatementStatus.MADE: [StatementStatus.CHECKED],
        StatementStatus.CHECKED: [StatementStatus.RELEASED, StatementStatus.MADE],
        StatementStatus.RELEASED: [],
    }
)


class LineKind(models.TextChoices):
    """What a line of a statement is for."""

    FEE = "fee", pgettext_lazy("statement line", "Fee")
    CORRECTION = "correction", pgettext_lazy("statement line", "Correction")


class DisputeStatus(models.TextChoices):
    """Where a dispute stands: what is agreed to becomes a line of a later statement."""

    OPEN = "open", pgettext_lazy("dispute", "Open")
    ACCEPTED = "accepted", pgettext_lazy("dispute", "Accepted")
    REFUSED = "refused", pgettext_lazy("dispute", "Refused")


DISPUTE_TRANSITIONS = StateTable(
    {
        DisputeStatus.OPEN: [DisputeStatus.ACCEPTED, DisputeStatus.REFUSED],
        DisputeStatus.ACCEPTED: [],
        DisputeStatus.REFUSED: [],
    }
)


class RemarkKind(models.TextChoices):
    """What an institution has to say; each kind has its own time for the answer."""

    SUGGESTION = "suggestion", _("Suggestion")
    COMPLAINT = "complaint", pgettext_lazy("remark", "Complaint")


class RemarkStatus(models.TextChoices):
    """Whether it has its answer."""

    OPEN = "open", pgettext_lazy("dispute", "Open")
    ANSWERED = "answered", pgettext_lazy("remark", "Answered")


REMARK_TRANSITIONS = StateTable(
    {RemarkStatus.OPEN: [RemarkStatus.ANSWERED], RemarkStatus.ANSWERED: []}
)


class MaterialState(models.TextChoices):
    """Where an approved version stands on a day, in the order of its life; never stored."""

    SCHEDULED = "scheduled", pgettext_lazy("material", "From a later day on")
    IN_FORCE = "in_force", pgettext_lazy("material", "In force")
    SUPERSEDED = "superseded", pgettext_lazy("material", "Replaced by a later version")
    EXPIRED = "expired", pgettext_lazy("material", "Its time has passed")
    WITHDRAWN = "withdrawn", pgettext_lazy("material", "Withdrawn")


OPEN_MATERIALS = (MaterialState.SCHEDULED, MaterialState.IN_FORCE)
"""The file of such a version is handed out; that of any other is gone."""


class EnquiryStatus(models.TextChoices):
    """Where an enquiry of an institution stands with us."""

    RECEIVED = "received", pgettext_lazy("enquiry", "Received")
    TAKEN = "taken", pgettext_lazy("enquiry", "Taken up")
    AT_DESK = "at_desk", pgettext_lazy("enquiry", "A desk goes on with it")
    DECLINED = "declined", pgettext_lazy("enquiry", "Declined")


ENQUIRY_ENDS = (EnquiryStatus.AT_DESK, EnquiryStatus.DECLINED)
ENQUIRY_TRANSITIONS = StateTable(
    {
        EnquiryStatus.RECEIVED: [EnquiryStatus.TAKEN, *ENQUIRY_ENDS],
        EnquiryStatus.TAKEN: [*ENQUIRY_ENDS],
        EnquiryStatus.AT_DESK: [],
        EnquiryStatus.DECLINED: [],
    }
)


class Scenario(models.TextChoices):
    """What a sandbox plays for an institution."""

    LEAD_BECOMES_ACCOUNT = "lead_becomes_account", _("A lead becomes an account")
    RFI = "rfi", _("We ask for more, the customer answers")
    DECLINE = "decline", _("The application is declined")
    EXPIRY = "expiry", _("The customer does not go on")
    STATEMENT = "statement", _("A statement is released")


class ScenarioStep(models.TextChoices):
    """What a sandbox plays next, one act after the other."""

    RECOMMEND = "recommend", pgettext_lazy("scenario", "The institution recommends somebody")
    BEGIN = "begin", pgettext_lazy("scenario", "The person begins an application")
    SEND = "send", pgettext_lazy("scenario", "The application is sent")
    ASK = "ask", pgettext_lazy("scenario", "We ask for more")
    ANSWER = "answer", pgettext_lazy("scenario", "The person answers")
    APPROVE = "approve", pgettext_lazy("scenario", "The application is approved")
    DECLINE = "decline", pgettext_lazy("scenario", "The application is declined")
    OPEN = "open", pgettext_lazy("scenario", "The account is opened")
    EXPIRE = "expire", pgettext_lazy("scenario", "The draft runs out")
    RECKON = "reckon", pgettext_lazy("scenario", "A statement is reckoned")
    RELEASE = "release", pgettext_lazy("scenario", "The statement is released")


class OperatorStatus(models.TextChoices):
    """Whether a person of an institution may come in."""

    INVITED = "invited", pgettext_lazy("operator", "Invited")
    ACTIVE = "active", pgettext_lazy("operator", "Active")
    ENDED = "ended", pgettext_lazy("operator", "Ended")


OPERATOR_TRANSITIONS = StateTable(
    {
        OperatorStatus.INVITED: [OperatorStatus.ACTIVE, OperatorStatus.ENDED],
        OperatorStatus.ACTIVE: [OperatorStatus.ENDED],
        OperatorStatus.ENDED: [OperatorStatus.INVITED],  # a person may come back
    }
)

TOLD_VISITS: dict[str, str] = {
    VisitStatus.HELD: "booked",
    VisitStatus.BOOKED: "booked",
    VisitStatus.CONFIRMED: "confirmed",
    VisitStatus.CHECKED_IN: "arrived",
    VisitStatus.CALLED: "arrived",
    VisitStatus.SERVING: "arrived",
    VisitStatus.DONE: "done",
    VisitStatus.NO_SHOW: "missed",
    VisitStatus.CANCELLED: "cancelled",
    VisitStatus.EXPIRED: "cancelled",
}
"""States of a visit in the words of the API."""
VISIT_ORDER = ("booked", "confirmed", "arrived", "done", "missed", "cancelled")
