"""What partner managers and head office see and do."""

from partners.admin import (
    appointments,
    campaigns,
    clients,
    contracts,
    disputes,
    enquiries,
    institutions,
    leads,
    links,
    materials,
    operators,
    quotas,
    remarks,
    shelves,
    statements,
    webhooks,
)

__all__ = [
    "appointments",
    "campaigns",
    "clients",
    "contracts",
    "disputes",
    "enquiries",
    "institutions",
    "leads",
    "links",
    "materials",
    "operators",
    "quotas",
    "remarks",
    "shelves",
    "statements",
    "webhooks",
]
