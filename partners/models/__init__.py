"""Institutions, what we agreed with them, their programs and their links."""

from partners.models.appointments import Appointment
from partners.models.campaigns import Campaign
from partners.models.clients import ApiClient, Credential, RateWindow
from partners.models.contracts import Contract
from partners.models.disputes import Dispute
from partners.models.enquiries import Enquiry
from partners.models.feed import PartnerEvent
from partners.models.institutions import Partner, PartnerLicence
from partners.models.leads import Lead
from partners.models.links import EntryLink
from partners.models.materials import Material, MaterialWithdrawal
from partners.models.operators import Operator
from partners.models.quotas import ClientQuota
from partners.models.remarks import Remark
from partners.models.scenarios import ScenarioRun
from partners.models.shelves import Shelf
from partners.models.statements import Correction, Statement, StatementLine
from partners.models.webhooks import WebhookAttempt, WebhookDelivery, WebhookEndpoint

__all__ = [
    "ApiClient",
    "Appointment",
    "Campaign",
    "ClientQuota",
    "Contract",
    "Correction",
    "Credential",
    "Dispute",
    "Enquiry",
    "EntryLink",
    "Lead",
    "Material",
    "MaterialWithdrawal",
    "Operator",
    "Partner",
    "PartnerEvent",
    "PartnerLicence",
    "RateWindow",
    "Remark",
    "ScenarioRun",
    "Shelf",
    "Statement",
    "StatementLine",
    "WebhookAttempt",
    "WebhookDelivery",
    "WebhookEndpoint",
]
