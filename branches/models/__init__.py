"""Units, their places, how one reaches them, what they offer and charge, and staff."""

from branches.models.commission import AgreedRate, CommissionRate
from branches.models.hours import HoursException, OpeningHours
from branches.models.licences import Absence, Licence
from branches.models.profile import UnitProfile
from branches.models.services import LicenceKind, Room, Service, UnitService
from branches.models.staff import RoleRequest, StaffAssignment
from branches.models.tree import Line, OrgUnit, Placement

__all__ = [
    "Absence",
    "AgreedRate",
    "CommissionRate",
    "HoursException",
    "Licence",
    "LicenceKind",
    "Line",
    "OpeningHours",
    "OrgUnit",
    "Placement",
    "RoleRequest",
    "Room",
    "Service",
    "StaffAssignment",
    "UnitProfile",
    "UnitService",
]
