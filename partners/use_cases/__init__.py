"""The writes of this app, one module for each act."""

from partners.use_cases.clients import (
    Secret,
    UnableToIssue,
    UnableToMakeClient,
    make_client,
    networks_of,
    rotate_secret,
    set_networks,
    set_partner_status,
    suspend_client,
)
from partners.use_cases.contracts import UnableToContract, propose_contract
from partners.use_cases.end_lapsed import end_lapsed
from partners.use_cases.institutions import (
    UnableToEnlist,
    add_licence,
    enlist_partner,
    hand_over,
)
from partners.use_cases.make_entry_link import UnableToMakeLink, make_entry_link

__all__ = [
    "Secret",
    "UnableToContract",
    "UnableToEnlist",
    "UnableToIssue",
    "UnableToMakeClient",
    "UnableToMakeLink",
    "add_licence",
    "end_lapsed",
    "enlist_partner",
    "hand_over",
    "make_client",
    "make_entry_link",
    "networks_of",
    "propose_contract",
    "rotate_secret",
    "set_networks",
    "set_partner_status",
    "suspend_client",
]
