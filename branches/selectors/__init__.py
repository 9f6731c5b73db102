"""Questions about the network on a given day."""

from branches.selectors.hours import DayHours, Interval, hours_of, hours_on
from branches.selectors.people import Duty, staff_of, staff_on
from branches.selectors.places import host_on, profile_on, with_profile
from branches.selectors.services import services_of, services_on
from branches.selectors.tree import assignments_of, head_of, heads_on, subtree, units_of

__all__ = [
    "DayHours",
    "Duty",
    "Interval",
    "assignments_of",
    "head_of",
    "heads_on",
    "host_on",
    "hours_of",
    "hours_on",
    "profile_on",
    "services_of",
    "services_on",
    "staff_of",
    "staff_on",
    "subtree",
    "units_of",
    "with_profile",
]
