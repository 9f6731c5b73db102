"""The back office of the network."""

from branches.admin.codes import BrokerAdmin, EntryCodeAdmin
from branches.admin.commission import AgreedRateAdmin, CommissionRateAdmin
from branches.admin.tree import OrgUnitAdmin, RoleRequestAdmin, StaffAssignmentAdmin
from branches.visits.admin import BlockedTimeAdmin, VisitAdmin, WaitEntryAdmin

__all__ = [
    "AgreedRateAdmin",
    "BlockedTimeAdmin",
    "BrokerAdmin",
    "CommissionRateAdmin",
    "EntryCodeAdmin",
    "OrgUnitAdmin",
    "RoleRequestAdmin",
    "StaffAssignmentAdmin",
    "VisitAdmin",
    "WaitEntryAdmin",
]
