"""What partner managers and head office see and do."""

from partners.admin import (
    campaigns,
    clients,
    contracts,
    disputes,
    institutions,
    leads,
    links,
    remarks,
    statements,
    webhooks,
)

__all__ = [
    "campaigns",
    "clients",
    "contracts",
    "disputes",
    "institutions",
    "leads",
    "links",
    "remarks",
    "statements",
    "webhooks",
]
