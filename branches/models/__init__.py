"""Units, their places in the tree, staff, and what the network charges."""

from branches.models.commission import AgreedRate, CommissionRate
from branches.models.staff import RoleRequest, StaffAssignment
from branches.models.tree import Line, OrgUnit, Placement

__all__ = [
    "AgreedRate",
    "CommissionRate",
    "Line",
    "OrgUnit",
    "Placement",
    "RoleRequest",
    "StaffAssignment",
]
