"""What happens to the facts of a unit: address, hours, services."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import ClassVar

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
