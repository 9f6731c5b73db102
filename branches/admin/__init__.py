"""The back office of the network."""

from branches.admin.codes import BrokerAdmin, EntryCodeAdmin
from branches.admin.commission import AgreedRateAdmin, CommissionRateAdmin
from branches.admin.facts import (
    AbsenceAdmin,
    HoursExceptionAdmin,
    LicenceAdmin,
    OpeningHoursAdmin,
    RoomAdmin,
    UnitLicenceAdmin,
    UnitProfileAdmin,
    UnitServiceAdmin,
)
from branches.admin.procedures import DepartureAdmin, UnitProcedureAdmin
from branches.admin.tree import OrgUnitAdmin, RoleRequestAdmin, StaffAssignmentAdmin
from branches.visits.admin import BlockedTimeAdmin, VisitAdmin, WaitEntryAdmin

__all__ = [
    "AbsenceAdmin",
    "HoursExceptionAdmin",
    "LicenceAdmin",
    "OpeningHoursAdmin",
    "RoomAdmin",
    "UnitLicenceAdmin",
    "UnitProfileAdmin",
    "UnitServiceAdmin",
    "DepartureAdmin",
    "UnitProcedureAdmin",
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
