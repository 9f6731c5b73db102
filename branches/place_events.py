"""What happens to the facts of a unit: address, hours, services."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import ClassVar
from uuid import UUID

from brokerage.journal.events import Event


@dataclass(frozen=True, kw_only=True)
class ProfileChanged(Event):
    """Address, access or languages of a unit change from a day on."""

    kind: ClassVar[str] = "branches.profile_changed"
    subject_type: ClassVar[str] = "branches.orgunit"
    division: str
    on: date


@dataclass(frozen=True, kw_only=True)
class HoursChanged(Event):
    """A unit has other hours of the week from a day on."""

    kind: ClassVar[str] = "branches.hours_changed"
    subject_type: ClassVar[str] = "branches.orgunit"
    on: date


@dataclass(frozen=True, kw_only=True)
class ServicesChanged(Event):
    """A unit offers other services from a day on; `rule` is the version that allows its type."""

    kind: ClassVar[str] = "branches.services_changed"
    subject_type: ClassVar[str] = "branches.orgunit"
    added: tuple[str, ...]
    ended: tuple[str, ...]
    on: date
    rule: str


@dataclass(frozen=True, kw_only=True)
class UnitRenamed(Event):
    """A unit is called differently from a day on."""

    kind: ClassVar[str] = "branches.unit_renamed"
    subject_type: ClassVar[str] = "branches.orgunit"
    before: str
    after: str
    after_en: str
    on: date


@dataclass(frozen=True, kw_only=True)
class PointHosted(Event):
    """A service point stands at an institution from a day on."""

    kind: ClassVar[str] = "branches.point_hosted"
    subject_type: ClassVar[str] = "branches.orgunit"
    institution: UUID
    on: date


@dataclass(frozen=True, kw_only=True)
class HostingEnded(Event):
    """The institution of a service point is one no longer: nothing is given there from then on."""

    kind: ClassVar[str] = "branches.hosting_ended"
    subject_type: ClassVar[str] = "branches.orgunit"
    institution: UUID
    on: date
