"""What happens to enquiries of institutions, and to what they display of our desks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import ClassVar
from uuid import UUID

from brokerage.journal.events import Event


@dataclass(frozen=True, kw_only=True)
class EnquiryMade(Event):
    """An institution introduced itself to one of our desks."""

    kind: ClassVar[str] = "partners.enquiry_made"
    subject_type: ClassVar[str] = "partners.enquiry"
    partner: UUID
    desk: str


@dataclass(frozen=True, kw_only=True)
class EnquiryMoved(Event):
    """An enquiry was taken up, handed to a desk, or declined."""

    kind: ClassVar[str] = "partners.enquiry_moved"
    subject_type: ClassVar[str] = "partners.enquiry"
    partner: UUID
    status: str


@dataclass(frozen=True, kw_only=True)
class EnquiryTaken(Event):
    """Somebody of the desk goes on with what an institution needs."""

    kind: ClassVar[str] = "partners.enquiry_taken"
    subject_type: ClassVar[str] = "partners.enquiry"


@dataclass(frozen=True, kw_only=True)
class ShelfProposed(Event):
    """Somebody proposed what an institution may display."""

    kind: ClassVar[str] = "partners.shelf_proposed"
    subject_type: ClassVar[str] = "partners.shelf"
    partner: UUID


@dataclass(frozen=True, kw_only=True)
class ShelfApproved(Event):
    """A second person approved what an institution may display."""

    kind: ClassVar[str] = "partners.shelf_approved"
    subject_type: ClassVar[str] = "partners.partner"
    shelf: UUID
    valid_from: date
