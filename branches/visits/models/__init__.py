"""Purposes, visits, the wait-list and blocked time."""

from branches.visits.models.purposes import Purpose
from branches.visits.models.times import BlockedTime
from branches.visits.models.visits import Visit
from branches.visits.models.waiting import WaitEntry

__all__ = ["BlockedTime", "Purpose", "Visit", "WaitEntry"]
