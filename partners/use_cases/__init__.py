"""The writes of this app, one module for each act."""

from partners.use_cases.clients import (
    Secret,
    UnableToIssue,
    make_client,
    rotate_secret,
    set_partner_status,
    suspend_client,
)
from partners.use_cases.make_entry_link import UnableToMakeLink, make_entry_link

__all__ = [
    "Secret",
    "UnableToIssue",
    "UnableToMakeLink",
    "make_client",
    "make_entry_link",
    "rotate_secret",
    "set_partner_status",
    "suspend_client",
]
