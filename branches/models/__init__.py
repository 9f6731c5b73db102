"""Units, their places in the tree, and staff."""

from branches.models.staff import RoleRequest, StaffAssignment
from branches.models.tree import Line, OrgUnit, Placement

__all__ = ["Line", "OrgUnit", "Placement", "RoleRequest", "StaffAssignment"]
