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
from branches.admin.points import PointHostAdmin
from branches.admin.procedures import DepartureAdmin, UnitProcedureAdmin
from branches.admin.scores import ScoreAdmin, ScorePeriodAdmin
from branches.admin.suggestions import OwnershipAdmin, SuggestionAdmin, VoiceAdmin
from branches.admin.tree import OrgUnitAdmin, RoleRequestAdmin, StaffAssignmentAdmin
from branches.visits.admin import BlockedTimeAdmin, VisitAdmin, WaitEntryAdmin

__all__ = [
    "AbsenceAdmin",
    "AgreedRateAdmin",
    "BlockedTimeAdmin",
    "BrokerAdmin",
    "CommissionRateAdmin",
    "DepartureAdmin",
    "EntryCodeAdmin",
    "HoursExceptionAdmin",
    "LicenceAdmin",
    "OpeningHoursAdmin",
    "OrgUnitAdmin",
    "OwnershipAdmin",
    "PointHostAdmin",
    "RoleRequestAdmin",
    "RoomAdmin",
    "ScoreAdmin",
    "ScorePeriodAdmin",
    "StaffAssignmentAdmin",
    "SuggestionAdmin",
    "UnitLicenceAdmin",
    "UnitProcedureAdmin",
    "UnitProfileAdmin",
    "UnitServiceAdmin",
    "VisitAdmin",
    "VoiceAdmin",
    "WaitEntryAdmin",
]
