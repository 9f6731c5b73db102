"""Units, their places, how one reaches them, what they offer and charge, and staff."""

from branches.models.brokers import Broker
from branches.models.commission import AgreedRate, CommissionRate
from branches.models.departures import Departure
from branches.models.entry_codes import EntryCode
from branches.models.hosts import PointHost
from branches.models.hours import HoursException, OpeningHours
from branches.models.licences import Absence, Licence
from branches.models.names import UnitName
from branches.models.ownership import Ownership
from branches.models.procedures import ProcedureStep, UnitProcedure
from branches.models.profile import UnitProfile
from branches.models.rate_reviews import RateReview
from branches.models.services import LicenceKind, Room, Service, UnitService
from branches.models.staff import RoleRequest, StaffAssignment
from branches.models.suggestions import Score, ScorePeriod, Suggestion, Voice
from branches.models.tree import Line, OrgUnit, Placement
from branches.models.unit_licences import UnitLicence
from branches.visits.models import BlockedTime, Purpose, Visit, WaitEntry

__all__ = [
    "Absence",
    "AgreedRate",
    "BlockedTime",
    "Broker",
    "CommissionRate",
    "Departure",
    "EntryCode",
    "HoursException",
    "Licence",
    "LicenceKind",
    "Line",
    "OpeningHours",
    "OrgUnit",
    "Ownership",
    "Placement",
    "PointHost",
    "ProcedureStep",
    "Purpose",
    "RateReview",
    "RoleRequest",
    "Room",
    "Score",
    "ScorePeriod",
    "Service",
    "StaffAssignment",
    "Suggestion",
    "UnitLicence",
    "UnitName",
    "UnitProcedure",
    "UnitProfile",
    "UnitService",
    "Visit",
    "Voice",
    "WaitEntry",
]
