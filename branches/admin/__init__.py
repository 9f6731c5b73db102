"""The back office of the network."""

from branches.admin.codes import BrokerAdmin, EntryCodeAdmin
from branches.admin.commission import AgreedRateAdmin, CommissionRateAdmin
from branches.admin.tree import OrgUnitAdmin, RoleRequestAdmin, StaffAssignmentAdmin

__all__ = [
    "AgreedRateAdmin",
    "BrokerAdmin",
    "CommissionRateAdmin",
    "EntryCodeAdmin",
    "OrgUnitAdmin",
    "RoleRequestAdmin",
    "StaffAssignmentAdmin",
]
