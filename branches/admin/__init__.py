"""The back office of the network."""

from branches.admin.tree import OrgUnitAdmin, RoleRequestAdmin, StaffAssignmentAdmin

__all__ = ["OrgUnitAdmin", "RoleRequestAdmin", "StaffAssignmentAdmin"]
