"""Institutions, what we agreed with them, their programs and their links."""

from partners.models.campaigns import Campaign
from partners.models.clients import ApiClient, Credential, RateWindow
from partners.models.contracts import Contract
from partners.models.disputes import Dispute
from partners.models.feed import PartnerEvent
from partners.models.institutions import Partner, PartnerLicence
from partners.models.leads import Lead
from partners.models.links import EntryLink
from partners.models.remarks import Remark
from partners.models.statements import Correction, Statement, StatementLine
from partners.models.webhooks import WebhookAttempt, WebhookDelivery, WebhookEndpoint

__all__ = [
    "ApiClient",
    "Campaign",
    "Contract",
    "Correction",
    "Credential",
    "Dispute",
    "EntryLink",
    "Lead",
    "Partner",
    "PartnerEvent",
    "PartnerLicence",
    "RateWindow",
    "Remark",
    "Statement",
    "StatementLine",
    "WebhookAttempt",
    "WebhookDelivery",
    "WebhookEndpoint",
]
